"""The page of a fairness test: one HTML file that needs nothing else to be read."""

from serving.fairness_page.render import render_fairness

__all__ = ["render_fairness"]
