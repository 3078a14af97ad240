"""A draft of a reply: the articles' own words, with their sources, for a person to edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation
from kb_search import Answer, Citation
from kb_search.bot.policy import CUSTOMERS_MAY_SEE
from kb_search.words import Language, guess_language
from nlu import find_questions
from serving.asking import answer_questions
from serving.knowledge import AskedBase
from serving.knowledge_bases import write_answer

if TYPE_CHECKING:
    from kb_search.channels import AnswerChannel
    from models import Encoder
    from serving.library.bases import Bases
    from serving.settings import Settings

MOST_QUESTIONS = 4
_LONGEST_QUESTION = 2000
_LABELS: dict[Language, tuple[str, str, str, str]] = {
    "fr": ("Bonjour,", "Cordialement,", "Source :", "Sources :"),
    "en": ("Hello,", "Kind regards,", "Source:", "Sources:"),
}

DraftChannel = Literal["chat", "email"]


class DraftSource(BaseModel):
    """Where a sentence of a draft stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str = Field(description="Path of the article in the base.")
    title: str = Field(description="Of the article, with the heading.")
    href: str = Field(description="Where it can be read.")
    quote: str = Field(description="The sentences, verbatim.")
    date: str | None = Field(description="Of the article, ISO 8601; null where it states none.")


class DraftPart(BaseModel):
    """One question of the customer and what the articles say to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    text: str
    language: Language = Field(description="Of the article, and so of the words.")
    rewritten: bool = Field(
        description="Whether a language model reworded it, checked against the article."
    )
    source: DraftSource


class ReplyDraft(BaseModel):
    """A draft of a reply, to be read and edited before it is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: DraftChannel
    language: Language = Field(description="Of the customer.")
    text: str = Field(description="The whole; empty where no article answers a chat.")
    parts: tuple[DraftPart, ...]
    unanswered: tuple[str, ...] = Field(description="Questions that no public article answers.")


class Drafter:
    """Writes drafts from what customers may read.

    Args:
        bases: Knowledge of the teams.
        encoder: Checks what a language model rewords.
        settings: Name that language model, if any.
        root: Put before the addresses of articles: the address of this service.
    """

    def __init__(self, bases: Bases, encoder: Encoder, settings: Settings, *, root: str) -> None:
        self._bases = bases
        self._encoder = encoder
        self._settings = settings
        self._root = root

    def draft(
        self,
        conversation: Conversation,
        channel: DraftChannel,
        *,
        team: str | None,
        language: Language | None = None,
        also: Sequence[str] = (),
    ) -> ReplyDraft:
        """Answer what a customer asked since the centre last answered.

        Args:
            conversation: So far; its last turns are the customer's.
            channel: In whose style.
            team: Whose knowledge.
            language: Of the customer; None: of their last words.
            also: What is to be answered besides, in the customer's words.
        """
        texts = [turn.text for turn in conversation.turns if turn.speaker == "customer"]
        language = language or guess_language(" ".join(texts[-3:]))
        answers = self._answers(conversation, also, team)
        parts: list[DraftPart] = []
        unanswered: list[str] = []
        for question, answer in answers:
            if answer.citation is None:
                unanswered.append(question)
            elif all(one.source.quote != answer.citation.quote for one in parts):
                parts.append(self._part(question, answer, channel))
        return ReplyDraft(
            channel=channel,
            language=language,
            text=_letter(parts, language) if channel == "email" else _message(parts),
            parts=tuple(parts),
            unanswered=tuple(dict.fromkeys(unanswered)),
        )

    def _answers(
        self, conversation: Conversation, also: Sequence[str], team: str | None
    ) -> list[tuple[str, Answer]]:
        base = AskedBase(self._bases.of_team(team).base, CUSTOMERS_MAY_SEE)
        first = _first_open(conversation)
        found = [one for one in find_questions(conversation) if one.evidence.turn_index >= first][
            -MOST_QUESTIONS:
        ]
        answered = answer_questions(found, base)
        pairs = [(one.question.text, one.answer) for one in answered]
        # What was asked before already is no question of its own again: the words are taken.
        last = "" if found else _last_words(conversation, first)
        known = {one.text for one in found}
        plain = [
            text[:_LONGEST_QUESTION]
            for text in dict.fromkeys((*also, last))
            if text.strip() and text not in known
        ]
        if plain:
            pairs = [*pairs, *zip(plain, base.answer_many(plain), strict=True)]
        return pairs[-MOST_QUESTIONS:]

    def _part(self, question: str, answer: Answer, channel: AnswerChannel) -> DraftPart:
        written = write_answer(answer, channel, self._settings, encoder=self._encoder)
        return DraftPart(
            question=question,
            text=" ".join(one.text for one in written.sentences),
            language=written.language,
            rewritten=written.origin != "extract",
            source=self.source(written.citation),
        )

    def source(self, citation: Citation) -> DraftSource:
        """Return where a citation can be read."""
        own = f"{self._root}/chat/articles/{quote(citation.document)}#{quote(citation.passage_id)}"
        return DraftSource(
            document=citation.document,
            title=" › ".join(part for part in (citation.title, citation.heading) if part),
            href=citation.link or own,
            quote=citation.quote,
            date=None if citation.date is None else citation.date.isoformat(),
        )


def _first_open(conversation: Conversation) -> int:
    """Return the first turn after the last words of the centre, a person's or the bot's."""
    said = (turn.index for turn in conversation.turns if turn.speaker in ("agent", "bot"))
    return max(said, default=-1) + 1


def _last_words(conversation: Conversation, first: int) -> str:
    turns = (turn.text for turn in reversed(conversation.turns[first:]))
    last = next((text for text in turns if any(one.isalnum() for one in text)), "")
    return last.strip()[:_LONGEST_QUESTION]


def _message(parts: Sequence[DraftPart]) -> str:
    return "\n\n".join(one.text for one in parts)


def _letter(parts: Sequence[DraftPart], language: Language) -> str:
    greeting, regards, source, sources = _LABELS[language]
    lines = [greeting, *(one.text for one in parts), regards]
    named = dict.fromkeys(
        f"{one.source.title}{f', {one.source.href}' if '://' in one.source.href else ''}"
        for one in parts
    )
    if len(named) == 1:
        lines.append(f"{source} {next(iter(named))}")
    elif named:
        lines.append("\n".join([sources, *(f"– {each}" for each in named)]))
    return "\n\n".join(lines)
