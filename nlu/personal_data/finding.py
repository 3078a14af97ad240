"""All personal data of a conversation, in order of place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from conversation import Conversation, Turn
from nlu.personal_data.centre_numbers import find_dictated_numbers, find_written_numbers
from nlu.personal_data.code_items import find_codes
from nlu.personal_data.cues import Cues
from nlu.personal_data.dates import find_dates
from nlu.personal_data.electronic import find_electronic, find_spoken_emails
from nlu.personal_data.found import Found, Span, without_overlaps
from nlu.personal_data.kinds import PersonalData
from nlu.personal_data.names import find_names
from nlu.personal_data.number_items import find_numbers
from nlu.personal_data.phone_numbers import find_written_phones
from nlu.personal_data.placing import place_words, times_of
from nlu.personal_data.postal_addresses import (
    find_postal_addresses,
    find_written_addresses,
)
from nlu.personal_data.readings import Readings
from nlu.personal_data.repeats import with_repeats
from nlu.personal_data.settings import DEFAULT_SETTINGS, PersonalDataSettings
from nlu.personal_data.tokens import streams_of

_ENGLISH = "en"


def find_personal_data(
    conversation: Conversation,
    *,
    settings: PersonalDataSettings = DEFAULT_SETTINGS,
    language: str | None = None,
) -> tuple[PersonalData, ...]:
    """Find what is personal in a conversation, written or read aloud.

    Args:
        conversation: Any; it is not changed.
        settings: What to look for.
        language: BCP 47 tag of the talk where it is known; otherwise the conversation's own.
            English is read as such, everything else as French.

    Returns:
        In order of turn and character; no two overlap. What is spread over turns or repeated
        shares its ``item``.
    """
    tag = (language or conversation.language or "fr").split("-", maxsplit=1)[0].lower()
    found = _find(conversation.turns, settings, _ENGLISH if tag == _ENGLISH else "fr")
    return _placed(conversation.turns, found)


def find_in_text(
    text: str, *, language: str = "fr", settings: PersonalDataSettings = DEFAULT_SETTINGS
) -> tuple[PersonalData, ...]:
    """Find what is personal in one text.

    Args:
        text: Of a letter, an e-mail, a sentence.
        language: BCP 47 tag.
        settings: What to look for.

    Returns:
        As :func:`find_personal_data` does; ``turn_index`` is 0.
    """
    turn = Turn(index=0, speaker="unknown", text=text)
    conversation = Conversation(id="text", channel="letter", language=language, turns=(turn,))
    return find_personal_data(conversation, settings=settings)


def _find(turns: Sequence[Turn], settings: PersonalDataSettings, language: str) -> list[Found]:
    cues = Cues(turns)
    candidates = [
        one
        for one in _candidates(turns, cues, settings, language)
        if one.type in settings.types and one.spans
    ]
    kept = _without_fragments(without_overlaps(candidates))
    return with_repeats(kept, turns, language)


def _without_fragments(found: Sequence[Found]) -> list[Found]:
    """Leave out unproved card numbers that only repeat a part of another; it is added to that."""
    values = [one.value for one in found if one.type == "card_number" and one.value]
    return [
        one
        for one in found
        if one.type != "card_number"
        or one.checked
        or not any(one.value and one.value in value and one.value != value for value in values)
    ]


def _candidates(
    turns: Sequence[Turn], cues: Cues, settings: PersonalDataSettings, language: str
) -> Iterator[Found]:
    text_of = {turn.index: turn.text for turn in turns}
    yield from find_electronic(turns)
    yield from find_written_phones(turns, cues, language)
    yield from find_written_numbers(turns, settings)
    yield from find_written_addresses(turns, language)
    for stream in streams_of(turns, language):
        readings = Readings(stream)
        yield from find_numbers(readings, cues)
        yield from find_codes(readings, cues, text_of)
        yield from find_dates(readings, cues)
        yield from find_spoken_emails(stream, turns, language)
        yield from find_dictated_numbers(readings, settings)
        yield from find_postal_addresses(readings, cues, turns)
    written = {turn.index for turn in turns if any(word.spoken for word in turn.words)}
    if written:
        # what was written wrongly ("72" for "soixante, douze") is read again as it was said
        for stream in streams_of(turns, language, as_said=True):
            if not any(token.turn in written for token in stream.tokens):
                continue
            readings = Readings(stream)
            yield from find_numbers(readings, cues)
            yield from find_codes(readings, cues, text_of)
    if settings.names and "person" in settings.types:
        yield from find_names(
            turns, language, never=settings.never_names, with_models=bool(settings.name_models)
        )


def _placed(turns: Sequence[Turn], found: Sequence[Found]) -> tuple[PersonalData, ...]:
    words = {turn.index: place_words(turn) for turn in turns}
    items: dict[tuple[str, str], int] = {}
    rows: list[tuple[Span, Found]] = sorted(
        ((span, one) for one in found for span in one.spans),
        key=lambda row: (row[0].turn, row[0].start),
    )
    parts: dict[int, int] = {}
    placed: list[PersonalData] = []
    for span, one in rows:
        turn = turns[span.turn]
        item = items.setdefault((one.type, one.value or repr(span)), len(items))
        parts[item] = parts.get(item, -1) + 1
        start_s, end_s = times_of(turn, words[turn.index], span.start, span.end)
        placed.append(
            PersonalData(
                type=one.type,
                turn_index=span.turn,
                start=span.start,
                end=span.end,
                text=turn.text[span.start : span.end],
                start_s=start_s,
                end_s=end_s,
                value=one.value,
                item=item,
                part=parts[item],
                checked=one.checked,
                confidence=one.confidence,
            )
        )
    return tuple(placed)
