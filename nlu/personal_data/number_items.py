"""Card, social-security, company, account and telephone numbers in what was dictated or written."""

from __future__ import annotations

from collections.abc import Iterator

from nlu.personal_data import checks
from nlu.personal_data.cues import Cues
from nlu.personal_data.fillers import COUNTED
from nlu.personal_data.found import Found, spans_of
from nlu.personal_data.kinds import PersonalDataType
from nlu.personal_data.phone_numbers import is_personal_phone, national_regions
from nlu.personal_data.readings import Reading, Readings
from nlu.personal_data.tokens import Stream

_LONGEST = 25
_FEWEST = 8
_MOST_COST = 5
_CARD_GROUPS = frozenset({(16,), (4, 4, 4, 4), (15,), (4, 6, 5), (14,), (4, 6, 4), (8, 8)})
_CARD_CUES = ("card", "expiry", "cvv")
_COMPANY_CUES = ("siren", "siret", "vat")
_ABROAD = ("+", "plus")
_DIALLED = frozenset({(2, 2, 2, 2, 2), (1, 1, 2, 2, 2, 2)})  # written, and said: "zéro six"
_IN_LONGER = 0.05
"""What a number that begins or ends inside a longer run of digits is less sure."""
_PLAIN = 2
"""Most cost of a reading that nothing announces."""


class _Place:
    """Where a reading stands: what is around it and what announces it."""

    _known: dict[tuple[str, ...], bool]

    def __init__(self, stream: Stream, cues: Cues, first: int, end: int) -> None:
        self.stream, self.cues, self.first, self.end = stream, cues, first, end
        head, tail = stream.tokens[first], stream.tokens[end - 1]
        self.turn, self.start = head.turn, head.start
        self._tail = (tail.turn, tail.end)
        self._known = {}
        self.is_whole = starts_fresh(stream, first) and ends_fresh(stream, end)
        self.is_alone = (
            self.is_whole
            and not stream.is_number(_over_marks(stream, first - 1, -1))
            and not stream.is_number(_over_marks(stream, end, 1))
        )

    def announced(self, *names: str) -> bool:
        if names not in self._known:
            after = self._tail[1] if self._tail[0] == self.turn else 10**9
            self._known[names] = self.cues.announces(names, self.turn, self.start, after)
        return self._known[names]

    @property
    def is_something_else(self) -> bool:
        after = self._tail[1] if self._tail[0] == self.turn else 10**9
        return self.cues.is_something_else(self.turn, self.start, after)

    @property
    def is_introduced_as_something_else(self) -> bool:
        return self.cues.is_introduced_as_something_else(self.turn, self.start)

    @property
    def is_spoken(self) -> bool:
        return any(
            self.stream.tokens[at].kind == "word" and self.stream.is_number(at)
            for at in range(self.first, self.end)
        )


def find_numbers(readings: Readings, cues: Cues) -> list[Found]:
    """Find the numbers of one side's talk.

    Args:
        readings: Of the stream.
        cues: Of the conversation.

    Returns:
        Candidates, which may overlap.
    """
    stream = readings.stream
    found: list[Found] = []
    for first in range(len(stream.tokens)):
        if not stream.is_number(first) or is_glued(stream, first):
            continue
        if not _is_long(readings, first):
            continue
        token = stream.tokens[first]
        is_announced = bool(cues.before(token.turn, token.start))
        if not is_announced and not starts_fresh(stream, first):
            continue
        places: dict[int, _Place | None] = {}
        for reading in readings.read(first, longest=_LONGEST, most_cost=_MOST_COST):
            if len(reading.text) < _FEWEST:
                continue
            if reading.end not in places:
                places[reading.end] = _place(stream, cues, first, reading.end)
            place = places[reading.end]
            if place is None or not (is_announced or place.is_whole):
                continue
            found += (
                Found(kind, spans_of(stream, first, reading.end), value,
                      sure if place.is_alone else sure - _IN_LONGER, checked, reading.cost)
                for kind, value, sure, checked in _identify(reading, place)
            )  # fmt: skip
    return found


def _place(stream: Stream, cues: Cues, first: int, end: int) -> _Place | None:
    """Return the place of a reading; None where more of the same word or a unit follows."""
    if continues_glued(stream, end) or stream.key(end) in COUNTED[stream.language]:
        return None
    return _Place(stream, cues, first, end)


def is_glued(stream: Stream, at: int) -> bool:
    """Say whether a number is the rest of something: "A123", "x_12", "12,50"."""
    token = stream.tokens[at]
    if at == 0 or not token.glued:
        return False
    before = stream.tokens[at - 1]
    if before.kind in ("word", "digits"):
        return not before.key.endswith("'")
    return before.key in "#@_=&%$£€/:" or (
        before.key in ".," and before.glued and stream.tokens[at - 2].kind == "digits"
    )


def continues_glued(stream: Stream, end: int) -> bool:
    """Say whether more of the same word follows a number: "12A", "12/2024", "12,50"."""
    if end >= len(stream.tokens) or not stream.tokens[end].glued:
        return False
    token = stream.tokens[end]
    if token.kind in ("word", "digits"):
        return True
    following = stream.tokens[end + 1] if end + 1 < len(stream.tokens) else None
    if following is None or not following.glued:
        return token.key in "%€$£"
    return token.key in "_@=/:" or (token.key in ".,-" and following.kind == "digits")


def starts_fresh(stream: Stream, at: int) -> bool:
    """Say whether no number stands right before a place."""
    return not stream.is_number(at - 1) and not (
        stream.key(at - 1) in ("-", "/") and stream.is_number(at - 2)
    )


def ends_fresh(stream: Stream, end: int) -> bool:
    """Say whether no number follows a place at once."""
    return not stream.is_number(end) and not (
        stream.key(end) in ("-", "/") and stream.is_number(end + 1)
    )


def _over_marks(stream: Stream, at: int, step: int) -> int:
    """Return the next index that is neither a mark nor between turns."""
    while 0 <= at < len(stream.tokens) and stream.tokens[at].kind in ("mark", "turn"):
        at += step
    return at


def _is_long(readings: Readings, first: int) -> bool:
    """Say whether enough digits may follow for any of the numbers."""
    stream = readings.stream
    count, at = 0, first
    while count < _FEWEST and at < len(stream.tokens):
        token = stream.tokens[at]
        if stream.is_number(at):
            count += len(token.text) if token.kind == "digits" else 3
            at += 1
            continue
        following = readings.after_pause(at)
        if following == at:
            if not readings.edges(at):
                return False
            following = at + 1
        at = following
    return count >= _FEWEST


def _identify(
    reading: Reading, place: _Place
) -> Iterator[tuple[PersonalDataType, str, float, bool]]:
    """Yield what a reading may be: its type, value, confidence and whether it is checked."""
    text = reading.text
    if not text.isdigit():
        yield from _nir(reading, place)
        return
    length = len(text)
    if 8 <= length <= 19:
        yield from _card(reading, place)
    if length in (13, 15):
        yield from _nir(reading, place)
    if length in (9, 14):
        yield from _company(reading, place)
    if length in (23, 25):
        yield from _account(reading, place)
    if length in (9, 10, 11, 12):
        yield from _phone(reading, place)


def _card(reading: Reading, place: _Place) -> Iterator[tuple[PersonalDataType, str, float, bool]]:
    text = reading.text
    if checks.is_card_number(text):
        if place.announced(*_CARD_CUES):
            yield "card_number", text, 0.99, True
        elif (
            place.is_whole
            and checks.is_common_card_number(text)
            and reading.cost <= _PLAIN
            and (place.is_spoken or reading.groups in _CARD_GROUPS)
            and not place.is_something_else
        ):
            yield "card_number", text, 0.9, True
    elif place.is_whole and reading.cost <= _PLAIN and place.announced("card"):
        # one digit misheard breaks the checksum, and the rest is still the card; so is a beginning
        if checks.has_card_form(text):
            yield "card_number", text, 0.6, False
        elif reading.cost == 0 and checks.may_begin_card(text):
            yield "card_number", text, 0.5, False


def _nir(reading: Reading, place: _Place) -> Iterator[tuple[PersonalDataType, str, float, bool]]:
    text = reading.text
    if checks.is_nir(text) and (place.is_alone or place.announced("nir")):
        yield "nir", text, 0.98 if place.announced("nir") else 0.9, True
    elif (
        place.is_whole
        and reading.cost <= _PLAIN
        and checks.has_nir_form(text)
        and place.announced("nir")
    ):
        yield "nir", text, 0.7, False


def _company(
    reading: Reading, place: _Place
) -> Iterator[tuple[PersonalDataType, str, float, bool]]:
    text = reading.text
    is_announced = place.announced(*_COMPANY_CUES)
    if checks.is_siret(text):
        if is_announced or (place.is_whole and not place.is_something_else):
            yield "siret", text, 0.98 if is_announced else 0.85, True
    elif len(text) == 14 and place.is_whole and reading.cost == 0 and place.announced("siret"):
        yield "siret", text, 0.6, False
    if not is_announced:
        return
    if checks.is_siren(text):
        yield "siren", text, 0.97, True
    elif len(text) == 9 and place.is_whole and reading.cost == 0 and place.announced("siren"):
        yield "siren", text, 0.6, False


def _account(
    reading: Reading, place: _Place
) -> Iterator[tuple[PersonalDataType, str, float, bool]]:
    text = reading.text
    if len(text) == 23 and checks.is_french_account(text):
        is_announced = place.is_whole and place.announced("iban")
        yield "bank_account", text, 0.985 if is_announced else 0.95, True
    elif (
        len(text) == 25
        and reading.cost <= 1
        and checks.is_iban(f"FR{text}")
        and place.announced("iban")
    ):
        yield "iban", f"FR{text}", 0.95, True


def _looks_dialled(reading: Reading, place: _Place) -> bool:
    """Say whether it is written as telephone numbers are, and not introduced as another kind."""
    is_abroad = place.stream.key(place.first - 1) in _ABROAD
    is_grouped = is_abroad or reading.groups in _DIALLED
    return is_grouped and not place.is_introduced_as_something_else


def _phone(reading: Reading, place: _Place) -> Iterator[tuple[PersonalDataType, str, float, bool]]:
    stream = place.stream
    is_abroad = stream.key(place.first - 1) in _ABROAD
    text = f"+{reading.text}" if is_abroad else reading.text
    if not is_abroad and not place.is_whole:
        return
    is_announced = place.announced("phone")
    if not is_announced and place.is_something_else and not _looks_dialled(reading, place):
        return
    for region in national_regions(stream.language):
        value = is_personal_phone(
            text, region, grouped=reading.groups, announced=is_announced, spoken=place.is_spoken
        )
        if value is not None:
            yield "phone", value, 0.95 if is_announced else 0.85, False
            return
