"""Conversations for other systems: vCons, tables for analytics, subtitles."""
