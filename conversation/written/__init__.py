"""Numbers, amounts, dates, telephone numbers, addresses and names as a reader wants them."""

from __future__ import annotations

from conversation.written.writer import Written, WrittenKind, find_written, rewrite_text

__all__ = ["Written", "WrittenKind", "find_written", "rewrite_text"]
