"""Who is the agent: told from what both sides say, where the channels are not named."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import yaml

from speech.heard import HeardWord

_OPENING_S = 30.0
_OPENING_WEIGHT = 2.0
_MOST_PER_PATTERN = 3
_POINTS_PER_LOGIT = 2.0
_NAME = r"(?P<name>[A-ZÀ-Þ][\w'-]+)"
_NAMES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?i:je m'appelle) {_NAME}",
        rf"\b{_NAME} (?i:à votre (?:écoute|service))\b",
        rf"\b(?i:my name is|my name's|i'm) {_NAME}",
        rf"\b(?i:this is) {_NAME} (?i:speaking|from|with|at)\b",
        rf"\b{_NAME} speaking\b",
    )
)


@dataclass(frozen=True)
class AgentGuess:
    """Which of two sides is the agent.

    Attributes:
        side: Position of the agent, 0 or 1.
        confidence: 0.5 (a coin) to 1.
        reason: Why, as the end of a sentence that starts with "the agent".
        is_tie: Whether the words said nothing and only the order of speaking decided.
    """

    side: int
    confidence: float
    reason: str
    is_tie: bool


@dataclass(frozen=True)
class _Score:
    """Points for being the agent, and the phrases that gave and took most of them."""

    value: float
    as_agent: tuple[str, ...]
    as_customer: tuple[str, ...]


def guess_agent(sides: Sequence[Sequence[HeardWord]], *, french: bool = False) -> AgentGuess:
    """Tell the agent from the customer by what both say.

    Phrases of a centre's agent (a greeting with the brand, an offer to help, asking for the
    file) count for a side, phrases of a customer (why they call, "my account") against it; the
    first half minute counts double. The confidence is the logistic function of half the
    difference.

    Args:
        sides: The words of the two sides in order; one may be empty.
        french: Whether to give the reason in French; in English otherwise.

    Returns:
        The guess. Where the words say nothing, who speaks first is taken for the agent, as on
        most inbound calls.
    """
    scores = [_score(words) for words in sides]
    difference = scores[0].value - scores[1].value
    if difference == 0:
        first = min((0, 1), key=lambda side: sides[side][0].start_s if sides[side] else math.inf)
        reason = (
            "parle en premier et rien de ce qui est dit n'en apprend plus"
            if french
            else "speaks first, nothing that was said tells more"
        )
        return AgentGuess(first, 0.5, reason, is_tie=True)
    agent = 0 if difference > 0 else 1
    confidence = 1 / (1 + math.exp(-abs(difference) / _POINTS_PER_LOGIT))
    if scores[agent].as_agent:
        reason = f"{'dit' if french else 'says'} {_quoted(scores[agent].as_agent, french=french)}"
    else:
        quoted = _quoted(scores[1 - agent].as_customer, french=french)
        reason = (
            f"n'est pas celui qui dit {quoted}" if french else f"is not the one who says {quoted}"
        )
    return AgentGuess(agent, confidence, reason, is_tie=False)


def find_agent_name(words: Sequence[HeardWord]) -> str | None:
    """Find the first name with which an agent introduces themselves.

    Args:
        words: The agent's words, in order.

    Returns:
        The name as it was written, when they give one in the first half minute of their talk.
    """
    opening = [word for word in words if word.start_s - words[0].start_s <= _OPENING_S]
    text = " ".join(_bare(word.text) for word in opening)
    for pattern in _NAMES:
        if found := pattern.search(text):
            return found["name"]
    return None


@functools.cache
def _phrases() -> tuple[tuple[float, re.Pattern[str]], ...]:
    """Return the patterns with their weights, negative for those of customers."""
    table = yaml.safe_load(resources.files("speech").joinpath("roles.yaml").read_text("utf-8"))
    return tuple(
        (sign * entry["weight"], re.compile(rf"(?<!\w)(?:{entry['pattern']})(?!\w)"))
        for side, sign in (("agent", 1.0), ("customer", -1.0))
        for entry in table[side]
    )


def _score(words: Sequence[HeardWord]) -> _Score:
    bare = [_bare(word.text).lower() for word in words]
    text = " ".join(bare)
    early_until = len(" ".join(bare[: sum(word.start_s <= _OPENING_S for word in words)]))
    told: list[tuple[float, str]] = []
    for weight, pattern in _phrases():
        for number, found in enumerate(pattern.finditer(text)):
            if number == _MOST_PER_PATTERN:
                break
            told.append(
                (weight * (_OPENING_WEIGHT if found.start() < early_until else 1), found[0])
            )
    told.sort(key=lambda item: -abs(item[0]))
    return _Score(
        value=sum(points for points, _ in told),
        as_agent=tuple(phrase for points, phrase in told if points > 0),
        as_customer=tuple(phrase for points, phrase in told if points < 0),
    )


def _bare(text: str) -> str:
    return re.sub(r"[^\w'\- ]", "", text.replace("’", "'")).strip()


def _quoted(phrases: Sequence[str], *, french: bool) -> str:
    return (" et " if french else " and ").join(
        f"« {phrase} »" for phrase in dict.fromkeys(phrases[:2])
    )
