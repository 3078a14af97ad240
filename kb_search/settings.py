"""Limits of reading a knowledge base, stated in one place."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class IngestSettings(BaseModel):
    """How much is read, and how it is cut.

    Attributes:
        max_file_bytes: Largest file that is opened; a larger one is reported, not read.
        max_pages: Most pages of a PDF; a longer one is reported, not read.
        max_characters: Most characters of text one document may give.
        max_documents: Most documents of a folder; beyond it the folder is refused.
        min_passage_words: Passages of a longer section are not cut shorter than this. A section
            that is itself shorter stays a passage of its own: gluing it to its neighbour would
            put two subjects under one heading.
        target_passage_words: Length that cuts aim at.
        max_passage_words: No passage is longer.
        max_elements: Most elements (tags) of an HTML page or of the XML of a Word document, and
            most lines and marks of a Markdown document.
        max_unpacked_bytes: Most bytes that the parts of a Word document may have unpacked, all
            together; counted before they are unpacked.
        max_compression_ratio: A part of a Word document that is unpacked to more than this many
            times its packed size is refused as a bomb.
        max_bad_rows: A question-and-answer table with more rows that cannot be read is refused.
        max_seconds: Longest time that one PDF may take to read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_file_bytes: int = Field(default=50 * 1024 * 1024, gt=0)
    max_pages: int = Field(default=1_000, gt=0)
    max_characters: int = Field(default=5_000_000, gt=0)
    max_documents: int = Field(default=50_000, gt=0)
    min_passage_words: int = Field(default=60, gt=0)
    target_passage_words: int = Field(default=120, gt=0)
    max_passage_words: int = Field(default=200, gt=0)
    max_elements: int = Field(default=500_000, gt=0)
    max_unpacked_bytes: int = Field(default=200 * 1024 * 1024, gt=0)
    max_compression_ratio: int = Field(default=200, gt=0)
    max_bad_rows: int = Field(default=1_000, gt=0)
    max_seconds: float = Field(default=300.0, gt=0)
