"""Finding the phrases of categories in one turn."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from conversation import Turn
from quality.patterns import Pattern, PatternCompiler
from quality.phrases import Lexicon, load_lexicon
from quality.texts import Span, Text, corrections, tokenize


@cache
def compile_patterns(language: str, sources: tuple[str, ...]) -> tuple[Pattern, ...]:
    """Compile patterns of a shipped language.

    Raises:
        DefinitionInvalid: One of them cannot be read.
    """
    lexicon = load_lexicon(language)
    compiler = PatternCompiler(
        numbers=lexicon.numbers if lexicon else (), not_names=lexicon.not_names if lexicon else ()
    )
    return tuple(compiler.compile(source) for source in sources)


class PhraseFinder:
    """Finds phrases of one language in turns, one turn at a time.

    Args:
        language: Primary tag of a shipped language.
        sources: All patterns that will be asked for: a misspelt word of a turn is read as the
            word of a pattern that is one letter away.
    """

    def __init__(self, language: str, sources: Iterable[str]) -> None:
        self._language = language
        self._lexicon: Lexicon | None = load_lexicon(language)
        patterns = compile_patterns(language, tuple(dict.fromkeys(sources)))
        self._vocabulary = frozenset[str]().union(*(pattern.words for pattern in patterns))
        self._text: tuple[Turn, Text] | None = None
        self._shipped: tuple[Turn, Text] | None = None

    def find(
        self, turn: Turn, say: tuple[str, ...], unless: tuple[str, ...], phrases: tuple[str, ...]
    ) -> list[tuple[Span, Text]]:
        """Find phrases in a turn.

        Args:
            turn: Where to look.
            say: Patterns.
            unless: Patterns around which a match does not count.
            phrases: Shipped phrase sets.

        Returns:
            Where they are, in order, with the text that was read; of several that overlap only
            the longest.
        """
        text = self._read(turn)
        found = [span for p in compile_patterns(self._language, say) for span in p.find(text)]
        if self._lexicon is not None:
            for name in phrases:
                found += self._lexicon.find(self._read_shipped(turn, self._lexicon), name)
        if found:
            patterns = compile_patterns(self._language, unless)
            refused = [span for p in patterns for span in p.find(text)]
            found = [span for span in found if not any(_overlap(span, one) for one in refused)]
        kept: list[Span] = []
        for span in sorted(found, key=lambda s: (s.start - s.end, s.start)):
            if not any(_overlap(span, one) for one in kept):
                kept.append(span)
        return [(span, text) for span in sorted(kept, key=lambda s: s.start)]

    def _read(self, turn: Turn) -> Text:
        if self._text is None or self._text[0] is not turn:
            forms = {token.form for token in tokenize(turn.text)}
            self._text = (turn, Text(turn.text, corrections(forms, self._vocabulary)))
        return self._text[1]

    def _read_shipped(self, turn: Turn, lexicon: Lexicon) -> Text:
        if self._shipped is None or self._shipped[0] is not turn:
            self._shipped = (turn, lexicon.read([turn.text])[0])
        return self._shipped[1]


def _overlap(left: Span, right: Span) -> bool:
    return left.start < right.end and right.start < left.end
