"""The report of an analysis: one HTML file that needs nothing else to be read."""

from serving.report.render import render_report

__all__ = ["render_report"]
