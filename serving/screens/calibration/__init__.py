"""Blind sessions: scored without seeing any answer, then compared."""
