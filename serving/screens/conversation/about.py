"""What was understood of a conversation, as its page tells it in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from conversation.vcon_values import mapping
from nlu import CustomerQuestion, Understanding, WrapUpNote
from quality.categories import CategoryReport
from serving.analysis import AnsweredQuestion, TranscriptionFacts
from serving.report.assessment import category_lines
from serving.report.contact import contact_facts, promise_line, route_line
from serving.report.figures import account_lines, dropped_lines
from serving.report.words import ReportLanguage, words_in
from serving.typesetting import typeset

if TYPE_CHECKING:
    from conversation import Evidence
    from kb_search import Answer
    from nlu import ReasonScore
    from serving.screens.listening.shown import Shown

_ANSWERED = TypeAdapter(tuple[AnsweredQuestion, ...])


def about(shown: Shown, language: ReportLanguage) -> dict[str, object]:
    """Return what a page tells of a conversation, as JSON values.

    Args:
        shown: The conversation; what is masked in it is masked here.
        language: Of the page.

    Returns:
        ``understood`` is None where another version made the analysis, in another shape.
    """
    analysis = shown.document.analysis
    words = _words(language)
    try:
        understanding = Understanding.model_validate(analysis.get("understanding"))
    except ValidationError:
        understood = None
    else:
        understood = shown.scrubbed(
            _understood(understanding, language, words) | _asked(analysis, understanding)
        )
    return {
        "understood": understood,
        "categories": shown.scrubbed(_categories(analysis, language)),
        "account": _heard(shown, words),
    }


def _understood(
    understanding: Understanding, language: ReportLanguage, words: dict[str, str]
) -> dict[str, Any]:
    reasons, sentiment = understanding.reasons, understanding.sentiment
    note = understanding.note
    route = route_line(understanding.routing, french=language == "fr")
    return {
        "reasons": [
            _reason(one, language)
            for one in (reasons.primary, *reasons.secondary)
            if one is not None
        ],
        "nearest": None
        if reasons.primary is not None or not reasons.candidates
        else _reason(reasons.candidates[0], language),
        "facts": [
            {
                "name": fact.name, "value": fact.value, "style": fact.style,
                "evidence": _passages((fact.evidence,)),
            }
            for fact in contact_facts(understanding, words)
        ],
        "route": None if route is None else {"to": route[0], "why": route[1]},
        "note": [
            {"text": one.text, "evidence": _passages(one.evidence)} for one in note.sentences
        ]
        if isinstance(note, WrapUpNote)
        else [],
        "promises": [
            {
                "who": one.who, "text": promise_line(one, words), "due": one.due,
                "evidence": _passages(one.evidence),
            }
            for one in understanding.commitments
        ],
        "entities": [
            {"kind": one.kind, "text": one.text, "evidence": _passages((one.evidence,))}
            for one in understanding.entities
        ],
        "mood": None
        if sentiment is None
        else {
            "turns": [one.model_dump() for one in sentiment.turns],
            "overall": sentiment.overall, "start": sentiment.start, "end": sentiment.end,
            "moment": _passages((sentiment.strongest or sentiment.turning_point,)),
        },
    }  # fmt: skip


def _asked(analysis: dict[str, Any], understanding: Understanding) -> dict[str, Any]:
    try:
        answered = _ANSWERED.validate_python(analysis.get("questions") or ())
    except ValidationError:
        answered = ()
    found: list[tuple[CustomerQuestion, Answer | None]] = [
        (one.question, one.answer) for one in answered
    ] or [(one, None) for one in understanding.questions]
    return {
        "questions": [
            {
                "text": question.text, "evidence": _passages((question.evidence,)),
                "answer": None
                if answer is None or not answer.answered
                else {
                    "text": answer.text,
                    "source": None if answer.citation is None else answer.citation.title,
                },
                "was_asked": answer is not None,
            }
            for question, answer in found
        ]
    }  # fmt: skip


def _categories(analysis: dict[str, Any], language: ReportLanguage) -> list[dict[str, Any]]:
    try:
        report = CategoryReport.model_validate(analysis.get("categories"))
    except ValidationError:
        return []
    lines = category_lines(report, language)
    return [
        {
            "code": one.category, "label": one.label(language), "alert": one.alert,
            "evidence": _passages(one.evidence),
        }
        for one in (() if lines is None else lines.found)
    ]  # fmt: skip


def _heard(shown: Shown, words: dict[str, str]) -> dict[str, Any] | None:
    """Return the account of the transcription: how much of the speech became words."""
    try:
        facts = TranscriptionFacts.model_validate(
            mapping(shown.document.analysis.get("transcription"))
        )
    except ValidationError:
        return None
    return {
        "channels": [
            {
                "channel": one.channel, "speaker": one.speaker, "speech_s": one.speech_s,
                "covered_s": one.covered_s,
                "gaps": [{"start_s": gap.start_s, "end_s": gap.end_s} for gap in one.uncovered],
            }
            for one in facts.account
        ],
        "lines": account_lines(facts, words, _number),
        "dropped": [shown.scrub(line) for line in dropped_lines(facts, words)],
        "warnings": [shown.scrub(line) for line in facts.warnings],
        "provenance": f"{facts.provenance.component} {facts.provenance.version}",
        "models": [model.name for model in facts.provenance.models],
    }  # fmt: skip


def _passages(evidence: tuple[Evidence | None, ...]) -> list[dict[str, Any]]:
    return [one.model_dump() for one in evidence if one is not None]


def _reason(reason: ReasonScore, language: ReportLanguage) -> dict[str, Any]:
    french = language == "fr"
    return {
        "code": reason.code,
        "label": reason.label_fr if french else reason.label_en,
        "parent": reason.parent_label_fr if french else reason.parent_label_en,
        "probability": reason.probability,
        "evidence": _passages(reason.evidence),
    }


def _words(language: ReportLanguage) -> dict[str, str]:
    french = language == "fr"
    return words_in(language) | {
        "colon": typeset(" : ") if french else ": ",
        "open_quote": typeset("« ") if french else "“",
        "close_quote": typeset(" »") if french else "”",
    }


def _number(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}"
