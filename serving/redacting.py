"""What is found in the text leaves what is stored and what is heard: the two joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter, ValidationError

from conversation import Conversation, Turn
from nlu.language import detect_conversation_language
from nlu.personal_data import PersonalData, find_personal_data
from nlu.redaction import (
    CARDS_ONLY,
    DEFAULT_POLICY,
    PlaceholderTime,
    Redacted,
    RedactionPolicy,
    find_placeholder_times,
    redact_conversation,
)
from speech import DroppedText, Transcription
from speech.sound_redaction import SoundSpan, WordSpan, widen_word_spans

_MANY_DIGITS = 8
_BESIDE_S = 1.0
_FOUND = TypeAdapter(tuple[PersonalData, ...])


def redact_text(
    conversation: Conversation,
    policy: RedactionPolicy = DEFAULT_POLICY,
    *,
    language: str | None = None,
) -> Redacted:
    """Find the personal data of a conversation and redact it.

    Args:
        conversation: Any conversation.
        policy: What is to become of each type.
        language: BCP 47 primary tag where it is known; otherwise the conversation's own, and
            where that is not known either, what its words tell.
    """
    language = language or conversation.language or detect_conversation_language(conversation)
    found = find_personal_data(conversation, settings=policy.search, language=language)
    return redact_conversation(conversation, found, policy, language=language)


def redact_analysed(
    conversation: Conversation,
    analysis: Mapping[str, object],
    policy: RedactionPolicy = DEFAULT_POLICY,
) -> Redacted:
    """Redact a conversation with what its analysis found; no model is loaded where it did.

    Args:
        conversation: As it is stored.
        analysis: Of it, as JSON values; where they are of another shape, or tell of other words,
            it is looked again.
        policy: What is to become of each type.
    """
    understanding = analysis.get("understanding")
    found = understanding.get("personal_data") if isinstance(understanding, dict) else None
    try:
        known = _FOUND.validate_python(found)
    except ValidationError:
        known = None
    if known is None or not _stand_in(conversation, known):
        return redact_text(conversation, policy, language=conversation.language)
    return redact_conversation(conversation, known, policy, language=conversation.language)


def _stand_in(conversation: Conversation, found: Sequence[PersonalData]) -> bool:
    said = {turn.index: turn.text for turn in conversation.turns}
    return all(said.get(one.turn_index, "")[one.start : one.end] == one.text for one in found)


def redact_transcription(
    transcription: Transcription,
    policy: RedactionPolicy = CARDS_ONLY,
    *,
    language: str | None = None,
) -> tuple[Transcription, Redacted]:
    """Redact a transcription, with the texts that it left out and its warnings.

    For what is stored: called between the recogniser and everything else, no card number reaches
    a model, a log or the disk.

    Args:
        transcription: What was heard.
        policy: What is to become of each type; card data is redacted whatever it says.
        language: BCP 47 primary tag where it is known.

    Returns:
        The redacted transcription, and how it was redacted.
    """
    redacted = redact_text(transcription.conversation, policy, language=language)
    scrubber = redacted.scrubber
    times = [item for item in redacted.report.items if item.start_s is not None]
    dropped = []
    for text in transcription.dropped:
        # an echo of the other channel says the number word by word, each a text of its own
        beside = next(
            (
                item.placeholder
                for item in times
                if (item.start_s or 0.0) - _BESIDE_S < text.end_s
                and text.start_s < (item.end_s or 0.0) + _BESIDE_S
            ),
            None,
        )
        shown = scrubber.text(text.text) if beside is None else beside
        if sum(map(str.isdecimal, shown)) >= _MANY_DIGITS:
            shown = "[…]"
        dropped.append(text.model_copy(update={"text": shown}))
    return (
        transcription.model_copy(
            update={
                "conversation": redacted.conversation,
                "dropped": tuple(dropped),
                "warnings": tuple(map(scrubber.text, transcription.warnings)),
            }
        ),
        redacted,
    )


def spans_to_silence(conversation: Conversation) -> tuple[SoundSpan, ...]:
    """Return the stretches of the sound that a redacted conversation hides.

    They are on all channels: what one side says is often heard on the other's channel.

    Args:
        conversation: A redacted conversation with times.

    Raises:
        BadInput: A turn with a placeholder has no times.
    """
    by_speaker: dict[tuple[int | None, str], list[PlaceholderTime]] = {}
    for time in find_placeholder_times(conversation):
        by_speaker.setdefault((time.participant, time.type), []).append(time)
    return tuple(
        SoundSpan(start_s=start_s, end_s=end_s)
        for times in by_speaker.values()
        for start_s, end_s in widen_word_spans(
            WordSpan(time.start_s, time.end_s, time.free_from_s, time.free_to_s) for time in times
        )
    )


def spans_of_dropped(dropped: Sequence[DroppedText], redacted: Redacted) -> tuple[SoundSpan, ...]:
    """Return the stretches of text that was left out and holds personal data."""
    return tuple(
        SoundSpan(start_s=start_s, end_s=end_s)
        for text in dropped
        if redacted.scrubber.text(text.text) != text.text
        or sum(map(str.isdecimal, text.text)) >= _MANY_DIGITS
        for start_s, end_s in widen_word_spans(
            [WordSpan(text.start_s, text.end_s, text.start_s, text.end_s)]
        )
    )


def without_values(message: str) -> str:
    """Redact a message about a file, which may quote it."""
    empty = Conversation(id="message", channel="chat", language="fr")
    scrubber = redact_conversation(empty, ()).scrubber
    return scrubber.text(scrubber.file_name(message))


def redact_lines(
    lines: Sequence[str],
    policy: RedactionPolicy = DEFAULT_POLICY,
    *,
    language: str | None = None,
) -> tuple[str, ...]:
    """Redact texts that belong together, so that what one says of another counts.

    Args:
        lines: Short texts, as a list of promises.
        policy: What is to become of each type.
        language: BCP 47 primary tag; None: what the words tell.
    """
    if not lines:
        return ()
    said = Conversation(
        id="lines",
        channel="chat",
        turns=tuple(
            Turn(index=place, speaker="agent", text=text) for place, text in enumerate(lines)
        ),
    )
    redacted = redact_text(said, policy, language=language).conversation
    return tuple(turn.text for turn in redacted.turns)


def card_free(text: str, policy: RedactionPolicy = CARDS_ONLY, *, language: str | None) -> str:
    """Return a text without what the policy removes: at least the data of payment cards.

    For single messages, before anything of them is stored.

    Args:
        text: A message.
        policy: What is to become of each type.
        language: BCP 47 primary tag; None: what the words tell.
    """
    turn = Turn(index=0, speaker="unknown", text=text)
    conversation = Conversation(id="message", channel="chat", language=language, turns=(turn,))
    return redact_text(conversation, policy).conversation.turns[0].text
