"""Which queue and skills a contact should go to, from a table that the centre owns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation import CHANNELS, Channel
from conversation.errors import BadInput, NotFound
from nlu.axes.nature_head import NATURES, Nature
from nlu.definition_file import DefinitionFile
from nlu.routing_explanation import explain
from nlu.taxonomy import Bilingual, Taxonomy

SHIPPED_TABLES = ("telecom", "banque", "ecommerce")
DEFAULT_RULE = "default"
"""Rule id in a hint when no rule of the table fits."""

HIGHEST_PRIORITY, LOWEST_PRIORITY = 1, 5

_NAME = r"^[a-z0-9][a-z0-9_.-]{0,63}$"
_REASON = r"^(\*|[a-z0-9_]+(\.[a-z0-9_]+)*(\.\*)?)$"
_LANGUAGE = r"^[a-z]{2,3}$"
_FOLDER = Path(__file__).parent / "routing_tables"
_REMEDY = "write it as the shipped telecom.yaml does"


class RouteConditions(BaseModel):
    """When a rule fits: every condition that is given must hold; within a list, any one.

    Attributes:
        reason: Codes of level 1 or 2; a code of level 1 stands for those below it, ``bq.*`` for
            all of a sector, ``*`` for any reason that is known.
        language: BCP 47 primary tags.
        urgency_at_least: 0 to 3.
        mood_at_most: −1 to 1: the customer's sentiment is known and not above it.
        nature: Natures of a contact.
        channel: Channels of a conversation.
        repeat: Whether the customer says to have contacted before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    urgency_at_least: int | None = Field(default=None, ge=0, le=3)
    mood_at_most: float | None = Field(default=None, ge=-1, le=1, allow_inf_nan=False)
    nature: tuple[Nature, ...] = ()
    channel: tuple[Channel, ...] = ()
    repeat: bool | None = None


class Route(BaseModel):
    """Where contacts go.

    Attributes:
        queue: Name of the queue in the centre's own system.
        skills: What the person who takes it must be able to do; ``{language}`` stands for the
            contact's language, and falls away where that is not known.
        priority: 1 (first) to 5 (last).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue: str = Field(pattern=_NAME)
    skills: tuple[str, ...] = ()
    priority: int = Field(default=3, ge=HIGHEST_PRIORITY, le=LOWEST_PRIORITY)


class RoutingRule(BaseModel):
    """One rule: the route for contacts that fit.

    Attributes:
        id: Unique in the table; named in each hint.
        label: What the rule is for, shown to readers.
        when: Conditions; one at least.
        route: Where to.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=_NAME)
    label: Bilingual
    when: RouteConditions
    route: Route


class RoutingTable(BaseModel):
    """The centre's rules, in order: the first that fits decides.

    Attributes:
        name: Of the table.
        version: As its owner counts.
        default: Where contacts go that no rule fits.
        rules: In order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    version: str = Field(min_length=1)
    default: Route
    rules: tuple[RoutingRule, ...] = ()


@dataclass(frozen=True)
class ContactFacts:
    """What a route is recommended from, as plain values.

    Attributes:
        reason: Code of level 1 or 2; None when unknown.
        language: BCP 47 tag; None when not known.
        urgency: 0 to 3.
        mood: The customer's sentiment, −1 to 1; None when not known.
        nature: Of the contact; None when not known.
        channel: Of the conversation; None when not known.
        repeat: Whether the customer says to have contacted before.
        always_human: Whether no machine may take it (``Urgency.always_human``); level 3 implies it.
    """

    reason: str | None = None
    language: str | None = None
    urgency: int = 0
    mood: float | None = None
    nature: str | None = None
    channel: str | None = None
    repeat: bool = False
    always_human: bool = False


class RoutingHint(BaseModel):
    """A recommendation: people decide.

    Attributes:
        queue: Name of the queue.
        skills: In the order of the table, each once.
        priority: 1 (first) to 5 (last); 1 whenever a person must take over at once.
        rule: Id of the rule that fits, or ``default``.
        always_human: Whether no machine may take it.
        why_fr: Each condition that holds, in French words, after what the rule is for.
        why_en: The same in English.
        table: Name and version of the table.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    queue: str
    skills: tuple[str, ...]
    priority: int = Field(ge=HIGHEST_PRIORITY, le=LOWEST_PRIORITY)
    rule: str
    always_human: bool
    why_fr: tuple[str, ...]
    why_en: tuple[str, ...]
    table: str


def recommend_route(facts: ContactFacts, table: RoutingTable) -> RoutingHint:
    """Recommend a queue and skills for a contact; the same facts give the same hint.

    Args:
        facts: What is known of the contact.
        table: The centre's rules.

    Returns:
        The hint of the first rule that fits, or of the default.

    Raises:
        BadInput: A fact is outside its range.
    """
    _check_facts(facts)
    rule = next((rule for rule in table.rules if fits(rule.when, facts)), None)
    route = table.default if rule is None else rule.route
    human = facts.always_human or facts.urgency == 3
    conditions = RouteConditions() if rule is None else rule.when
    label = None if rule is None else rule.label
    why_fr, why_en = (
        explain(
            facts,
            given=frozenset(conditions.model_dump(exclude_defaults=True)),
            label=None if label is None else label.text(language),
            always_human=human,
            language=language,
        )
        for language in _BOTH
    )
    return RoutingHint(
        queue=route.queue,
        skills=_skills(route.skills, _primary(facts.language)),
        priority=HIGHEST_PRIORITY if human else route.priority,
        rule=DEFAULT_RULE if rule is None else rule.id,
        always_human=human,
        why_fr=why_fr,
        why_en=why_en,
        table=f"{table.name} {table.version}",
    )


def fits(when: RouteConditions, facts: ContactFacts) -> bool:
    """Tell whether every condition that is given holds; what is not known holds no condition."""
    return all(
        (
            not when.reason or any(_covers(code, facts.reason) for code in when.reason),
            not when.language or _primary(facts.language) in when.language,
            when.urgency_at_least is None or facts.urgency >= when.urgency_at_least,
            when.mood_at_most is None
            or (facts.mood is not None and facts.mood <= when.mood_at_most),
            not when.nature or facts.nature in when.nature,
            not when.channel or facts.channel in when.channel,
            when.repeat is None or facts.repeat == when.repeat,
        )
    )


def load_routing_table(source: str | Path, *, taxonomy: Taxonomy | None = None) -> RoutingTable:
    """Load a centre's routing table.

    Args:
        source: The name of a shipped table (``telecom``, ``banque``, ``ecommerce``) or the path
            of a YAML file.
        taxonomy: Whose codes the rules must name; not checked when None.

    Returns:
        The table, checked.

    Raises:
        NotFound: Neither a shipped name nor a file.
        DefinitionInvalid: The file breaks a rule; the message names file, line and rule.
    """
    if isinstance(source, str) and source in SHIPPED_TABLES:
        if taxonomy is None:
            return _shipped(source)
        return _load_file(_FOLDER / f"{source}.yaml", taxonomy)
    path = Path(source)
    if not path.is_file():
        raise NotFound(
            f"{str(source)!r} is neither a shipped routing table nor a file",
            remedy=f"give one of {', '.join(SHIPPED_TABLES)} or the path of a YAML file",
        )
    return _load_file(path, taxonomy)


_BOTH: tuple[Literal["fr", "en"], ...] = ("fr", "en")


@lru_cache(maxsize=len(SHIPPED_TABLES))
def _shipped(name: str) -> RoutingTable:
    return _load_file(_FOLDER / f"{name}.yaml", None)


def _load_file(path: Path, taxonomy: Taxonomy | None) -> RoutingTable:
    file = DefinitionFile(path)
    try:
        table = RoutingTable.model_validate(file.values)
    except ValidationError as error:
        file.fail_validation(error, remedy=_REMEDY)
    _check_rules(table, file)
    if taxonomy is not None:
        _check_codes(table, file, taxonomy)
    return table


def _check_rules(table: RoutingTable, file: DefinitionFile) -> None:
    seen: set[str] = {DEFAULT_RULE}
    for number, rule in enumerate(table.rules):
        at: tuple[int | str, ...] = ("rules", number)
        if rule.id in seen:
            file.fail(
                (*at, "id"),
                f"the id {rule.id!r} stands twice or is reserved",
                remedy="give each rule an id of its own, other than default",
            )
        seen.add(rule.id)
        if rule.when == RouteConditions():
            file.fail(
                (*at, "when"),
                f"the rule {rule.id!r} has no condition and would hide all after it",
                remedy="write a condition, or use the default",
            )
        _check_words(rule, file, at)
        for earlier in table.rules[:number]:
            if earlier.when == rule.when:
                file.fail(
                    (*at, "when"),
                    f"the rule {rule.id!r} has the conditions of {earlier.id!r} and never decides",
                    remedy="change its conditions, or remove it",
                )


def _check_words(rule: RoutingRule, file: DefinitionFile, at: Sequence[int | str]) -> None:
    for field, pattern, wanted in (
        ("reason", _REASON, "a code such as tel.facture, tel.* or *"),
        ("language", _LANGUAGE, "a two-letter tag such as fr"),
    ):
        words: tuple[str, ...] = getattr(rule.when, field)
        for place, word in enumerate(words):
            if re.fullmatch(pattern, word) is None:
                file.fail(
                    (*at, "when", field, place),
                    f"rule {rule.id!r}: got {word!r}, expected {wanted}",
                    remedy="correct it",
                )


def _check_codes(table: RoutingTable, file: DefinitionFile, taxonomy: Taxonomy) -> None:
    codes = {reason.code for reason in taxonomy.reasons}
    codes |= {sub.code for reason in taxonomy.reasons for sub in reason.subreasons}
    for number, rule in enumerate(table.rules):
        for place, code in enumerate(rule.when.reason):
            if not any(_covers(code, known) for known in codes):
                file.fail(
                    ("rules", number, "when", "reason", place),
                    f"rule {rule.id!r}: the taxonomy {taxonomy.name!r} has no reason {code!r}",
                    remedy="use a code of the taxonomy, or a wildcard such as tel.*",
                )


def _covers(wanted: str, reason: str | None) -> bool:
    if reason is None:
        return False
    stem = wanted.removesuffix("*").removesuffix(".")
    return not stem or reason == stem or reason.startswith(f"{stem}.")


def _skills(skills: Sequence[str], language: str | None) -> tuple[str, ...]:
    named = (
        skill.replace("{language}", language or "")
        for skill in skills
        if language is not None or "{language}" not in skill
    )
    return tuple(dict.fromkeys(named))


def _primary(language: str | None) -> str | None:
    return None if language is None else language.replace("_", "-").split("-", 1)[0].lower()


def _check_facts(facts: ContactFacts) -> None:
    if facts.urgency not in range(4):
        raise BadInput(f"urgency {facts.urgency!r}", remedy="give 0, 1, 2 or 3")
    if facts.mood is not None and not -1 <= facts.mood <= 1:
        raise BadInput(f"mood {facts.mood!r}", remedy="give a number from -1 to 1, or None")
    if facts.nature is not None and facts.nature not in NATURES:
        raise BadInput(f"nature {facts.nature!r}", remedy=f"give one of {', '.join(NATURES)}")
    if facts.channel is not None and facts.channel not in CHANNELS:
        raise BadInput(f"channel {facts.channel!r}", remedy=f"give one of {', '.join(CHANNELS)}")
