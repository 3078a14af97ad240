"""The shipped phrase lists: what agents and customers say, by language, in files to read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from conversation.errors import DefinitionInvalid, NotFound
from quality.patterns import Pattern, PatternCompiler
from quality.texts import Span, Text, corrections, fold, tokenize
from quality.yaml_files import describe, parse_yaml

LANGUAGES = ("fr", "en")


class PhraseSet(BaseModel):
    """Phrases that mean the same.

    Attributes:
        about: What saying one of them means.
        say: Patterns (:mod:`quality.patterns`); in the file one a line.
        unless: Patterns around which a match does not count ("pas de problème").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    say: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()

    @field_validator("say", "unless", mode="before")
    @classmethod
    def _one_a_line(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(line.strip() for line in value.splitlines() if line.strip())
        return value


class _LexiconFile(BaseModel):
    """A phrase file as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str
    numbers: tuple[str, ...]
    not_names: tuple[str, ...]
    phrases: dict[str, PhraseSet]

    @field_validator("numbers", "not_names", mode="before")
    @classmethod
    def _parted_by_spaces(cls, value: object) -> object:
        return tuple(value.split()) if isinstance(value, str) else value


class Lexicon:
    """All phrase sets of one language, compiled.

    Args:
        text: A phrase file in YAML.
        name: Of the file, for messages.

    Raises:
        DefinitionInvalid: The file breaks its rules.
    """

    def __init__(self, text: str, *, name: str) -> None:
        try:
            file = _LexiconFile.model_validate(parse_yaml(text, name=name))
        except ValidationError as error:
            raise DefinitionInvalid(
                f"{name}: {describe(error)}", remedy="compare it with quality/lexicon/fr.yaml"
            ) from None
        compiler = PatternCompiler(numbers=file.numbers, not_names=file.not_names)
        self.language = file.language
        self.sha256 = hashlib.sha256(text.encode()).hexdigest()
        self.phrases = file.phrases
        self.numbers = frozenset(fold(word) for word in file.numbers)
        self.not_names = frozenset(fold(word) for word in file.not_names)
        self._say: dict[str, list[Pattern]] = {}
        self._unless: dict[str, list[Pattern]] = {}
        for key, phrases in file.phrases.items():
            try:
                self._say[key] = [compiler.compile(source) for source in phrases.say]
                self._unless[key] = [compiler.compile(source) for source in phrases.unless]
            except DefinitionInvalid as error:
                raise DefinitionInvalid(
                    f"{name}: phrases.{key}: {error.message}", remedy=error.remedy
                ) from None
        self._vocabulary = frozenset[str]().union(
            *(pattern.words for patterns in self._say.values() for pattern in patterns)
        )

    def read(self, texts: Iterable[str]) -> list[Text]:
        """Prepare the texts of one conversation for :meth:`find`, in order."""
        texts = list(texts)
        forms = {token.form for text in texts for token in tokenize(text)}
        fixes = corrections(forms, self._vocabulary)
        return [Text(text, fixes) for text in texts]

    def find(self, text: Text, name: str) -> list[Span]:
        """Find the phrases of one set.

        Args:
            text: One turn, from :meth:`read`.
            name: Of the phrase set.

        Returns:
            Where they are, in order; of several that overlap only the longest.

        Raises:
            NotFound: No set has this name.
        """
        if name not in self._say:
            raise NotFound(
                f"no phrase set is called {name!r} in {self.language}",
                remedy=f"use one of {', '.join(sorted(self._say))}",
            )
        found = [span for pattern in self._say[name] for span in pattern.find(text)]
        if not found:
            return []
        refused = [span for pattern in self._unless[name] for span in pattern.find(text)]
        kept: list[Span] = []
        for span in sorted(found, key=lambda s: (s.start - s.end, s.start)):
            if not any(_overlap(span, other) for other in (*refused, *kept)):
                kept.append(span)
        return sorted(kept, key=lambda s: s.start)


def _overlap(left: Span, right: Span) -> bool:
    return left.start < right.end and right.start < left.end


@cache
def load_lexicon(language: str | None) -> Lexicon | None:
    """Load the phrases of a language.

    Args:
        language: Primary tag; None is read as French.

    Returns:
        The lexicon; None when none is shipped for the language.
    """
    language = (language or "fr").split("-")[0].lower()
    if language not in LANGUAGES:
        return None
    file = files("quality") / "lexicon" / f"{language}.yaml"
    return Lexicon(file.read_text(encoding="utf-8"), name=f"lexicon/{language}.yaml")
