"""The page of topics: one HTML file that needs nothing else to be read."""

from serving.topic_page.render import render_topics

__all__ = ["render_topics"]
