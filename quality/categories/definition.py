"""Rule categories as a centre writes them: when a contact is a complaint, a threat, a promise."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from conversation import Speaker
from conversation.errors import DefinitionInvalid
from quality.categories.words import compile_patterns
from quality.expressions import Expression, parse_expression
from quality.findings import Bilingual
from quality.metric_names import METRIC_KINDS, METRIC_LABELS
from quality.phrases import LANGUAGES, load_lexicon

DEFAULT_LIKENESS = 0.55
"""Likeness from which a sentence means what an example means, where a category says nothing."""

MAX_DEPTH = 8
"""``all``, ``any`` and ``not`` may lie within each other so deep."""

_ID = r"^[a-z0-9][a-z0-9_.-]{0,63}$"
_FROZEN = ConfigDict(frozen=True, extra="forbid")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=1000)]
Place = Literal["anywhere", "opening", "closing"]


def _one_a_line(value: object) -> object:
    if isinstance(value, str):
        return tuple(line.strip() for line in value.splitlines() if line.strip())
    return value


class Lines(BaseModel):
    """Patterns or example sentences by language; in the file a list, or one a line.

    Attributes:
        fr: In French.
        en: In English.
    """

    model_config = _FROZEN

    fr: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()

    _split = field_validator("fr", "en", mode="before")(_one_a_line)

    def of(self, language: str) -> tuple[str, ...]:
        """Return those of one language."""
        return {"fr": self.fr, "en": self.en}.get(language, ())

    @property
    def all(self) -> tuple[str, ...]:
        """Those of both languages, French first."""
        return (*self.fr, *self.en)


_NONE = Lines()


class TurnRange(BaseModel):
    """Some turns by their number.

    Attributes:
        first: 1 is the first turn that has words, -1 the last.
        last: The last of the range, itself counted.
    """

    model_config = _FROZEN

    first: int = 1
    last: int = -1

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not self.first or not self.last:
            raise ValueError("turns are counted from 1, or from -1 backwards; got 0")
        if (self.first < 0) == (self.last < 0) and self.first > self.last:
            raise ValueError(f"got first {self.first} after last {self.last}")
        return self

    @property
    def from_the_end(self) -> bool:
        """Whether it needs to know how many turns there are."""
        return self.first < 0 or self.last < -1


class Position(BaseModel):
    """Who must say it, and where in the contact.

    Attributes:
        speaker: Who; None: anybody but the system.
        place: ``opening``: the first 30 s of a recording, otherwise the first 2 turns;
            ``closing``: the last 60 s, otherwise the last 3 turns.
        within_s: Seconds from the first words, instead of a place; on text channels by the
            messages' times.
        turns: Turns by their number.
    """

    model_config = _FROZEN

    speaker: Speaker | None = None
    place: Place = "anywhere"
    within_s: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    turns: TurnRange | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = [self.place != "anywhere", self.within_s is not None, self.turns is not None]
        if sum(given) > 1:
            raise ValueError("got more than one of place, within_s and turns; keep one of them")
        return self


class Words(Position):
    """Somebody says one of some phrases.

    Attributes:
        say: Patterns (:mod:`quality.patterns`).
        unless: Patterns around which a match does not count.
        phrases: Phrase sets that are shipped (quality/lexicon), beside ``say``.
    """

    say: Lines = _NONE
    unless: Lines = _NONE
    phrases: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if not self.say.all and not self.phrases:
            raise ValueError("got neither say nor phrases, expected words to look for")
        for language in LANGUAGES:
            lexicon = load_lexicon(language)
            if lexicon is None:
                continue
            for name in self.phrases:
                if name not in lexicon.phrases:
                    raise ValueError(
                        f"no phrase set is called {name!r}; expected one of "
                        f"{', '.join(sorted(lexicon.phrases))}"
                    )
            try:
                compile_patterns(language, self.say.of(language))
                compile_patterns(language, self.unless.of(language))
            except DefinitionInvalid as error:
                raise ValueError(f"{error.message}; {error.remedy}") from None
        return self


class Meaning(Position):
    """Somebody says a sentence that means what an example means.

    Attributes:
        like: Examples; those of both languages serve for every language.
        unlike: Counter-examples: near in words, other in meaning.
        threshold: Likeness from which it counts, -1 to 1 (:mod:`quality.meaning`).
    """

    like: Lines
    unlike: Lines = _NONE
    threshold: float = Field(default=DEFAULT_LIKENESS, ge=-1, le=1)

    @model_validator(mode="after")
    def _has_examples(self) -> Self:
        if not self.like.all:
            raise ValueError("got no example, expected at least one in like.fr or like.en")
        return self


class Condition(BaseModel):
    """What must hold; exactly one of the fields is given.

    Attributes:
        words: Phrases that are said.
        meaning: Something that is said in whatever words.
        metric: Expression over the figures of the contact (docs/metrics.md); known at the end.
        all: Each of these must hold.
        any: One of these must hold.
        not_: This must not hold; ``not`` in the file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    words: Words | None = None
    meaning: Meaning | None = None
    metric: str | None = None
    all: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    any: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            got = " and ".join(name.rstrip("_") for name in given) or "nothing"
            raise ValueError(f"got {got}, expected one of words, meaning, metric, all, any, not")
        return self

    @field_validator("metric")
    @classmethod
    def _is_a_condition(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                kind = _parsed(value).kind
            except DefinitionInvalid as error:
                raise ValueError(error.message) from None
            if kind != "truth":
                raise ValueError(f"{value[:60]!r} gives a number, expected a comparison")
        return value

    @cached_property
    def expression(self) -> Expression:
        """The metric's expression, read."""
        return _parsed(self.metric or "")

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The conditions directly within it."""
        return (*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ()))

    def walk(self) -> Iterator[Condition]:
        """Yield it and every condition within it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    @property
    def depth(self) -> int:
        """How many conditions lie within each other here, itself counted."""
        return 1 + max((part.depth for part in self.parts), default=0)


class Category(BaseModel):
    """One named event.

    Attributes:
        id: Unique in its file.
        label: What a reader is shown.
        about: What it means, and what does not count; None when the label says it.
        alert: Whether it is worth showing somebody at once, while the contact goes on.
        when: What must hold.
    """

    model_config = _FROZEN

    id: str = Field(pattern=_ID)
    label: Bilingual
    about: Bilingual | None = None
    alert: bool = False
    when: Condition

    @model_validator(mode="after")
    def _is_not_too_deep(self) -> Self:
        if self.when.depth > MAX_DEPTH:
            raise ValueError(
                f"conditions lie within each other {self.when.depth} deep, expected at most "
                f"{MAX_DEPTH}"
            )
        return self


class CategorySet(BaseModel):
    """The categories of a centre.

    Attributes:
        name: Short, for records.
        version: Raised by the centre whenever the file changes.
        categories: In the order in which they are shown.
    """

    model_config = _FROZEN

    name: str = Field(pattern=_ID)
    version: str = Field(min_length=1)
    categories: tuple[Category, ...] = Field(min_length=1)

    @field_validator("version", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int | float) else value

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        counts = Counter(one.id for one in self.categories)
        doubled = [name for name, count in counts.items() if count > 1]
        if doubled:
            raise ValueError(f"the id {doubled[0]!r} is used twice; every id must be unique")
        return self

    @cached_property
    def sha256(self) -> str:
        """Hash of what the file says; comments and layout do not change it."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def conditions(self) -> Iterator[Condition]:
        """All conditions of all categories."""
        for category in self.categories:
            yield from category.when.walk()

    @property
    def examples(self) -> tuple[str, ...]:
        """All example sentences: what vectors are needed of, beside what is said."""
        found: dict[str, None] = {}
        for condition in self.conditions:
            if condition.meaning is not None:
                found.update(dict.fromkeys(condition.meaning.like.all))
                found.update(dict.fromkeys(condition.meaning.unlike.all))
        return tuple(found)


def _parsed(text: str) -> Expression:
    return parse_expression(text, METRIC_LABELS, kinds=METRIC_KINDS)
