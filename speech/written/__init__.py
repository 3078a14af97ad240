"""Numbers, amounts, dates, telephone numbers, addresses and names as a reader wants them."""

from __future__ import annotations

from speech.written.writer import rewrite_text, write_out

__all__ = ["rewrite_text", "write_out"]
