"""Postal addresses: a number and a street, a post code and a town."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from conversation import Turn
from nlu.personal_data.cues import Cues
from nlu.personal_data.found import Found, Span, spans_of
from nlu.personal_data.number_items import is_glued
from nlu.personal_data.readings import Readings
from nlu.personal_data.tokens import Stream

_WAYS = frozenset(
    "rue rues avenue avenues av ave boulevard bd bld place allée allées chemin impasse route "
    "rte quai cours square résidence lotissement passage villa faubourg cité hameau sentier "
    "venelle esplanade promenade parvis traverse montée clos ruelle mail rond-point corniche "
    "chaussée domaine".split()
)
_ALSO_WORDS = frozenset(
    "rues avenues place route cours passage villa cité av ave mail domaine montée".split()
)
_REPEATED_NUMBER = frozenset("bis ter quater b t".split())
_NAME_ENDS = frozenset(
    "et est j' je qui mais donc c' pour dans merci bonjour s' depuis chez parce quand avec oui "
    "voilà ne n' que il elle on vous nous parce car si alors où au non ok d'accord très bien "
    "euh ensuite puis a ai y".split()
)
_LINKS = frozenset("à code postal cedex le la au les dans".split())
_MOST_NAME_WORDS = 6
_MOST_TOWN_WORDS = 5
_POST_CODE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-58])\d{3}")
_LARGEST_NUMBER = 9999
_SUFFIXES = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Crescent|Way|Place|Pl|Square|Sq|"
    "Terrace|Gardens|Grove|Boulevard|Blvd|Parkway|Pkwy|Mews|Row|Hill|Circle|Cir|Trail|Highway|Hwy|"
    "Loop|Alley|Rise|View|Walk|Green|Park|Mount|Turnpike|Manor|Ridge|Point|Crossing"
)
_UK_POST_CODE = r"(?:GIR ?0AA|[A-PR-UWYZ](?:\d[\dA-HJKPSTUW]?|[A-HK-Y]\d[\dABEHMNPRVWXY]?) ?\d[ABD-HJLNP-UW-Z]{2})"  # noqa: E501
_STATE = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|"
    "T[NX]|UT|V[AT]|W[AIVY]"
)
_ENGLISH = re.compile(
    r"(?<![\w#])(?P<street>(?:(?:flat|apartment|apt|unit|suite) \w{1,5},? )?\d{1,5}[A-Za-z]?,? "
    rf"(?:[^\W\d_][\w'’.\-]*\s){{1,4}}(?:{_SUFFIXES})\b\.?)"
    r"(?P<rest>(?:[\s,]{1,3}(?:apt|apartment|suite|unit|flat|floor)\.? ?#?\w{1,5})?"
    rf"(?:[\s,]{{1,3}}[A-Z][\w'’.\-]*(?: [A-Z][\w'’.\-]*){{0,3}}){{0,3}}"
    rf"(?:[\s,]{{1,3}}(?:(?:{_STATE})[\s,]{{1,2}}\d{{5}}(?:-\d{{4}})?|{_UK_POST_CODE}|\d{{5}}))?)",
    re.IGNORECASE,
)
_BOX = re.compile(
    r"\b(?:P\.? ?O\.? ?Box|PSC|Unit|CMR) \d{1,6}(?:,? Box \d{1,6})?"
    r"(?:\s*,?\s*(?:APO|FPO|DPO) A[AEP] \d{5})?|\b(?:USNS|USNV|USS|USCGC) [A-Z]\w+\s*,?\s*"
    r"(?:APO|FPO|DPO) A[AEP] \d{5}"
)
_UK_WRITTEN = re.compile(rf"(?<![\w\-]){_UK_POST_CODE}(?![\w\-])")
_STATE_ZIP = re.compile(
    rf"\b[A-Z][\w'’.\-]*(?: [A-Z][\w'’.\-]*){{0,2}}, (?:{_STATE}) \d{{5}}(?:-\d{{4}})?\b"
)
_UK_FULL = re.compile(_UK_POST_CODE.replace(" ?", ""))
_POSTCODE_CUE = re.compile(r"post ?code|zip|postal code|code postal", re.IGNORECASE)


def find_postal_addresses(readings: Readings, cues: Cues, turns: Sequence[Turn]) -> Iterator[Found]:
    """Yield the postal addresses in one side's talk.

    Args:
        readings: Of the stream.
        cues: Of the conversation.
        turns: Of the same.
    """
    stream = readings.stream
    for first, token in enumerate(stream.tokens):
        if token.kind not in ("digits", "word"):
            continue
        if token.key in _WAYS:
            yield from _without_number(readings, cues, first)
        if not readings.edges(first) or is_glued(stream, first) or stream.is_number(first - 1):
            continue
        yield from _street(readings, first)
        yield from _town(readings, cues, first)
    if stream.language == "en":
        yield from _spelled_post_codes(readings, turns)


def find_written_addresses(turns: Sequence[Turn], language: str) -> Iterator[Found]:
    """Yield addresses in the forms of Great Britain and the United States.

    Args:
        turns: Of the conversation.
        language: Of the talk; in French only those with capitals are taken.
    """
    for turn in turns:
        for match in _ENGLISH.finditer(turn.text) if language == "en" else ():
            street = match["street"].split()
            capitals = sum(word[0].isupper() for word in street[1:])
            if capitals or match["rest"].strip(" ,\n"):
                yield _found(turn, match.start(), match.end(), 0.85)
        for pattern in (_BOX, _UK_WRITTEN, _STATE_ZIP):
            for match in pattern.finditer(turn.text):
                yield _found(turn, match.start(), match.end(), 0.8)


def _found(turn: Turn, start: int, end: int, confidence: float) -> Found:
    text = turn.text[start:end].rstrip(" ,\n")
    return Found(
        "postal_address",
        (Span(turn.index, start, start + len(text)),),
        _canonical(text),
        confidence,
    )


def _canonical(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").split())


def _street(readings: Readings, first: int) -> Iterator[Found]:
    stream = readings.stream
    for edge in readings.edges(first):
        # Python refuses to read thousands of digits as one number.
        is_short = len(edge.text) <= len(str(_LARGEST_NUMBER)) + 2
        if not (edge.text.isdigit() and is_short and 0 < int(edge.text) <= _LARGEST_NUMBER):
            continue
        at = edge.end
        if stream.key(at) in _REPEATED_NUMBER:
            at += 1
        if stream.key(at) == ",":
            at += 1
        if stream.key(at) not in _WAYS or stream.tokens[at].kind != "word":
            continue
        end = _name_end(readings, at + 1)
        if end == at + 1:
            continue
        if stream.key(at) in _ALSO_WORDS and not _is_named(stream, at + 1):
            continue
        end = _town_end(readings, end)
        yield _address(stream, first, end, 0.95)
        return


def _without_number(readings: Readings, cues: Cues, at: int) -> Iterator[Found]:
    """Yield "rue des Lilas" where the talk is about an address."""
    stream = readings.stream
    token = stream.tokens[at]
    if stream.key(at) in _ALSO_WORDS or readings.edges(at - 1):
        return
    end = _name_end(readings, at + 1)
    with_town = _town_end(readings, end)
    announced = cues.announces(("address",), token.turn, token.start, token.end)
    if end > at + 1 and (announced or with_town > end):
        yield _address(stream, at, with_town, 0.7)


def _is_named(stream: Stream, at: int) -> bool:
    token = stream.tokens[at]
    return token.text[:1].isupper() or token.key in ("de", "du", "des", "d'", "la", "l'")


def _name_end(readings: Readings, at: int) -> int:
    """Return the index after the name of a street: up to a mark, a number or another clause."""
    stream = readings.stream
    end, words = at, 0
    while end < len(stream.tokens) and words < _MOST_NAME_WORDS:
        token = stream.tokens[end]
        if token.kind == "mark" and token.key in "-'’." and token.glued and end > at:
            if token.key == "." and not _goes_on(stream, end):
                break
            end += 1
            continue
        if token.kind == "digits" and words and len(token.text) < 3 and stream.key(end - 1) == "du":
            end += 1
            continue
        if token.kind != "word" or token.key in _NAME_ENDS or token.key == "à":
            break
        if stream.is_number(end) and _post_code(readings, end) is not None:
            break
        end += 1
        words += 1
    while end > at and (stream.key(end - 1) in _LINKS or stream.tokens[end - 1].kind == "mark"):
        end -= 1
    return end


def _goes_on(stream: Stream, at: int) -> bool:
    return at + 1 < len(stream.tokens) and stream.tokens[at + 1].glued


def _post_code(readings: Readings, at: int) -> int | None:
    """Return the index after a French post code that begins at a token."""
    for reading in readings.read(at, longest=5, most_cost=2):
        if len(reading.text) == 5 and _POST_CODE.fullmatch(reading.text):
            if readings.stream.is_number(reading.end):
                continue
            return reading.end
    return None


def _town_end(readings: Readings, at: int) -> int:
    """Return the index after the post code and the town that follow a street, else ``at``."""
    stream = readings.stream
    position = at
    while (
        position < len(stream.tokens)
        and position - at < 4
        and (stream.key(position) in _LINKS or stream.key(position) in (",", ".", "-", "–", "\n"))
    ):
        position += 1
    if position < len(stream.tokens) and stream.is_number(position):
        code_end = _post_code(readings, position)
        if code_end is not None:
            return _words_of_town(stream, code_end, needs_capital=False)
    if stream.key(position - 1) in ("à", ","):
        end = _words_of_town(stream, position, needs_capital=True)
        if end > position:
            return end
    return at


def _words_of_town(stream: Stream, at: int, *, needs_capital: bool) -> int:
    start = at
    while stream.key(at) in (",", "à"):
        at += 1
    end = at
    words = 0
    while end < len(stream.tokens) and words < _MOST_TOWN_WORDS:
        token = stream.tokens[end]
        if token.kind == "mark" and token.key in "-'’" and token.glued and end > at:
            end += 1
            continue
        if token.kind != "word" or token.key in _NAME_ENDS:
            break
        is_small = token.key in (
            "sur",
            "le",
            "la",
            "les",
            "en",
            "de",
            "du",
            "des",
            "d'",
            "l'",
            "sous",
        )
        if needs_capital and not token.text[0].isupper() and not is_small:
            break
        is_lower = not token.text[0].isupper() and not is_small and not token.glued
        if words and is_lower and stream.tokens[at].text[0].isupper():
            break
        end += 1
        words += 1
    while end > at and stream.key(end - 1) in (
        "sur",
        "le",
        "la",
        "en",
        "de",
        "du",
        "-",
        "à",
        "les",
    ):
        end -= 1
    return end if end > at else start


def _town(readings: Readings, cues: Cues, first: int) -> Iterator[Found]:
    """Yield a post code with its town; a post code alone may be any number."""
    stream = readings.stream
    token = stream.tokens[first]
    end = _post_code(readings, first)
    if end is None:
        return
    tail = stream.tokens[end - 1]
    place = (token.turn, token.start, tail.end if tail.turn == token.turn else 10**9)
    announced = cues.announces(("address",), *place)
    if not announced and (
        cues.is_something_else(*place) or token.kind != "digits" or len(token.text) != 5
    ):
        return
    town = _words_of_town(stream, end, needs_capital=not announced)
    if town > end and stream.tokens[town - 1].turn == tail.turn:
        yield _address(stream, first, town, 0.8)


def _address(stream: Stream, first: int, end: int, confidence: float) -> Found:
    text = " ".join(token.key for token in stream.tokens[first:end] if token.kind != "turn")
    return Found("postal_address", spans_of(stream, first, end), _canonical(text), confidence)


def _spelled_post_codes(readings: Readings, turns: Sequence[Turn]) -> Iterator[Found]:
    """Yield British post codes that are spelled, where one was asked for or announced."""
    stream = readings.stream
    cues = [_POSTCODE_CUE.search(turn.text) for turn in turns]
    for first, token in enumerate(stream.tokens):
        if token.kind not in ("digits", "word") or is_glued(stream, first):
            continue
        cue = cues[token.turn]
        asked = token.turn > 0 and cues[token.turn - 1] is not None
        if not asked and (cue is None or cue.end() > token.start):
            continue
        if not readings.edges(first, letters=True):
            continue
        for reading in readings.read(first, longest=8, letters=True, most_cost=2):
            if _UK_FULL.fullmatch(reading.text):
                spans = spans_of(stream, first, reading.end)
                yield Found("postal_address", spans, reading.text.lower(), 0.85)
                break
