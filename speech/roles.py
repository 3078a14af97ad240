"""Who is the agent: told from what both sides say, where the channels are not named."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

import yaml

from conversation import Speaker
from speech.heard import HeardWord

_OPENING_S = 30.0
_OPENING_WEIGHT = 2.0
_MOST_PER_PATTERN = 3
_POINTS_PER_LOGIT = 2.0
_ALSO_AGENT_POINTS = 5.0  # of one who takes over a call: a greeting in their opening, and more
_SWAPPED_CONFIDENCE = 0.9
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
    """Who of some speakers is the agent.

    Attributes:
        agents: Positions of the agents: first the one who is surest to be one, then those who
            took over the call.
        confidence: That the first is an agent, 0.5 (a coin) to 1.
        reason: Why, as the end of a sentence that starts with "the agent".
        is_tie: Whether the words said nothing and only the order of speaking decided.
    """

    agents: tuple[int, ...]
    confidence: float
    reason: str
    is_tie: bool

    @property
    def side(self) -> int:
        """Position of the agent."""
        return self.agents[0]


@dataclass(frozen=True)
class _Score:
    """Points for being the agent, and the phrases that gave and took most of them."""

    value: float
    as_agent: tuple[str, ...]
    as_customer: tuple[str, ...]


def guess_agent(sides: Sequence[Sequence[HeardWord]], *, french: bool = False) -> AgentGuess:
    """Tell the agent from the customers by what each says.

    Phrases of a centre's agent (a greeting with the brand, an offer to help, asking for the
    file) count for a speaker, phrases of a customer (why they call, "my account") against them;
    the first half minute of each one's talk counts double. The confidence is the logistic
    function of half the difference to the next who is not taken for an agent. Of three and more
    speakers, another who speaks as an agent does is one too (the call was handed over); one
    always stays a customer.

    Args:
        sides: The words of each of two or more speakers, in order; some may have none.
        french: Whether to give the reason in French; in English otherwise.

    Returns:
        The guess. Where the words say nothing, who speaks first is taken for the agent, as on
        most inbound calls.
    """
    scores = [_score(words) for words in sides]
    order = sorted(
        range(len(sides)), key=lambda side: (-scores[side].value, _first_word_s(sides[side]))
    )
    agents = [order[0]]
    for side in order[1:-1]:
        if scores[side].value >= _ALSO_AGENT_POINTS:
            agents.append(side)
    best, next_best = order[0], order[len(agents)]
    difference = scores[best].value - scores[next_best].value
    if difference == 0:
        first = min(range(len(sides)), key=lambda side: _first_word_s(sides[side]))
        reason = (
            "parle en premier et rien de ce qui est dit n'en apprend plus"
            if french
            else "speaks first, nothing that was said tells more"
        )
        return AgentGuess((first,), 0.5, reason, is_tie=True)
    confidence = 1 / (1 + math.exp(-abs(difference) / _POINTS_PER_LOGIT))
    if scores[best].as_agent:
        reason = f"{'dit' if french else 'says'} {_quoted(scores[best].as_agent, french=french)}"
    else:
        quoted = _quoted(scores[order[-1]].as_customer, french=french)
        reason = (
            f"n'est pas celui qui dit {quoted}" if french else f"is not the one who says {quoted}"
        )
    return AgentGuess(tuple(agents), confidence, reason, is_tie=False)


def remark_on_swapped_sides(
    sides: Sequence[Sequence[HeardWord]], declared: Sequence[Speaker], *, french: bool
) -> str | None:
    """Say so where the words of two named sides clearly tell the opposite of their names.

    Args:
        sides: The words of each side, in order.
        declared: Who each is said to be.
        french: Whether to say it in French; in English otherwise.

    Returns:
        A sentence; None where the names fit, where nothing sure can be told, or where it is not
        one agent (or bot) and one customer who were named.
    """
    if len(sides) != 2 or sorted(declared) not in (["agent", "customer"], ["bot", "customer"]):
        return None
    guess = guess_agent(sides, french=french)
    if guess.confidence < _SWAPPED_CONFIDENCE or declared[guess.side] != "customer":
        return None
    return (
        f"Les canaux semblent inversés : celui qui est déclaré comme client {guess.reason} "
        f"(confiance {guess.confidence:.2f}). Corrigez --channels si c'est le cas."
        if french
        else f"The channels look swapped: the one declared as the customer {guess.reason} "
        f"(confidence {guess.confidence:.2f}). Correct --channels if so."
    )


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


def _first_word_s(words: Sequence[HeardWord]) -> float:
    return words[0].start_s if words else math.inf


def _score(words: Sequence[HeardWord]) -> _Score:
    bare = [_bare(word.text).lower() for word in words]
    text = " ".join(bare)
    opening_ends_s = _OPENING_S + (words[0].start_s if words else 0.0)
    early_until = len(" ".join(bare[: sum(word.start_s <= opening_ends_s for word in words)]))
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
