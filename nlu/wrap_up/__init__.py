"""The note that an agent types after the contact."""

from __future__ import annotations

from nlu.wrap_up.note import (
    MAX_WORDS,
    NoteLabel,
    NoteRefused,
    NoteSentence,
    WrapUpNote,
)
from nlu.wrap_up.rewriting import (
    Rewriter,
    RewriteRequest,
    RewrittenSentence,
    rewrite_note,
)
from nlu.wrap_up.writing import write_note

__all__ = [
    "MAX_WORDS",
    "NoteLabel",
    "NoteRefused",
    "NoteSentence",
    "RewriteRequest",
    "Rewriter",
    "RewrittenSentence",
    "WrapUpNote",
    "rewrite_note",
    "write_note",
]
