"""Text and sound redacted together, and what is stored of a transcription."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from conversation import Conversation, Participant, Provenance, Turn, Word
from nlu.redaction import CARDS_ONLY, DEFAULT_POLICY
from serving.redacting import (
    redact_text,
    redact_transcription,
    spans_of_dropped,
    spans_to_silence,
    without_values,
)
from speech import DroppedText, Transcription, transcribe
from speech.sound_redaction import MARGIN_S, SoundSpan, redact_sound

CARD = "4111 1111 1111 1111"


def turn(index: int, speaker: str, words: list[str], start_s: float, participant: int) -> Turn:
    made = tuple(
        Word(text=word, start_s=start_s + 0.5 * place, end_s=start_s + 0.5 * place + 0.4,
             probability=0.9)
        for place, word in enumerate(words)
    )  # fmt: skip
    return Turn(
        index=index, speaker=speaker, text=" ".join(words), words=made, start_s=made[0].start_s,
        end_s=made[-1].end_s, participant=participant,
    )  # fmt: skip


@pytest.fixture
def heard() -> Transcription:
    conversation = Conversation(
        id="appel", channel="phone", language="fr", duration_s=30,
        participants=(
            Participant(role="agent", audio_channel=0),
            Participant(role="customer", audio_channel=1),
        ),
        turns=(
            turn(0, "agent", "Quel est le numéro de votre carte ?".split(), 1, 0),
            turn(1, "customer", ["C'est", "le", *CARD.split(), "merci", "beaucoup"], 6, 1),
            turn(2, "agent", "Bien, 1111 1111 à la fin, madame Durand.".split(), 14, 0),
        ),
    )  # fmt: skip
    echoes = [
        DroppedText(channel=0, text=word, start_s=7 + 0.5 * place, end_s=7.4 + 0.5 * place,
                    reason="crosstalk")
        for place, word in enumerate(CARD.split())
    ]  # fmt: skip
    loop = DroppedText(
        channel=1, text="47, 47, 47, 47, 47, 47, 47, 47", start_s=25, end_s=28, reason="loop"
    )
    return Transcription(
        conversation=conversation, account=(), dropped=(*echoes, loop),
        warnings=("Le canal 1 est faible.", f"Rien n'est dit après {CARD}."),
        provenance=Provenance(component="speech.transcription", version="1"),
    )  # fmt: skip


def test_a_transcription_leaves_no_card_number_in_what_was_dropped_or_warned_of(heard):
    redacted, details = redact_transcription(heard)
    stored = redacted.model_dump_json()
    assert "1111" not in stored
    assert "47, 47" not in stored
    assert redacted.warnings == ("Le canal 1 est faible.", "Rien n'est dit après [CARTE_1].")
    assert redacted.conversation.turns[1].text == "C'est le [CARTE_1] merci beaucoup"
    assert redacted.conversation.turns[2].text == "Bien, [CARTE_1] à la fin, madame Durand."
    assert [text.start_s for text in redacted.dropped] == [text.start_s for text in heard.dropped]
    assert details.report.kept == {"person": 1}
    everything, _ = redact_transcription(heard, DEFAULT_POLICY)
    assert "Durand" not in everything.model_dump_json()


def test_spans_are_those_of_the_placeholders_with_their_margins(heard):
    spans = spans_to_silence(redact_text(heard.conversation, CARDS_ONLY).conversation)
    by_start = sorted((span.start_s, span.end_s) for span in spans)
    # the pause of a tenth beside a word is less than the margin
    assert by_start[0] == pytest.approx((7.0 - MARGIN_S, 8.9 + MARGIN_S))
    assert by_start[1] == pytest.approx((14.5 - MARGIN_S, 15.4 + MARGIN_S))
    assert all(span.channels is None for span in spans)


def test_a_conversation_that_was_redacted_before_still_says_what_to_silence(heard):
    once = redact_text(heard.conversation, CARDS_ONLY).conversation
    again = redact_text(once, CARDS_ONLY).conversation
    assert spans_to_silence(again) == spans_to_silence(once) != ()


def test_a_number_that_was_dropped_as_an_invention_is_silenced_too(heard):
    redacted = redact_text(heard.conversation, CARDS_ONLY)
    (*echoes, loop) = spans_of_dropped(heard.dropped, redacted)
    assert (loop.start_s, loop.end_s) == (25 - MARGIN_S, 28 + MARGIN_S)
    assert len(echoes) == 4


def test_messages_do_not_quote_values():
    message = without_values(
        f"call_0199001234.txt: neither a chat nor an e-mail; it starts with '{CARD} de Claire "
        "Durand, claire@exemple.fr'"
    )
    assert "neither a chat nor an e-mail; it starts with" in message
    assert not any(value in message for value in ("0199001234", "1111", "claire@"))


def cut(path: Path, channel: int, start_s: float, end_s: float) -> np.ndarray:
    import av

    parts = []
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            parts.append(frame.to_ndarray().reshape(-1, 2))
    samples = np.concatenate(parts)[:, channel].astype(np.int16)
    return samples[int(8000 * start_s) : int(8000 * end_s)]


@pytest.fixture
def call_with_a_card(examples_dir, tmp_path) -> tuple[Path, float, float]:
    """A call in which the sample customer's voice says 47 32 47 420 47 420 47 as a card number.

    Returns:
        The recording, and where the number starts and ends in it, in seconds.
    """
    telecom = examples_dir / "conversations" / "telecom_panne.wav"
    bank = examples_dir / "conversations" / "banque_fraude.wav"
    said = {"47": (23.70, 24.34), "32": (24.58, 25.12), "420": (25.12, 26.06)}
    parts = [cut(bank, 1, 32.8, 38.4), np.zeros(2400, np.int16)]
    start_s = sum(map(len, parts)) / 8000
    for number in "47 32 47 420 47 420 47".split():
        parts += [cut(telecom, 1, *said[number]), np.zeros(2000, np.int16)]
    end_s = (sum(map(len, parts)) - 2000) / 8000
    parts += [np.zeros(3200, np.int16), cut(telecom, 1, 114.3, 117.5), np.zeros(4000, np.int16)]
    customer = np.concatenate(parts)
    path = tmp_path / "appel.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        # the agent's line carries the customer 20 dB down, as lines do
        file.writeframes(np.stack([customer // 10, customer], 1).astype("<i2").tobytes())
    return path, start_s, end_s


@pytest.mark.model
def test_a_card_number_that_is_spoken_leaves_the_text_and_the_sound(
    transcriber, call_with_a_card, tmp_path
):
    path, start_s, end_s = call_with_a_card
    heard = transcribe(path, transcriber)
    assert "47, 32" in " ".join(turn.text for turn in heard.conversation.turns)
    redacted, _ = redact_transcription(heard)
    assert "[CARTE_1]" in redacted.conversation.model_dump_json()
    target = tmp_path / "redacted.wav"
    redact_sound(path, target, spans_to_silence(redacted.conversation))
    with wave.open(str(path)) as before, wave.open(str(target)) as after:
        assert before.getparams() == after.getparams()
        frames = after.readframes(after.getnframes())
        original = before.readframes(before.getnframes())
    sound = np.frombuffer(frames, "<i2").reshape(-1, 2)
    unchanged = np.frombuffer(original, "<i2").reshape(-1, 2) == sound
    left = sound[int(8000 * start_s) : int(8000 * end_s)]
    audible = np.abs(left.astype(int)).max(axis=1) > 300  # −40 dB of full scale
    assert audible.mean() < 0.02
    assert unchanged[: int(8000 * 4.5)].all()
    assert unchanged[int(8000 * (end_s + 2)) :].all()
    again = " ".join(turn.text for turn in transcribe(target, transcriber).conversation.turns)
    assert not any(digits in again for digits in ("47", "32", "420", "quarante", "trente"))
    assert "bloquer ma carte" in again
    assert "merci beaucoup" in again


def test_a_span_is_silenced_on_both_channels(tmp_path, call_with_a_card):
    path, start_s, end_s = call_with_a_card
    facts = redact_sound(path, tmp_path / "o.wav", [SoundSpan(start_s=start_s, end_s=end_s)])
    assert facts.spans[0].channels is None
    with wave.open(str(tmp_path / "o.wav")) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert not sound[int(8000 * start_s) : int(8000 * end_s)].any()
