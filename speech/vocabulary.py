"""The centre's own names: brands, products, towns and people, in their spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conversation.errors import BadInput
from speech.heard import HeardWord
from speech.misheard import MOST_LETTERS, fold, name_book, split_entry

MOST_WORDS = 5
MOST_ENTRIES = 2000

_PROMPT_LETTERS = 180
_ECHOED_ENTRIES = 3
_COMMENT = re.compile(r"(?:^|\s)#")
_EDGES = re.compile(r"^(?P<lead>[\W_]*)(?P<core>.*?)(?P<tail>[\W_]*)$", re.DOTALL)
_ELIDED = re.compile(r"^(?:[dlnmtsjc]|qu|jusqu)['’](?=\w)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)


@dataclass(frozen=True)
class _Span:
    """Words that may be one name.

    Attributes:
        first: Index of the first.
        last: Index of the last.
        lead: What stays before the name.
        tail: What stays after it.
        texts: The words without what stays.
    """

    first: int
    last: int
    lead: str
    tail: str
    texts: tuple[str, ...]


def parse_vocabulary(text: str) -> tuple[str, ...]:
    """Read a vocabulary: one name a line, ``#`` comments, ``Name = heard as, heard also as``.

    Args:
        text: Of the file.

    Returns:
        The entries, each once, as :func:`correct_names` takes them.

    Raises:
        BadInput: A name is empty, longer than five words, or there are too many.
    """
    entries: dict[str, str] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        entry = _COMMENT.split(line, maxsplit=1)[0].strip()
        if not entry:
            continue
        name, variants = split_entry(entry)
        if not fold(name):
            raise BadInput(
                f"line {number} of the vocabulary has no name: {line.strip()!r}",
                remedy="write one name a line, as in 'Livebox = live box, lave box'",
            )
        for spelling in (name, *variants):
            if len(spelling.split()) > MOST_WORDS or len(spelling) > MOST_LETTERS:
                raise BadInput(
                    f"line {number} of the vocabulary has {len(spelling.split())} words "
                    f"in {spelling[:40]!r}; a name has at most {MOST_WORDS} words "
                    f"and {MOST_LETTERS} letters",
                    remedy="write one name a line",
                )
        known = entries.get(name)
        heard = [*(split_entry(known)[1] if known else ()), *variants]
        entries[name] = f"{name} = {', '.join(dict.fromkeys(heard))}" if heard else name
    if len(entries) > MOST_ENTRIES:
        raise BadInput(
            f"the vocabulary has {len(entries)} names; at most {MOST_ENTRIES} are read",
            remedy="keep the names that are said in calls",
        )
    return tuple(entries.values())


def correct_names(
    words: Sequence[HeardWord], vocabulary: Sequence[str], *, language: str
) -> tuple[HeardWord, ...]:
    """Write the centre's names where what was recognised sounds the same, or nearly.

    Ordinary words that were recognised clearly are left alone, unless together they are the
    name letter by letter or sound by sound ("live box", "mondial relais"). Nothing is added
    where no words were.

    Args:
        words: Of one utterance, in order.
        vocabulary: Names, or ``Name = heard as, heard also as``; see :func:`parse_vocabulary`.
        language: BCP 47 tag; sounds are French or English.

    Returns:
        The words; those that are a name are one word, from the start of the first to the end of
        the last, with the least probability, and keep what was recognised in ``spoken``.
    """
    primary = language.split("-", maxsplit=1)[0].lower()
    book = name_book(tuple(vocabulary), primary)
    if not book.names or not words:
        return tuple(words)
    found: list[tuple[float, int, _Span, str]] = []
    for span in _spans(words):
        probability = min(word.probability for word in words[span.first : span.last + 1])
        if match := book.find(span.texts, probability):
            cost, name = match
            found.append((cost, span.first - span.last, span, name))
    taken: set[int] = set()
    names: dict[int, tuple[_Span, str]] = {}
    for _, _, span, name in sorted(
        found, key=lambda candidate: (*candidate[:2], candidate[2].first)
    ):
        places = set(range(span.first, span.last + 1))
        if taken.isdisjoint(places):
            taken |= places
            names[span.first] = span, name
    written: list[HeardWord] = []
    place = 0
    while place < len(words):
        if place not in names:
            written.append(words[place])
            place += 1
            continue
        span, name = names[place]
        written += _write(words[span.first : span.last + 1], f"{span.lead}{name}{span.tail}")
        place = span.last + 1
    return tuple(written)


def hotword_prompt(vocabulary: Sequence[str], hotwords: Sequence[str], *, language: str) -> str:
    """Make a sentence of names that puts them in the recogniser's mind.

    Args:
        vocabulary: As for :func:`correct_names`.
        hotwords: Words of this call; they come first.
        language: BCP 47 tag; the last two are joined by its "and".

    Returns:
        Names up to about 60 tokens, each once; "" where there are none.
    """
    names: dict[str, str] = {}
    n_letters = 0
    for entry in (*hotwords, *vocabulary):
        name = " ".join(split_entry(entry)[0].split())
        if not fold(name) or fold(name) in names:
            continue
        n_letters += len(name) + 2
        if n_letters > _PROMPT_LETTERS:
            break
        names[fold(name)] = name
    listed = list(names.values())
    joint = {"fr": "et", "en": "and"}.get(language.split("-", maxsplit=1)[0].lower())
    if joint and len(listed) > 1:
        listed[-2:] = [f"{listed[-2]} {joint} {listed[-1]}"]
    return f"{', '.join(listed)}." if listed else ""


def is_echo(text: str, prompt: str) -> bool:
    """Say whether recognised text is only the prompt read back.

    Args:
        text: What was recognised.
        prompt: As :func:`hotword_prompt` made it.

    Returns:
        True where the text holds nothing but names of the prompt in its order, at least three in
        a row (all, where it has two), over again or cut short at the end. A name or two are what
        a customer says.
    """
    names = [name.split() for name in re.split(r"[,.]| et | and ", prompt.lower()) if name.strip()]
    names = [[fold(word) for word in name if fold(word)] for name in names]
    said = [fold(word) for word in text.lower().split()]
    said = [word for word in said if word and word not in ("et", "and")]
    needed = min(_ECHOED_ENTRIES, len(names))
    return needed > 1 and any(
        _names_in_order(said, names, first) >= needed for first in range(len(names))
    )


def _names_in_order(said: list[str], names: list[list[str]], first: int) -> int:
    """Return how many names the words are, from one on; 0 where they are anything else."""
    place, n_names = 0, 0
    while place < len(said):
        name = names[(first + n_names) % len(names)]
        name = [word for word in name if word not in ("et", "and")]
        rest = said[place : place + len(name)]
        if rest == name:
            n_names += 1
            place += len(name)
        elif place + len(rest) == len(said) and "".join(name).startswith("".join(rest)):
            return n_names
        else:
            return 0
    return n_names


def _write(group: Sequence[HeardWord], text: str) -> list[HeardWord]:
    spoken = " ".join(word.spoken or word.text for word in group)
    if text == " ".join(word.text for word in group):
        return list(group)
    return [
        replace(
            group[0],
            text=text,
            end_s=group[-1].end_s,
            probability=min(word.probability for word in group),
            spoken=spoken,
        )
    ]


def _spans(words: Sequence[HeardWord]) -> Iterator[_Span]:
    """Yield every run of up to six words with no punctuation inside."""
    parts = [_take_apart(word.text) for word in words]
    for first in range(len(words)):
        texts: list[str] = []
        for last in range(first, min(first + MOST_WORDS + 1, len(words))):
            lead, core, tail = parts[last]
            if words[last].spoken or not core or (lead and last > first):
                break
            texts.append(core)
            yield _Span(first, last, parts[first][0], tail, tuple(texts))
            if tail:
                break


def _take_apart(text: str) -> tuple[str, str, str]:
    found = _EDGES.match(text)
    lead, core, tail = found.group("lead", "core", "tail") if found else ("", "", text)
    if elided := _ELIDED.match(core):
        lead, core = lead + elided[0], core[elided.end() :]
    if possessive := _POSSESSIVE.search(core):
        core, tail = core[: possessive.start()], possessive[0] + tail
    return lead, core, tail
