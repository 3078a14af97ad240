"""Conversations as files that people and players read: text, SubRip, WebVTT, RTTM."""

from speech.formats.choice import FORMATS, Format, format_conversation, parse_formats

__all__ = ["FORMATS", "Format", "format_conversation", "parse_formats"]
