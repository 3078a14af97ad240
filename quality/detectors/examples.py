"""What a card gives for a match by meaning: examples, counter-examples, lexical guards."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from conversation.errors import DefinitionInvalid
from quality.patterns import Pattern, PatternCompiler
from quality.phrases import load_lexicon
from quality.texts import Text

if TYPE_CHECKING:
    from quality.meaning import Likeness

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]


class Wordings(BaseModel):
    """Sentences or patterns by language.

    Attributes:
        fr: In French.
        en: In English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: tuple[Sentence, ...] = ()
    en: tuple[Sentence, ...] = ()

    def of(self, language: str) -> tuple[str, ...]:
        """Return those of a language; those of all where it has none."""
        own = {"fr": self.fr, "en": self.en}.get(language.split("-", maxsplit=1)[0].lower(), ())
        return own or self.all

    @property
    def all(self) -> tuple[str, ...]:
        """Those of all languages, French first."""
        return (*self.fr, *self.en)


NONE = Wordings()


class Guards(BaseModel):
    """Words that a sentence must have, or must not have, to count.

    Attributes:
        must_contain: Patterns (:mod:`quality.patterns`), one of which must be in the sentence.
        must_not_contain: Patterns, none of which may be in it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    must_contain: Wordings = NONE
    must_not_contain: Wordings = NONE

    @model_validator(mode="after")
    def _patterns_can_be_read(self) -> Self:
        for patterns in (self.must_contain, self.must_not_contain):
            for language, sources in (("fr", patterns.fr), ("en", patterns.en)):
                if not sources:
                    continue
                try:
                    _compiled(language, sources)
                except DefinitionInvalid as error:
                    raise ValueError(f"{error.message}; {error.remedy}") from None
        return self

    def let_pass(self, text: str, language: str) -> bool:
        """Say whether a sentence may count."""
        read = Text(text)
        wanted = _of(self.must_contain, language)
        if wanted and not any(pattern.find(read) for pattern in wanted):
            return False
        return not any(pattern.find(read) for pattern in _of(self.must_not_contain, language))


def _of(wordings: Wordings, language: str) -> tuple[Pattern, ...]:
    tag = language.split("-", maxsplit=1)[0].lower()
    sources = {"fr": wordings.fr, "en": wordings.en}.get(tag, ())
    return _compiled(tag, sources) if sources else ()


@cache
def _compiled(language: str, sources: tuple[str, ...]) -> tuple[Pattern, ...]:
    lexicon = load_lexicon(language)
    compiler = PatternCompiler(
        numbers=lexicon.numbers if lexicon else (), not_names=lexicon.not_names if lexicon else ()
    )
    return tuple(compiler.compile(source) for source in sources)


def confidence_of(likeness: Likeness, threshold: float) -> float:
    """Tell how sure a match, or its absence, is: 0.5 at the threshold, 0.85 far from it."""
    return round(min(0.85, 0.5 + 1.5 * abs(likeness.value - threshold)), 3)


NO_GUARDS = Guards()
