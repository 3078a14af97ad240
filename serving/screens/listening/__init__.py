"""Listening to a conversation: what its pages show of it, with or without personal data."""
