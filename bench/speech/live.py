"""Live transcription in real time: how late the finals are, and how many streams are held.

    python bench/speech/live.py --manifest DATA/manifest.jsonl          # writes live.json beside it
    python bench/speech/live.py --seconds 20 --streams 1 2 --out look.json        # a short look

Each stream plays stereo calls in real time, in frames of 20 ms of 8 kHz µ-law, one call after the
other, each stream starting at another place. Measured in one process, the feeding included:

- ``final_s``: from the arrival of the last sound with speech (by voice activity) to the final;
- ``final_after_reference_s``: the same from the end of the turn in the manifest, where it says;
- ``partial_s``: from the arrival of the last sound that a partial heard to the partial;
- ``rss_mb``: resident memory while it runs.

A number of streams is held when the median final comes within two seconds and the last third is
no later than the first by a second. ``accuracy`` is the word error of finals fed as fast as they
are taken, beside that of the same files processed whole; ``memory`` the resident memory while
calls are fed for so many minutes of sound. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import itertools
import json
import platform
import statistics
import threading
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import jiwer
import numpy as np

from models import Transcriber, available_cores, load_transcriber, resolve_compute
from speech import TranscribeOptions, transcribe
from speech.audio_file import read_header
from speech.decoding import Decoder
from speech.live import Final, Lag, LiveOptions, LiveTranscriber, Partial
from speech.normalisation import normalise

ROOT = Path(__file__).resolve().parents[2]
CALLS = ("telecom_panne.wav", "banque_fraude.wav")
PACKAGES = ("av", "ctranslate2", "faster-whisper", "numpy", "onnxruntime")
FRAME_S = 0.02
RATE_HZ = 8000
SPEAKERS = ("agent", "customer")


def decode(path: Path) -> np.ndarray:
    """Return a stereo call, float32 of shape (2, n) at 16 kHz."""
    decoder = Decoder(read_header(path), channels=[0, 1], max_duration_s=36_000)
    return np.concatenate(list(decoder.blocks()), axis=1)


def to_mulaw(samples: np.ndarray) -> bytes:
    """Encode every second sample: the calls are 8 kHz recordings."""
    import av

    codec = av.CodecContext.create("pcm_mulaw", "w")
    codec.sample_rate, codec.layout, codec.format = RATE_HZ, "mono", "s16"
    narrow = np.clip(samples[::2] * 32768, -32768, 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(narrow[None].copy(), format="s16", layout="mono")
    frame.sample_rate = RATE_HZ
    return b"".join(bytes(packet) for packet in [*codec.encode(frame), *codec.encode(None)])


def rss_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * 4096 / 1e6, 1)


def quantiles(values: list[float]) -> dict[str, float | int] | None:
    if not values:
        return None
    return {
        "n": len(values),
        "median": round(statistics.median(values), 3),
        "p95": round(float(np.quantile(values, 0.95)), 3),
        "worst": round(max(values), 3),
    }


class Player:
    """What one stream plays, and what came out of it with the time since its start."""

    def __init__(self, live: LiveTranscriber, calls: list[dict], number: int) -> None:
        self.stream = live.open(SPEAKERS, sample_rate_hz=RATE_HZ, encoding="mulaw")
        order = calls[number % len(calls) :] + calls[: number % len(calls)]
        self.sides = [b"".join(call["mulaw"][channel] for call in order) for channel in (0, 1)]
        self.ends: list[list[float]] = [[], []]
        at_s = 0.0
        for call in order:
            for turn in call["turns"]:
                self.ends[SPEAKERS.index(turn["speaker"])].append(at_s + turn["end_s"])
            at_s += len(call["mulaw"][0]) / RATE_HZ
        # streams do not speak at the same moment
        self.at = round(number * 7.3 * RATE_HZ) % len(self.sides[0])
        self.shift_s = self.at / RATE_HZ
        self.length_s = at_s
        self.began_s = 0.0
        self.heard: list[tuple[float, object]] = []
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self) -> None:
        for event in self.stream:
            self.heard.append((time.monotonic() - self.began_s, event))

    def feed(self) -> None:
        count = round(FRAME_S * RATE_HZ)
        for channel, side in enumerate(self.sides):
            piece = side[self.at : self.at + count]
            self.stream.feed(piece + side[: count - len(piece)], channel)
        self.at = (self.at + count) % len(self.sides[0])

    def after_reference(self) -> list[float]:
        found = []
        for at_s, event in self.heard:
            if isinstance(event, Final) and self.ends[event.channel]:
                place_s = (event.speech_end_s + self.shift_s) % self.length_s
                nearest_s = min(self.ends[event.channel], key=lambda end_s: abs(end_s - place_s))
                if abs(nearest_s - place_s) < 1.0:
                    found.append(at_s - event.speech_end_s + place_s - nearest_s)
        return found


def run_streams(
    transcriber: Transcriber, calls: list[dict], streams: int, seconds: float
) -> dict[str, object]:
    memory = []
    with LiveTranscriber(transcriber, options=LiveOptions(language="fr")) as live:
        players = [Player(live, calls, number) for number in range(streams)]
        began_s = time.monotonic()
        used_s = time.process_time()
        for player in players:
            player.began_s = began_s
        late_s = 0.0
        for tick in itertools.count(1):
            due_s = began_s + tick * FRAME_S
            if due_s > began_s + seconds:
                break
            now_s = time.monotonic()
            late_s = max(late_s, now_s - due_s)
            if now_s < due_s:
                time.sleep(due_s - now_s)
            for player in players:
                player.feed()
            if tick % 250 == 0:
                memory.append(rss_mb())
        for player in players:
            player.stream.close()
        for player in players:
            player.reader.join()
        used_s = time.process_time() - used_s
    events = [(at_s, event) for player in players for at_s, event in player.heard]
    finals = sorted(
        (event.speech_end_s, event.latency_s) for _, event in events if isinstance(event, Final)
    )
    latencies = [latency_s for _, latency_s in finals]
    third = len(latencies) // 3
    grows_s = (
        statistics.median(latencies[-third:]) - statistics.median(latencies[:third])
        if third
        else 0.0
    )
    middle = quantiles(latencies)
    return {
        "streams": streams,
        "seconds": seconds,
        "final_s": middle,
        "final_after_reference_s": quantiles(
            [late_s for player in players for late_s in player.after_reference()]
        ),
        "partial_s": quantiles(
            [at_s - event.end_s for at_s, event in events if isinstance(event, Partial)]
        ),
        "stable_words_kept": stable_words_kept([event for _, event in events]),
        "lags": sum(isinstance(event, Lag) for _, event in events),
        "final_grows_s": round(grows_s, 3),
        "feeding_late_s": round(late_s, 3),
        "cpu_share": round(used_s / seconds, 2),
        "rss_mb": memory,
        "is_held": middle is not None and middle["median"] <= 2.0 and grows_s <= 1.0,
    }


def stable_words_kept(events: list[object]) -> float | None:
    """Share of the words that partials called stable which the final has, in order."""
    stable = {
        (event.stream_id, event.channel, event.utterance): event.stable_text
        for event in events
        if isinstance(event, Partial) and event.stable_text
    }
    kept = said = 0
    for event in events:
        before = isinstance(event, Final) and stable.get(
            (event.stream_id, event.channel, event.utterance)
        )
        if before:
            counts = jiwer.process_words(normalise(before, "fr"), normalise(event.text, "fr"))
            said += counts.hits + counts.substitutions + counts.deletions
            kept += counts.hits
    return round(kept / said, 4) if said else None


def feed_whole(live: LiveTranscriber, sound: np.ndarray) -> list[str]:
    """Feed a call as fast as it is taken; return the words of each channel."""
    stream = live.open(
        SPEAKERS, sample_rate_hz=16_000, encoding="f32le", language="fr", is_real_time=False
    )

    def feed() -> None:
        with stream:
            for at in range(0, sound.shape[1], 16_000):
                for channel in (0, 1):
                    stream.feed(sound[channel, at : at + 16_000], channel)

    feeder = threading.Thread(target=feed)
    feeder.start()
    said: list[list[str]] = [[], []]
    for event in stream:
        if isinstance(event, Final):
            said[event.channel].append(event.text)
    feeder.join()
    return [" ".join(texts) for texts in said]


def word_error(references: list[str], texts: list[str]) -> float:
    heard = [normalise(text, "fr") for text in texts]
    return round(jiwer.wer([normalise(text, "fr") for text in references], heard), 4)


def accuracy(transcriber: Transcriber, calls: list[dict]) -> dict[str, object]:
    references, live_texts, file_texts = [], [], []
    live_s = file_s = 0.0
    with LiveTranscriber(transcriber) as live:
        for call in calls:
            references += [
                " ".join(turn["text"] for turn in call["turns"] if turn["speaker"] == speaker)
                for speaker in SPEAKERS
            ]
            began_s = time.monotonic()
            live_texts += feed_whole(live, decode(call["path"]))
            live_s += time.monotonic() - began_s
            began_s = time.monotonic()
            options = TranscribeOptions(language="fr", channels=((0, "agent"), (1, "customer")))
            turns = transcribe(call["path"], transcriber, options=options).conversation.turns
            file_s += time.monotonic() - began_s
            file_texts += [
                " ".join(turn.spoken_text for turn in turns if turn.speaker == speaker)
                for speaker in SPEAKERS
            ]
    return {
        "live_wer": word_error(references, live_texts),
        "file_wer": word_error(references, file_texts),
        "live_against_file_wer": word_error(file_texts, live_texts),
        "live_s": round(live_s, 1),
        "file_s": round(file_s, 1),
    }


def memory(transcriber: Transcriber, calls: list[dict], minutes: float) -> dict[str, object]:
    sounds = [decode(call["path"]) for call in calls]
    found, done_s = [], 0.0
    began_s = time.monotonic()
    with LiveTranscriber(transcriber) as live:
        for sound in itertools.cycle(sounds):
            feed_whole(live, sound)
            done_s += sound.shape[1] / 16_000
            found.append((round(done_s / 60, 1), rss_mb()))
            if done_s >= minutes * 60:
                break
    return {"seconds": round(time.monotonic() - began_s, 1), "minutes_and_rss_mb": found}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--manifest", type=Path, help="stereo calls with turns and their ends")
    arguments.add_argument("--streams", type=int, nargs="+", default=[1, 2, 4, 6, 8])
    arguments.add_argument("--seconds", type=float, default=120.0, help="of each run")
    arguments.add_argument("--memory-minutes", type=float, default=20.0, help="of sound; 0: none")
    arguments.add_argument("--model", default="whisper-base")
    arguments.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    given = arguments.parse_args()

    if given.manifest:
        entries = [json.loads(line) for line in given.manifest.read_text().splitlines()]
        calls = [
            {"path": given.manifest.parent / entry["audio"], "turns": entry["turns"]}
            for entry in entries
        ]
    else:
        folder = ROOT / "examples" / "conversations"
        calls = [{"path": folder / name, "turns": []} for name in CALLS]
    for call in calls:
        call["mulaw"] = [to_mulaw(side) for side in decode(call["path"])]

    compute = resolve_compute()
    transcriber = load_transcriber(given.model, compute=compute)
    result: dict[str, object] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": available_cores(), "system": platform.system(), "arch": platform.machine(),
        },
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "model": transcriber.reference.model_dump(mode="json"),
        "compute": {"device": compute.device, "type": compute.compute_type,
                    "threads": compute.threads},
        "options": LiveOptions(language="fr").model_dump(mode="json"),
        "calls": [call["path"].name for call in calls],
    }  # fmt: skip
    runs: list[dict[str, object]] = []
    result["runs"] = runs
    feed_whole_warm(transcriber, calls)
    for streams in given.streams:
        runs.append(run_streams(transcriber, calls, streams, given.seconds))
        write(given.out, result)
        if not runs[-1]["is_held"]:
            break
    result["most_streams_held"] = max((run["streams"] for run in runs if run["is_held"]), default=0)
    if given.manifest:
        result["accuracy"] = accuracy(transcriber, calls)
    if given.memory_minutes:
        result["memory"] = memory(transcriber, calls, given.memory_minutes)
    write(given.out, result)


def feed_whole_warm(transcriber: Transcriber, calls: list[dict]) -> None:
    """The first decoding takes longer; it is not measured."""
    with LiveTranscriber(transcriber) as live:
        feed_whole(live, decode(calls[0]["path"])[:, : 16_000 * 15])


def write(path: Path, result: dict[str, object]) -> None:
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
