"""E-mail addresses, links that carry a secret and network addresses, written or read out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from conversation import Turn
from conversation.written import find_written
from nlu.personal_data.found import Found, Span
from nlu.personal_data.tokens import Stream

_EMAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@(?:[\w\-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w@])")
_URL = re.compile(r"https?://[^\s<>\"«»]+", re.IGNORECASE)
_SECRET = re.compile(
    r"[?&#;/](?:[\w\-]*(?:token|key|session|sid|auth|code|secret|signature|sig|pass\w*|jwt|otp|"
    r"uuid|user|email|account|client)[\w\-]*)[=/][^&\s]{4,}|//[^/\s]+:[^/\s]+@",
    re.IGNORECASE,
)
_IP = re.compile(
    r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7})"
    r"(?![\w:]|\.\d)"
)
_AT_WORDS = re.compile(r"\b(?:arobas\w*|arrobas\w*|at)\b|@", re.IGNORECASE)
_DOT_WORDS = re.compile(r"\b(?:dot|point)\b|\w\.\w", re.IGNORECASE)
_AROUND = 40  # words before and after "at" that an address may take, letter by letter
_WORD = re.compile(r"\S+")
_ACKNOWLEDGED = frozenset("oui ok okay yes yep d'accord voilà alors et and donc".split())


def find_electronic(turns: Sequence[Turn]) -> Iterator[Found]:
    """Yield the addresses that are written out.

    Args:
        turns: Of the conversation.
    """
    for turn in turns:
        for match in _EMAIL.finditer(turn.text):
            span = Span(turn.index, match.start(), match.end())
            yield Found("email", (span,), match[0].lower(), 0.99)
        for match in _URL.finditer(turn.text):
            link = match[0].rstrip(".,;:!?)")
            if _SECRET.search(link):
                span = Span(turn.index, match.start(), match.start() + len(link))
                yield Found("url_with_token", (span,), link, 0.9)
        for match in _IP.finditer(turn.text):
            if _is_address(match[0]):
                span = Span(turn.index, match.start(), match.end())
                yield Found("ip_address", (span,), match[0], 0.9)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return text not in ("::", "0.0.0.0", "127.0.0.1")  # noqa: S104


def find_spoken_emails(stream: Stream, turns: Sequence[Turn], language: str) -> Iterator[Found]:
    """Yield the e-mail addresses that are read out, also over several turns.

    Args:
        stream: One side's talk.
        turns: Of the conversation.
        language: ``fr`` or ``en``.
    """
    for group in _dictations(stream):
        text = " ".join(turns[index].text for index in group)
        if not (_AT_WORDS.search(text) and _DOT_WORDS.search(text)):
            continue
        places = [
            (index, match)
            for index in group
            for match in _WORD.finditer(turns[index].text)
            if not _is_acknowledgement(turns[index], match[0], alone=len(group) > 1)
        ]
        for window in _around_at([match[0] for _, match in places]):
            yield from _addresses(places[window.start : window.stop], language)


def _around_at(words: Sequence[str]) -> Iterator[range]:
    """Yield the stretches of words in which an address may be read out."""
    last: range | None = None
    for at, word in enumerate(words):
        if not _AT_WORDS.search(word):
            continue
        if not any(_DOT_WORDS.search(near) for near in words[at : at + _AROUND]):
            continue
        start, stop = max(0, at - _AROUND), min(len(words), at + _AROUND)
        if last is not None and start <= last.stop:
            start = last.start
        elif last is not None:
            yield last
        last = range(start, stop)
    if last is not None:
        yield last


def _addresses(places: Sequence[tuple[int, re.Match[str]]], language: str) -> Iterator[Found]:
    for written in find_written([match[0] for _, match in places], language=language):
        if written.kind != "address" or "@" not in written.text:
            continue
        address = _EMAIL.search(written.text)
        if address is None:
            continue
        spans: dict[int, Span] = {}
        for index, match in places[written.first : written.last + 1]:
            start, end = _without_marks(match)
            known = spans.get(index)
            spans[index] = Span(index, known.start if known else start, end)
        yield Found("email", tuple(spans.values()), address[0].lower(), 0.95)


def _dictations(stream: Stream) -> Iterator[list[int]]:
    """Yield the turns that may hold one address: those that nothing but listening parts."""
    group: list[int] = []
    for token in stream.tokens:
        if token.kind == "break":
            yield group
            group = []
        if token.turn not in group:
            group.append(token.turn)
    yield group


def _is_acknowledgement(turn: Turn, word: str, *, alone: bool) -> bool:
    """Say whether a word only opens a turn of a dictation: "oui", "alors"."""
    bare = word.strip(".,;:!?…").lower()
    return alone and bare in _ACKNOWLEDGED and turn.text.lstrip().startswith(word)


def _without_marks(match: re.Match[str]) -> tuple[int, int]:
    word = match[0]
    head = len(word) - len(word.lstrip("«“\"(' "))
    tail = len(word) - len(word.rstrip(".,;:!?…»”\")' "))
    return match.start() + head, match.end() - tail
