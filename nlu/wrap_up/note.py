"""The wrap-up note: what an agent types after the contact."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from conversation import Evidence

NoteSection = Literal["reason", "request", "established", "done", "agreed", "commitments", "next"]
NOTE_SECTIONS: tuple[NoteSection, ...] = get_args(NoteSection)
RefusalReason = Literal["too_short", "no_customer_speech", "language_unsupported"]

MAX_WORDS = 80
"""Words of a note, counted as what stands between spaces."""

_LABELS: dict[str, dict[NoteSection, str]] = {
    "fr": {
        "reason": "Motif :",
        "request": "Demande :",
        "established": "Constat :",
        "done": "Fait :",
        "agreed": "Convenu :",
        "commitments": "Engagement :",
        "next": "Suite :",
    },
    "en": {
        "reason": "Reason:",
        "request": "Request:",
        "established": "Established:",
        "done": "Done:",
        "agreed": "Agreed:",
        "commitments": "Promised:",
        "next": "Next:",
    },
}


class NoteLabel(BaseModel):
    """A conclusion that the note names: the contact reason, the outcome.

    Attributes:
        text: In the note's language.
        evidence: What it rests on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    evidence: tuple[Evidence, ...] = ()


class NoteSentence(BaseModel):
    """One sentence of a note.

    Attributes:
        section: What it tells.
        text: The sentence, with its heading in an extractive note.
        evidence: The words of the conversation that it rests on; never empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: NoteSection
    text: str = Field(min_length=1)
    evidence: tuple[Evidence, ...] = Field(min_length=1)


class WrapUpNote(BaseModel):
    """A note of at most :data:`MAX_WORDS` words.

    Attributes:
        language: ``fr`` or ``en``.
        sentences: In order.
        origin: ``extractive``: the conversation's own words, shortened; ``rewritten``: by a
            language model, each sentence checked against the turns it cites.
        not_rewritten: Why a rewriting that was asked for was not used; None otherwise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["fr", "en"]
    sentences: tuple[NoteSentence, ...] = Field(min_length=1)
    origin: Literal["extractive", "rewritten"] = "extractive"
    not_rewritten: str | None = None

    @property
    def text(self) -> str:
        """The note as one paragraph, ready to be pasted."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def words(self) -> int:
        """How many words it has, headings and lone marks included."""
        return len(self.text.split())


class NoteRefused(BaseModel):
    """Why there is no note.

    Attributes:
        reason: ``too_short``: too little was said to sum up; ``no_customer_speech``: no turn is
            known to be the customer's, or theirs are empty; ``language_unsupported``: neither
            French nor English.
        message: The same in words, with what was found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: RefusalReason
    message: str


def heading(section: NoteSection, language: str) -> str:
    """Return how a sentence of an extractive note begins."""
    return _LABELS[language][section]
