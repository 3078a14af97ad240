"""The board: its words."""
