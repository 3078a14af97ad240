"""What the agent still has to say, by the scorecard's questions about what is said."""

from __future__ import annotations

from collections.abc import Sequence

from conversation import Conversation, Evidence, Turn
from quality import Metrics, Scorecard, measure
from quality.conditions import condition_holds, parse_condition
from quality.contact import Contact
from quality.findings import Finding
from quality.phrases import load_lexicon
from quality.scorecard import Item
from quality.sentence_vectors import SentenceVectors
from serving.live.events import Checklist, ChecklistItem, ChecklistState
from serving.live.turns import as_numbered

SAYING = frozenset(
    ("said", "statements", "mandatory_statements", "greeting", "help_offer", "identification",
     "restatement", "next_steps", "farewell")
)  # fmt: skip
"""Kinds of questions that the agent answers by saying something."""


def checklist_of(
    conversation: Conversation,
    turns: Sequence[Turn],
    scorecard: Scorecard,
    *,
    vectors: SentenceVectors | None,
) -> Checklist | None:
    """Tell what was said of what the scorecard wants to be said.

    Args:
        conversation: So far, in time order.
        turns: The same as the session numbers them.
        scorecard: Its questions are asked in order, those that only open others, too.
        vectors: For questions with examples.

    Returns:
        The list; None where the card asks for nothing to be said, or the language has no phrases.
    """
    language = conversation.language or "fr"
    lexicon = load_lexicon(language)
    if lexicon is None or not any(map(_is_listed, scorecard.items)):
        return None
    metrics: Metrics = measure(conversation, language=language)
    answers: dict[str, Finding] = {}
    contact = Contact(
        conversation,
        metrics=metrics,
        negative_turns=None,
        lexicon=lexicon,
        language=language,
        vectors=vectors,
        answers=answers,
    )
    items: list[ChecklistItem] = []
    for item in scorecard.items:
        if item.detector.kind not in SAYING:
            continue
        state: ChecklistState = "open"
        evidence: tuple[Evidence, ...] = ()
        if item.when is not None and not _is_asked(item.when, contact):
            state = "not_applicable"
        elif contact.turns("agent") or _listens_to(item) != "agent":
            finding = item.detector.decide(contact)
            answers[item.id] = finding
            state = _state(finding)
            evidence = finding.evidence if state in ("said", "partly") else ()
        if _is_listed(item):
            items.append(
                ChecklistItem(
                    question=item.id,
                    label_fr=item.label.fr,
                    label_en=item.label.en,
                    state=state,
                    evidence=as_numbered(evidence, turns),
                )
            )
    return Checklist(scorecard=scorecard.name, version=scorecard.version, items=tuple(items))


def _is_listed(item: Item) -> bool:
    return item.detector.kind in SAYING and item.points > 0 and _listens_to(item) == "agent"


def _listens_to(item: Item) -> str:
    return str(getattr(item.detector, "speaker", "agent"))


def _is_asked(when: str, contact: Contact) -> bool:
    """Tell whether a condition holds; one about what is not known yet does not."""
    names = tuple(contact.answers)
    try:
        return bool(condition_holds(parse_condition(when, names), contact))
    except ValueError:
        return False


def _state(finding: Finding) -> ChecklistState:
    if finding.status == "not_applicable":
        return "not_applicable"
    if finding.value is None or finding.value == 0:
        return "open"
    return "said" if finding.value >= 1 else "partly"
