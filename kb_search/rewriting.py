"""Rewriting an answer with a language model, and keeping only what its passage supports."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from conversation.errors import EntenduError
from kb_search.answers import Answer
from kb_search.channels import (
    MAX_WORDS,
    AnswerChannel,
    ChannelAnswer,
    ChannelSentence,
    RefusedSentence,
    cited,
    in_form,
    own_sentences,
)
from kb_search.disagreement import disagree, text_stems
from kb_search.planted import is_planted
from kb_search.sentences import sentence_spans
from kb_search.words import Language, fold, guess_language

if TYPE_CHECKING:
    from models import Encoder

LEAST_SIMILAR = 0.35
"""Least closeness of a sentence to one of its passage, where 0 is that of unrelated sentences and
1 that of the same."""

_MOST_SENTENCES = 12
_UNRELATED: dict[Language, tuple[str, ...]] = {
    "fr": (
        "Le chat dort au soleil sur le rebord de la fenêtre.",
        "Nous avons mangé une soupe de légumes hier soir.",
        "La forêt est belle en automne.",
        "Son frère joue du violon depuis l'enfance.",
    ),
    "en": (
        "The cat sleeps in the sun on the window sill.",
        "We had vegetable soup for dinner last night.",
        "The forest is beautiful in autumn.",
        "Her brother has played the violin since childhood.",
    ),
}
_EXCEPTION = re.compile(
    r"\b(?:sauf|excepte|hormis|a condition|sous reserve|uniquement|seulement|au plus tard|"
    r"except|unless|only|provided|subject to|at the latest)\b"
)


@dataclass(frozen=True)
class AnswerRewriteRequest:
    """What a rewriter is given.

    Attributes:
        question: As it was asked; data, never an instruction.
        sentences: Of the passage, verbatim; data, never an instruction.
        channel: What the answer is for.
        language: To write in.
        max_words: Of the whole answer.
    """

    question: str
    sentences: tuple[str, ...]
    channel: AnswerChannel
    language: Language
    max_words: int


class AnswerRewriter(Protocol):
    """Rewrites answers; any language model behind whatever interface."""

    def rewrite_answer(self, request: AnswerRewriteRequest) -> Sequence[str]:
        """Return the sentences of the rewritten answer.

        Raises:
            EntenduError: No usable answer came; the passage's own sentences are shown.
        """


class FactsCheck(Protocol):
    """Finds what a sentence states and its sources do not say."""

    def __call__(self, sentence: str, cited: Sequence[str], language: str) -> tuple[str, ...]:
        """Return one entry for each number, name, day or negation without support."""


def rewrite_answer(
    answer: Answer,
    channel: AnswerChannel,
    rewriter: AnswerRewriter,
    *,
    check: FactsCheck,
    encoder: Encoder,
) -> ChannelAnswer:
    """Have an answer rewritten for a channel, and check every sentence against the passage.

    A sentence whose facts the passage does not state, that is not close to any of its sentences,
    or that gives orders to a machine is replaced by the nearest of the passage's own sentences.
    Sentences of the passage that hold an exception or a condition are put back where they were
    left out. Sentences planted in the passage to steer a language model are neither sent nor
    count as a source.

    Args:
        answer: One that was answered.
        channel: What it is for: length and tone differ, the facts do not.
        rewriter: The language model.
        check: Of numbers, names, days and negations.
        encoder: Makes the vectors of sentences.

    Returns:
        The rewritten answer; the passage's own sentences, with ``not_rewritten`` saying why, where
        the rewriter fails or none of its sentences holds.

    Raises:
        BadInput: The question was declined or asked back about.
    """
    citation = cited(answer)
    language = guess_language(citation.quote)
    sources = own_sentences(citation)
    extract = [ChannelSentence(text=text, origin="extract") for text in sources]

    def as_it_stands(why: str, refused: tuple[RefusedSentence, ...] = ()) -> ChannelAnswer:
        return in_form(channel, language, extract, citation, not_rewritten=why, refused=refused)

    if all(is_planted(text) for text in sources):
        return as_it_stands("the passage holds nothing but orders to a language model")
    request = AnswerRewriteRequest(
        question=answer.question,
        sentences=tuple(sources),
        channel=channel,
        language=language,
        max_words=MAX_WORDS[channel],
    )
    try:
        written = _sentences(rewriter.rewrite_answer(request))
    except EntenduError as error:
        return as_it_stands(error.message)
    if not written:
        return as_it_stands("the language model wrote no sentence")
    similar = _similarity(encoder, sources, language)
    kept: list[ChannelSentence] = []
    refused: list[RefusedSentence] = []
    for text in written:
        reasons = _reasons(text, sources, language, check, similar)
        if not reasons:
            kept.append(ChannelSentence(text=text, origin="rewritten"))
            continue
        refused.append(RefusedSentence(text=text, reasons=reasons))
        kept.append(ChannelSentence(text=_nearest(text, sources), origin="extract"))
    if len(refused) == len(written):
        return as_it_stands(
            f"none of the {len(written)} sentences of the language model is supported by the "
            "passage",
            tuple(refused),
        )
    kept = _with_exceptions(kept, sources)
    return in_form(channel, language, kept, citation, refused=tuple(refused))


def _sentences(written: Sequence[str]) -> list[str]:
    texts = [" ".join(text.split()) for text in written]
    cut = [text[start:end] for text in texts for start, end in sentence_spans(text)]
    return list(dict.fromkeys(cut))[:_MOST_SENTENCES]


def _reasons(
    text: str,
    sources: Sequence[str],
    language: Language,
    check: FactsCheck,
    similar: Callable[[str], float],
) -> tuple[str, ...]:
    """Return why a sentence may not be shown."""
    if is_planted(text):
        return ("gives orders to a machine",)
    reasons = list(check(text, sources, language))
    if any(disagree(text, source, language) for source in sources) and not any(
        fold(text) == fold(source) for source in sources
    ):
        reasons.append("contradicts a sentence of the passage")
    if not reasons and (closeness := similar(text)) < LEAST_SIMILAR:
        reasons.append(f"closeness {closeness:.2f} to the passage, expected {LEAST_SIMILAR}")
    return tuple(reasons)


def _similarity(
    encoder: Encoder, sources: Sequence[str], language: Language
) -> Callable[[str], float]:
    """Return how to measure the closeness of a sentence to the nearest of the sources.

    Cosines of an encoder lie in a range of their own: they are set in relation to the mean cosine
    with sentences about nothing that a contact centre answers.
    """
    unrelated = _UNRELATED[language]
    known = encoder.encode([*sources, *unrelated], kind="passage")

    def similar(text: str) -> float:
        cosines = known @ encoder.encode([text], kind="passage")[0]
        far = float(cosines[len(sources) :].mean())
        near = float(cosines[: len(sources)].max())
        return (near - far) / max(1.0 - far, 1e-6)

    return similar


def _nearest(text: str, sources: Sequence[str]) -> str:
    """Return the source that shares most words with a sentence, the first of equal ones."""
    stems = text_stems(text)
    return max(sources, key=lambda source: len(stems & text_stems(source)))


def _with_exceptions(kept: list[ChannelSentence], sources: Sequence[str]) -> list[ChannelSentence]:
    """Put back the sources with an exception or a condition that no kept sentence repeats.

    "Le code ne change pas" stands in the passage and is yet wrong where it goes on "sauf demande".
    """
    kept = list(kept)
    for source in sources:
        if not _EXCEPTION.search(fold(source)):
            continue
        stems = text_stems(source)
        alike = [2 * len(stems & text_stems(one.text)) >= len(stems) for one in kept]
        if any(
            same and _EXCEPTION.search(fold(one.text))
            for same, one in zip(alike, kept, strict=True)
        ):
            continue
        whole = ChannelSentence(text=source, origin="extract")
        if True in alike:
            kept[alike.index(True)] = whole
        else:
            kept.append(whole)
    return list(dict.fromkeys(kept))
