"""Conversations come in: files are sent, and everybody sees how far they are."""
