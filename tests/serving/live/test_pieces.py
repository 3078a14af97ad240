"""The pieces of a session: sound by place, tracks side by side, a bounded queue, the spool."""

from __future__ import annotations

import asyncio
import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from conversation import Turn
from conversation.errors import BadInput
from nlu.redaction import CARDS_ONLY
from serving.live.concluding import Concluding
from serving.live.events import Acknowledged, FinalText, PartialText
from serving.live.facts import SessionFacts, SoundFormat
from serving.live.outbox import Outbox
from serving.live.record import Record
from serving.live.redaction import LiveRedactor
from serving.live.sound import SoundBuffer, silence_frames
from serving.live.spool import Spool, left_behind
from serving.live.timeline import TwoTracks
from serving.settings import Settings
from serving.store.encryption import keyring_of

MONO = SoundFormat(encoding="mulaw", sample_rate_hz=8000, speakers=("customer",))
STEREO = SoundFormat(encoding="s16le", sample_rate_hz=8000, speakers=("agent", "customer"))


def facts(**more):
    return SessionFacts(
        **{"id": "0a", "protocol": "live", "team": "main", "owner": "k", "sound": MONO,
           "started_at": datetime.now(UTC), **more}
    )  # fmt: skip


def test_bytes_that_come_twice_count_once_and_missing_ones_are_refused():
    sound = SoundBuffer(MONO)
    assert sound.add(b"abcd") == 4
    assert sound.add(b"cdef", 2) == 2
    assert sound.next_to_hear(1) == b"abcdef"
    with pytest.raises(BadInput, match="expected byte 6"):
        sound.add(b"h", 7)


def test_only_what_was_heard_can_be_kept_and_memory_is_let_go():
    sound = SoundBuffer(MONO)
    sound.add(b"a" * 16_000)
    sound.next_to_hear(1.0)
    kept = sound.next_to_keep(5.0, [(0.5, 0.75)])
    assert len(kept) == 8000 == sound.kept
    assert kept[:4000] == b"a" * 4000
    assert kept[4000:6000] == b"\xff" * 2000
    assert sound.next_to_keep(5.0, []) == b""


def test_what_has_its_final_is_silent_when_it_is_sent_again():
    sound = SoundBuffer(STEREO, kept=0, done_s={1: 0.5})
    sound.add(b"\x01\x02" * 16_000)
    heard = sound.next_to_hear(1.0)
    assert heard[:4] == b"\x01\x02\x00\x00"
    assert heard[20_000:20_004] == b"\x01\x02\x01\x02"
    # the disk gets it as it was sent
    assert sound.next_to_keep(1.0, [])[:4] == b"\x01\x02\x01\x02"


def test_silence_never_cuts_a_frame():
    data = bytearray(b"\x01" * 40)
    silence_frames(STEREO, data, 0, [(3.5 / 8000, 5.2 / 8000)])
    assert data == b"\x01" * 12 + b"\x00" * 12 + b"\x01" * 16


def test_tracks_are_laid_by_their_times():
    tracks = TwoTracks(rate_hz=8000, silence=b"\xff", late_s=0.01)
    mixed = tracks.add(0, 0.0, b"a" * 160) + tracks.add(1, 0.01, b"b" * 160) + tracks.rest()
    assert mixed[0::2] == b"a" * 160 + b"\xff" * (len(mixed) // 2 - 160)
    assert mixed[1::2].strip(b"\xff") == b"b" * 160
    assert mixed[1::2].index(b"b") == 80


def test_one_side_does_not_wait_for_ever_for_the_other():
    tracks = TwoTracks(rate_hz=8000, silence=b"\x00\x00", late_s=0.25)
    mixed = b"".join(tracks.add(0, at / 50, b"\x01\x02" * 160) for at in range(50))
    assert len(mixed) == 4 * (8000 - 2000)
    assert mixed[:4] == b"\x01\x02\x00\x00"


def partial(channel, text="…"):
    return PartialText(
        channel=channel, speaker="agent", utterance=0, text=text, start_s=0, end_s=1, language="fr"
    )


def final(turn, **more):
    return FinalText(turn=turn, speaker="agent", text=f"t{turn}", **more)


def drained(outbox):
    async def read():
        outbox.close()
        events = []
        while (event := await outbox.get()) is not None:
            events.append(event)
        return events

    return asyncio.run(read())


def test_partials_and_acknowledgements_give_way_to_the_next():
    outbox = Outbox(revises=True)
    for event in (partial(0, "a"), partial(1, "b"), Acknowledged(received=1, kept=0)):
        outbox.put(event)
    outbox.put(partial(0, "c"))
    outbox.put(Acknowledged(received=2, kept=1))
    events = drained(outbox)
    assert [one.text for one in events if one.type == "partial"] == ["b", "c"]
    assert [one.received for one in events if one.type == "ack"] == [2]


def test_a_full_outbox_drops_partials_first_then_gives_up():
    outbox = Outbox(revises=True, most=3)
    outbox.put(partial(0))
    for turn in range(3):
        outbox.put_final(final(turn), is_open=False)
    assert not outbox.overflowed
    outbox.put_final(final(3), is_open=False)
    assert outbox.overflowed
    assert [one.turn for one in drained(outbox)] == [0, 1, 2]


def test_events_of_before_a_cut_do_not_count():
    outbox = Outbox(revises=True, most=2)
    for turn in range(50):
        outbox.put_again(final(turn))
    outbox.put_final(final(50), is_open=False)
    assert not outbox.overflowed
    assert len(drained(outbox)) == 51


def test_a_protocol_without_revisions_waits_for_hidden_digits():
    outbox = Outbox(revises=False)
    outbox.put_final(final(0), is_open=True)
    outbox.put_final(final(1), is_open=False)
    outbox.put_final(final(0, revision=1), is_open=False)
    outbox.put_final(final(0, revision=2), is_open=False)
    assert [(one.turn, one.revision) for one in drained(outbox)] == [(1, 0), (0, 1)]


def test_a_spool_gives_back_what_was_written_down(tmp_path):
    spool = Spool.create(tmp_path, facts(), "hash")
    spool.note([{"type": "final"}], done_s={0: 1.5}, spans_s=[(0.5, 1.0)])
    spool.keep(b"abc", 3)
    spool.keep(b"def", 6)
    spool.close()
    [found] = left_behind(tmp_path)
    kept = found.read()
    assert (kept.facts.id, kept.token_sha256, kept.kept) == ("0a", "hash", 6)
    assert kept.done_s == {0: 1.5}
    assert kept.spans_s == [(0.5, 1.0)]
    assert kept.events == [{"type": "final"}]
    found.keep(b"ghi", 9)
    assert b"".join(found.sound()) == b"abcdefghi"
    found.close()


def test_a_spool_that_was_cut_short_ends_before_the_cut(tmp_path):
    spool = Spool.create(tmp_path, facts(), "hash")
    spool.keep(b"abc", 3)
    spool.close()
    with (spool.folder / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"kept": 9')
    with (spool.folder / "sound").open("ab") as sound:
        sound.write(b"defghi")
    [found] = left_behind(tmp_path)
    assert found.read().kept == 3
    found.keep(b"xyz", 6)
    found.close()
    [again] = left_behind(tmp_path)
    assert again.read().kept == 6
    assert b"".join(again.sound()) == b"abcxyz"
    again.close()


def test_a_spool_is_encrypted_where_recordings_are(tmp_path):
    keyring = keyring_of(
        Settings(data_dir=tmp_path, encryption_key=base64.b64encode(b"k" * 32).decode())
    )
    spool = Spool.create(tmp_path, facts(customer_key="c-77"), "hash", keyring)
    spool.note([{"type": "final", "text": "ma box est en panne"}])
    spool.keep(b"some sound that was heard", 25)
    spool.close()
    written = b"".join(file.read_bytes() for file in spool.folder.iterdir())
    for word in (b"c-77", b"panne", b"heard"):
        assert word not in written
    [found] = left_behind(tmp_path, keyring)
    assert found.read().events[0]["text"] == "ma box est en panne"
    assert b"".join(found.sound()) == b"some sound that was heard"
    found.close()
    [locked] = left_behind(tmp_path)
    assert locked.read() is None
    assert locked.is_begun


def test_a_spool_that_never_began_is_none(tmp_path):
    (tmp_path / "live" / "0b").mkdir(parents=True)
    [found] = left_behind(tmp_path)
    assert found.read() is None


class Follower:
    def __init__(self):
        self.calls = []

    def hear(self, turn, ended_s):
        self.calls.append(f"hear {turn.index}")
        return []

    def look(self, turns):
        self.calls.append("look")
        return []

    def conclude(self, turns):
        self.calls.append("conclude")


@pytest.mark.parametrize("n_turns", [0, 1, 3])
def test_a_talk_that_ends_while_turns_wait_is_looked_at_before_its_note(n_turns):
    follower = Follower()

    async def talk():
        with ThreadPoolExecutor(1) as executor:
            concluding = Concluding(
                follower,
                Record(
                    LiveRedactor(CARDS_ONLY, channel="chat"),
                    None,
                    restored=None,
                    on_turn=lambda _: None,
                ),
                facts=facts(),
                executor=executor,
                age_s=lambda: 0.0,
                notify=lambda *_: None,
                keep=lambda *_: None,
            )
            for number in range(n_turns):
                concluding.hear(Turn(index=number, speaker="customer", text="Bonjour."))
            concluding.stop()
            await concluding.run()

    asyncio.run(talk())
    heard = [f"hear {number}" for number in range(n_turns)]
    assert follower.calls == [*heard, *(["look"] if n_turns else []), "conclude"]
