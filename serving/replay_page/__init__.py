"""The page of a replay: one HTML file that needs nothing else to be read."""

from serving.replay_page.render import render_replay

__all__ = ["render_replay"]
