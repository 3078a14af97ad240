"""A small pattern language for phrases, readable by the people of a centre.

A pattern is written as the phrase is said. Accents, capitals, apostrophes, hyphens and
punctuation do not count::

    si j'ai bien compris          these words, one after the other
    si j'ai [bien] compris        words in square brackets may be missing
    (que|comment) puis-je faire   one of several
    patient*                      any ending: patiente, patientez, patienté
    merci ... patienté            up to four words between, within the sentence
    sous <number> jours           a number, in digits or words
    chez <brand>                  any word that can be a name, remembered as "brand"
    ici <Name>                    such a word, and it must have a capital letter
    monsieur <Capital>            any word with a capital letter, remembered as "capital"
    votre <word> nom              any word at all
    ^ bonjour                     only at the start of a sentence
    c'est ça $                    only at the end of a sentence
    cordialement / <name>         a sentence or line may end here

Speech recognition misspells: in phrases of three words and more, a word of six letters and more
also matches with one letter wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from conversation.errors import DefinitionInvalid
from quality.texts import Span, Text, fold

_PATTERN_PART = re.compile(r"\.\.\.|<[A-Za-z]+>|[()\[\]|/^$]|[^\W_]+\*?|[\s'’,\-]+|.")
_GLUED_BRACKET = re.compile(r"[^\W_][\[(]|[\])][^\W_]")
_GAP_WORDS = 4
_TOLERANT_PHRASE_WORDS = 3


@dataclass(frozen=True)
class Pattern:
    """One compiled phrase.

    Attributes:
        source: As written.
        words: Its literal words, folded, without those that match any ending.
        length: How many words it takes at least.
        regex: Over the line of a text.
    """

    source: str
    words: frozenset[str]
    length: int
    regex: str

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """It compiled, when it is first looked for: most phrases of a lexicon never are."""
        return re.compile(self.regex)

    @property
    def tolerant(self) -> bool:
        """Whether it is long enough to forgive a misspelt word."""
        return self.length >= _TOLERANT_PHRASE_WORDS

    def find(self, text: Text) -> list[Span]:
        """Find the phrase in a text, in order, without overlaps in one reading."""
        found: dict[tuple[int, int], Span] = {}
        for stream in text.streams(tolerant=self.tolerant):
            for match in self.expression.finditer(stream.line):
                span = stream.span(match)
                if span is not None:
                    found.setdefault((span.start, span.end), span)
        return [found[key] for key in sorted(found)]


class PatternCompiler:
    """Compiles patterns of one language.

    Args:
        numbers: Words that are numbers.
        not_names: Words that a ``<name>`` slot never matches.
    """

    def __init__(self, *, numbers: Iterable[str], not_names: Iterable[str]) -> None:
        words = sorted({fold(word) for word in numbers}, key=len, reverse=True)
        one = "|".join([r"[0-9]+(?:h[0-9]*)?", *map(re.escape, words)])
        self._number = rf"(?:\. )?(?:\+?(?:{one}) ){{1,4}}"
        stops = "|".join(sorted(re.escape(fold(word)) for word in not_names))
        self._no_name = rf"(?!\+?(?:{stops}) )" if stops else ""

    def compile(self, source: str) -> Pattern:
        """Compile one pattern.

        Raises:
            DefinitionInvalid: The pattern is empty or its brackets do not match.
        """
        if _GLUED_BRACKET.search(source):
            raise DefinitionInvalid(
                f"the phrase {source!r} is not a pattern: a bracket touches a word",
                remedy="brackets hold whole words: write (client|clients), not client[s]",
            )
        parts = [part for part in _PATTERN_PART.findall(source) if part.strip(" \t'’,-")]
        reader = _PatternReader(source, parts, number=self._number, no_name=self._no_name)
        expression, length = reader.read()
        return Pattern(source, frozenset(reader.words), length, rf"(?<![^ ]){expression}")


class _PatternReader:
    """Reads the parts of one pattern by recursive descent."""

    def __init__(self, source: str, parts: list[str], *, number: str, no_name: str) -> None:
        self.source = source
        self.parts = parts
        self.number = number
        self.no_name = no_name
        self.position = 0
        self.words: set[str] = set()
        self.names: set[str] = set()

    def read(self) -> tuple[str, int]:
        expression, length = self._alternatives()
        if self.position != len(self.parts):
            self._refuse(f"{self.parts[self.position]!r} without its opening bracket")
        if length == 0:
            self._refuse("it could match nothing at all")
        return expression, length

    def _refuse(self, why: str) -> None:
        raise DefinitionInvalid(
            f"the phrase {self.source!r} is not a pattern: {why}",
            remedy="use words, [optional], (one|other), ending*, ..., <word>, <number>, <name>, ^",
        )

    def _alternatives(self) -> tuple[str, int]:
        options = [self._sequence()]
        while self.position < len(self.parts) and self.parts[self.position] == "|":
            self.position += 1
            options.append(self._sequence())
        if len(options) == 1:
            return options[0]
        if any(length == 0 for _, length in options):
            self._refuse("one side of a '|' is empty")
        return f"(?:{'|'.join(text for text, _ in options)})", min(n for _, n in options)

    def _sequence(self) -> tuple[str, int]:
        pieces: list[str] = []
        length = 0
        while self.position < len(self.parts) and self.parts[self.position] not in (")", "]", "|"):
            part = self.parts[self.position]
            self.position += 1
            if part in ("(", "["):
                inner, words = self._alternatives()
                closing = ")" if part == "(" else "]"
                if self.position >= len(self.parts) or self.parts[self.position] != closing:
                    self._refuse(f"{part!r} is not closed")
                self.position += 1
                pieces.append(f"(?:{inner})" if part == "(" else f"(?:{inner})?")
                length += words if part == "(" else 0
            else:
                pieces.append(self._single(part))
                length += part not in ("...", "^", "$", "/")
        return "".join(pieces), length

    def _single(self, part: str) -> str:
        if part == "...":
            return rf"(?:[^ .]+ ){{0,{_GAP_WORDS}}}?"
        if part == "^":
            return r"(?<=\. )"
        if part == "$":
            return r"(?=\. |$)"
        if part == "/":
            return r"(?:\. )?"
        if part == "<number>":
            return self.number
        if part == "<word>":
            return r"[^ .]+ "
        if part == "<Capital>":
            return r"(?P<capital>\+[^ .]+) "
        if part.startswith("<") and len(part) > 2:
            if part.lower() in self.names:
                self._refuse(f"{part} is there twice")
            self.names.add(part.lower())
            capital = r"\+" if part[1].isupper() else r"\+?"
            return rf"{self.no_name}(?P<{part[1:-1].lower()}>{capital}[^ .]+) "
        if not part[0].isalnum():
            self._refuse(f"{part!r} has no meaning here")
        if part.endswith("*"):
            return rf"(?:\. )?\+?{re.escape(fold(part[:-1]))}[^ .]* "
        self.words.add(fold(part))
        return rf"(?:\. )?\+?{re.escape(fold(part))} "
