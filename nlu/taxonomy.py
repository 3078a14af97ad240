"""The reasons for which customers contact a centre, at two levels, as the centre owns them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conversation.errors import DefinitionInvalid, NotFound
from nlu.definition_file import DefinitionFile

SHIPPED = ("telecom", "banque", "ecommerce")
MAX_REASONS = 12
"""Most real reasons at level 1 of one file; more are not told apart by the people who code."""

_OTHER = frozenset({"autre", "other"})
_OUT_OF_SCOPE = frozenset({"hors_perimetre", "out_of_scope"})
_CODE = r"^[a-z0-9_]+(\.[a-z0-9_]+)*$"
_SHIPPED_FOLDER = Path(__file__).parent / "taxonomies"

Role = Literal["reason", "other", "out_of_scope"]


class Bilingual(BaseModel):
    """A text in French, English or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str | None = Field(default=None, min_length=1)
    en: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_language_at_least(self) -> Self:
        if self.fr is None and self.en is None:
            raise ValueError("expected a text under fr, en or both")
        return self

    def text(self, language: Literal["fr", "en"]) -> str:
        """Return the text in a language, or in the other one where it was not translated."""
        first, second = (self.fr, self.en) if language == "fr" else (self.en, self.fr)
        return first or second or ""

    def texts(self) -> tuple[str, ...]:
        """Return what was written, French first."""
        return tuple(text for text in (self.fr, self.en) if text)


class BilingualTexts(BaseModel):
    """Several texts in French, English or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def texts(self) -> tuple[str, ...]:
        """Return what was written, French first."""
        return (*self.fr, *self.en)

    def __add__(self, other: BilingualTexts) -> BilingualTexts:
        return BilingualTexts(fr=self.fr + other.fr, en=self.en + other.en)


class Subreason(BaseModel):
    """A reason of level 2.

    Attributes:
        code: The code of its level 1, a dot and a name (``tel.panne_fixe.coupure``).
        label: Name shown to readers.
        definition: One sentence; helps people to code and the machine to recognise.
        examples: What customers say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=_CODE)
    label: Bilingual
    definition: Bilingual
    examples: BilingualTexts = BilingualTexts()


class Reason(BaseModel):
    """A reason of level 1.

    Attributes:
        code: Short and stable (``tel.facture``); what stands before the first dot names the
            sector, so that taxonomies can be joined.
        label: Name shown to readers.
        definition: One sentence; helps people to code and the machine to recognise.
        include: What belongs here, in a few words each.
        exclude: What does not, and where it goes; for people, the machine does not read it.
        examples: What customers say; five or more help much, none is allowed.
        subreasons: Level 2.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=_CODE)
    label: Bilingual
    definition: Bilingual
    include: BilingualTexts = BilingualTexts()
    exclude: BilingualTexts = BilingualTexts()
    examples: BilingualTexts = BilingualTexts()
    subreasons: tuple[Subreason, ...] = ()

    @property
    def role(self) -> Role:
        """What the last part of the code says: ``autre`` and ``hors_perimetre`` are not reasons."""
        last = self.code.rsplit(".", 1)[-1]
        if last in _OTHER:
            return "other"
        return "out_of_scope" if last in _OUT_OF_SCOPE else "reason"

    @property
    def sector(self) -> str:
        """What stands before the first dot of the code; empty when there is none."""
        return self.code.split(".", 1)[0] if "." in self.code else ""


class Taxonomy(BaseModel):
    """The reasons a centre tells apart.

    Attributes:
        name: Of the taxonomy; joined ones are named ``telecom+banque``.
        version: Of the definition, as its owner counts.
        label: Name shown to readers.
        contrast: Names of shipped taxonomies whose subjects are out of scope here; a telecom
            operator's centre is better at declining a bank's callers when it knows them.
        reasons: Level 1, at most :data:`MAX_REASONS` real ones in one file, with one ``autre``
            and one ``hors_perimetre``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.+-]{0,79}$")
    version: str = Field(min_length=1)
    label: Bilingual | None = None
    contrast: tuple[Literal["telecom", "banque", "ecommerce"], ...] = ()
    reasons: tuple[Reason, ...] = Field(min_length=1)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the content, in hexadecimal: two taxonomies that differ have two."""
        content = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def reason(self, code: str) -> Reason | Subreason:
        """Return the reason of either level with this code.

        Raises:
            NotFound: No reason has it.
        """
        for reason in self.reasons:
            if reason.code == code:
                return reason
            for sub in reason.subreasons:
                if sub.code == code:
                    return sub
        raise NotFound(
            f"the taxonomy {self.name!r} has no reason {code!r}",
            remedy="use one of " + ", ".join(reason.code for reason in self.reasons),
        )

    def parent(self, code: str) -> Reason | None:
        """Return the level 1 above a code of level 2, None for a code of level 1."""
        for reason in self.reasons:
            if any(sub.code == code for sub in reason.subreasons):
                return reason
        return None


def load_taxonomy(source: str | Path | None = None) -> Taxonomy:
    """Load the reasons of a centre.

    Args:
        source: None for all shipped taxonomies joined; the name of a shipped one (``telecom``,
            ``banque``, ``ecommerce``); or the path of a YAML file.

    Returns:
        The taxonomy, checked.

    Raises:
        NotFound: Neither a shipped name nor a file.
        DefinitionInvalid: The file breaks a rule; the message names file, line and path.
    """
    if source is None:
        return join_taxonomies([_shipped(name) for name in SHIPPED])
    if isinstance(source, str) and source in SHIPPED:
        return _shipped(source)
    path = Path(source)
    if not path.is_file():
        raise NotFound(
            f"{str(source)!r} is neither a shipped taxonomy nor a file",
            remedy=f"give one of {', '.join(SHIPPED)} or the path of a YAML file",
        )
    return _load_file(path)


def join_taxonomies(taxonomies: Sequence[Taxonomy]) -> Taxonomy:
    """Join taxonomies whose codes differ into one; what is out of scope of all becomes one reason.

    Raises:
        DefinitionInvalid: There are none, or two of them share a code.
    """
    if not taxonomies:
        raise DefinitionInvalid(
            "got no taxonomy to join, expected one or more", remedy="name one, such as telecom"
        )
    if len(taxonomies) == 1:
        return taxonomies[0]
    reasons = [r for taxonomy in taxonomies for r in taxonomy.reasons if r.role != "out_of_scope"]
    outside = [r for taxonomy in taxonomies for r in taxonomy.reasons if r.role == "out_of_scope"]
    counts = Counter(code for reason in reasons for code in _codes(reason))
    twice = sorted(code for code, count in counts.items() if count > 1)
    if twice:
        raise DefinitionInvalid(
            f"the code {twice[0]!r} stands in more than one of the taxonomies "
            f"{', '.join(taxonomy.name for taxonomy in taxonomies)}",
            remedy="put a prefix of its own before the codes of each, such as tel. or bq.",
        )
    merged = Reason(
        code="hors_perimetre",
        label=Bilingual(fr="Hors périmètre", en="Out of scope"),
        definition=Bilingual(
            fr="La demande ne concerne aucun des métiers de ce centre.",
            en="The request concerns none of this centre's trades.",
        ),
        examples=sum((reason.examples for reason in outside), BilingualTexts()),
    )
    return Taxonomy(
        name="+".join(taxonomy.name for taxonomy in taxonomies),
        version="+".join(taxonomy.version for taxonomy in taxonomies),
        reasons=(*reasons, merged),
    )


@lru_cache(maxsize=len(SHIPPED))
def _shipped(name: str) -> Taxonomy:
    return _load_file(_SHIPPED_FOLDER / f"{name}.yaml")


def _load_file(path: Path) -> Taxonomy:
    file = DefinitionFile(path)
    try:
        taxonomy = Taxonomy.model_validate(file.values)
    except ValidationError as error:
        file.fail_validation(error, remedy="write it as the shipped telecom.yaml does")
    _check_codes(taxonomy, file)
    _check_roles(taxonomy, file)
    return taxonomy


def _codes(reason: Reason) -> Iterator[str]:
    yield reason.code
    for sub in reason.subreasons:
        yield sub.code


def _check_codes(taxonomy: Taxonomy, file: DefinitionFile) -> None:
    seen: set[str] = set()
    for i, reason in enumerate(taxonomy.reasons):
        for j, code in enumerate(_codes(reason)):
            at: tuple[int | str, ...] = ("reasons", i, "code")
            if j > 0:
                at = ("reasons", i, "subreasons", j - 1, "code")
                if code.rpartition(".")[0] != reason.code:
                    file.fail(
                        at,
                        f"got the code {code!r} under {reason.code!r}",
                        remedy=f"name it {reason.code}.{code.rsplit('.', 1)[-1]}",
                    )
            if code in seen:
                file.fail(at, f"the code {code!r} stands twice", remedy="rename one of the two")
            seen.add(code)


def _check_roles(taxonomy: Taxonomy, file: DefinitionFile) -> None:
    roles = Counter(reason.role for reason in taxonomy.reasons)
    if roles["reason"] > MAX_REASONS:
        file.fail(
            ("reasons",),
            f"got {roles['reason']} reasons at level 1, expected at most {MAX_REASONS} "
            "besides autre and hors_perimetre",
            remedy="move some of them to level 2",
        )
    if not roles["reason"]:
        file.fail(("reasons",), "got no reason at level 1", remedy="write at least one")
    named: tuple[tuple[Role, str], ...] = (("other", "autre"), ("out_of_scope", "hors_perimetre"))
    for role, name in named:
        if roles[role] != 1:
            file.fail(
                ("reasons",),
                f"got {roles[role]} reasons whose code ends in {name!r}, expected one",
                remedy=f"keep one reason with the code {name}, after the prefix of the others",
            )
