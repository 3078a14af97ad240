"""An answer in the form of its channel: a card on a call, a chat line, an e-mail, an SMS."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import BadInput
from kb_search.answers import MAX_ANSWER_WORDS, Answer, Citation
from kb_search.planted import is_planted
from kb_search.sentences import sentence_spans, word_count
from kb_search.words import Language, guess_language

AnswerChannel = Literal["call", "chat", "email", "sms"]
Origin = Literal["extract", "rewritten", "mixed"]

MAX_SMS_CHARACTERS = 306
"""Two parts of 153 characters each in the GSM 7-bit alphabet (3GPP TS 23.038)."""

MAX_WORDS: dict[AnswerChannel, int] = {
    "call": MAX_ANSWER_WORDS,
    "chat": MAX_ANSWER_WORDS,
    "email": 120,
    "sms": 45,
}
"""Most words of the answer itself; an SMS is also bounded by its characters."""

_GREETING: dict[Language, str] = {"fr": "Bonjour,", "en": "Hello,"}


class ChannelSentence(BaseModel):
    """One sentence of an answer.

    Attributes:
        text: As it is shown.
        origin: ``extract`` for a sentence of the passage, verbatim, ``rewritten`` for one that a
            language model wrote and the passage supports.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    origin: Literal["extract", "rewritten"]


class RefusedSentence(BaseModel):
    """A sentence of a language model that is not shown.

    Attributes:
        text: As it was written.
        reasons: What it states and the passage does not say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    reasons: tuple[str, ...] = Field(min_length=1)


class ChannelAnswer(BaseModel):
    """An answer as it is shown or sent.

    Attributes:
        channel: What it is written for.
        language: Of the greeting and the source line of an e-mail: that of the passage.
        text: The whole, with the greeting and the source of an e-mail.
        sentences: What it says, without greeting and source.
        origin: Whether its sentences are the passage's own, rewritten, or some of both.
        citation: Where it stands.
        not_rewritten: Why the passage's own sentences are shown although a language model was
            asked; None where none was asked or its text is shown.
        refused: Sentences of the language model that were replaced.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: AnswerChannel
    language: Language
    text: str = Field(min_length=1)
    sentences: tuple[ChannelSentence, ...] = Field(min_length=1)
    origin: Origin
    citation: Citation
    not_rewritten: str | None = None
    refused: tuple[RefusedSentence, ...] = ()


def channel_answer(answer: Answer, channel: AnswerChannel) -> ChannelAnswer:
    """Put an answer in the form of a channel, in the passage's own sentences.

    An SMS ends after the last whole sentence that fits; where not even the first does, it is cut
    between two words and ends with an ellipsis. An e-mail opens with a greeting and ends with its
    source; neither belongs to the answer.

    Args:
        answer: One that was answered.
        channel: What it is for.

    Raises:
        BadInput: The question was declined or asked back about.
    """
    citation = cited(answer)
    language = guess_language(citation.quote)
    sentences = [ChannelSentence(text=text, origin="extract") for text in own_sentences(citation)]
    return in_form(channel, language, sentences, citation)


def cited(answer: Answer) -> Citation:
    """Return where an answer stands.

    Raises:
        BadInput: The question was declined or asked back about.
    """
    if answer.citation is None:
        raise BadInput(
            f"the outcome is {answer.outcome!r}: there is no answer to write",
            remedy="write only answers whose outcome is 'answered'",
        )
    return answer.citation


def own_sentences(citation: Citation) -> list[str]:
    """Return the sentences of a quote, without those planted to steer a language model."""
    spans = sentence_spans(citation.quote)
    texts = [citation.quote[start:end] for start, end in spans]
    return [text for text in texts if not is_planted(text)] or texts


def in_form(
    channel: AnswerChannel,
    language: Language,
    sentences: list[ChannelSentence],
    citation: Citation,
    *,
    not_rewritten: str | None = None,
    refused: tuple[RefusedSentence, ...] = (),
) -> ChannelAnswer:
    """Join sentences in the form of a channel; those that do not fit are left out."""
    kept = _that_fit(channel, sentences)
    origins = {sentence.origin for sentence in kept}
    body = " ".join(sentence.text for sentence in kept)
    return ChannelAnswer(
        channel=channel,
        language=language,
        text=_letter(body, citation, language) if channel == "email" else body,
        sentences=tuple(kept),
        origin="mixed" if len(origins) > 1 else next(iter(origins)),
        citation=citation,
        not_rewritten=not_rewritten,
        refused=refused,
    )


def _that_fit(channel: AnswerChannel, sentences: list[ChannelSentence]) -> list[ChannelSentence]:
    kept: list[ChannelSentence] = []
    characters = words = 0
    for sentence in sentences:
        characters += len(sentence.text) + bool(kept)
        words += word_count(sentence.text)
        too_long = (
            characters > MAX_SMS_CHARACTERS if channel == "sms" else words > MAX_WORDS[channel]
        )
        if too_long:
            break
        kept.append(sentence)
    if kept:
        return kept
    first = sentences[0]
    if channel != "sms":
        return [first]
    cut = first.text[: MAX_SMS_CHARACTERS - 1].rsplit(None, 1)[0].rstrip(" ,;:")
    return [first.model_copy(update={"text": f"{cut}…"})]


def _letter(body: str, citation: Citation, language: Language) -> str:
    """Return an e-mail: greeting, answer, source with its date and address."""
    parts = [citation.title]
    if citation.heading:
        parts.append(citation.heading)
    source = " › ".join(parts)
    if citation.date is not None:
        source += (
            f" ({citation.date:%d/%m/%Y})" if language == "fr" else f" ({citation.date:%d %B %Y})"
        )
    if citation.link:
        source += f"\n{citation.link}"
    label = "Source :" if language == "fr" else "Source:"
    return f"{_GREETING[language]}\n\n{body}\n\n{label} {source}"
