"""Documents in, blocks of clean text out: one module per format."""

from kb_search.reading.blocks import Block, Reading

__all__ = ["Block", "Reading"]
