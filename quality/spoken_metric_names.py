"""The names of the figures of a recording, and of each speaker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from conversation import Speaker
from quality.expression_nodes import Value
from quality.findings import both
from quality.metric_name import MetricName, Unit, spoken_name, written_name
from quality.metrics import Metrics, SpeakerMetrics, SpokenMetrics
from quality.written_metrics import SenderMetrics, WrittenMetrics


def recording_names() -> Iterable[MetricName]:
    """Yield the names of figures of a whole recording."""
    yield spoken_name(
        "talk_s",
        "temps de parole de tous",
        "talk of all",
        "sum of all speakers' talk",
        "s",
        lambda spoken: spoken.talk_s,
    )
    yield spoken_name(
        "silence_s",
        "silence",
        "silence",
        "duration minus the time in which at least one talks",
        "s",
        lambda spoken: spoken.silence_s,
    )
    yield spoken_name(
        "silence_share",
        "part de silence",
        "share of silence",
        "silence_s / duration_s",
        "share",
        lambda spoken: spoken.silence_share,
    )
    yield spoken_name(
        "silence_count",
        "silences de 3 s et plus",
        "silences of 3 s and more",
        "number of silences of 3 s and more",
        "count",
        lambda spoken: len(spoken.silences),
    )
    yield spoken_name(
        "long_silence_count",
        "silences de plus de 10 s",
        "silences above 10 s",
        "number of silences above 10 s",
        "count",
        lambda spoken: sum(one.is_long for one in spoken.silences),
    )
    yield spoken_name(
        "unannounced_silence_count",
        "silences de plus de 10 s non annoncés",
        "silences above 10 s, not announced",
        "number of silences above 10 s that the agent did not announce in the 15 s before",
        "count",
        lambda spoken: sum(one.is_long and one.announced_by is None for one in spoken.silences),
    )
    yield spoken_name(
        "longest_silence_s",
        "plus long silence",
        "longest silence",
        "longest of the silences of 3 s and more; 0 without",
        "s",
        lambda spoken: max((one.length_s for one in spoken.silences), default=0.0),
    )
    yield spoken_name(
        "hold_s",
        "attente",
        "hold",
        "sum of the holds",
        "s",
        lambda spoken: spoken.hold_s,
    )
    yield spoken_name(
        "hold_count",
        "mises en attente",
        "holds",
        "number of holds",
        "count",
        lambda spoken: len(spoken.holds),
    )
    yield spoken_name(
        "longest_hold_s",
        "plus longue attente",
        "longest hold",
        "longest hold; 0 without",
        "s",
        lambda spoken: max((one.length_s for one in spoken.holds), default=0.0),
    )
    yield spoken_name(
        "unannounced_hold_count",
        "mises en attente non annoncées",
        "holds not announced",
        "number of holds that nothing announced",
        "count",
        lambda spoken: sum(one.announced_by is None for one in spoken.holds),
    )
    yield spoken_name(
        "unthanked_hold_count",
        "mises en attente sans remerciement",
        "holds without thanks",
        "number of holds after which the agent did not thank",
        "count",
        lambda spoken: sum(one.thanked_by is None for one in spoken.holds),
    )
    yield spoken_name(
        "overlap_s",
        "parole simultanée",
        "overlap",
        "talk_s minus the time in which at least one talks",
        "s",
        lambda spoken: spoken.overlap_s,
        exact_only=True,
    )
    yield spoken_name(
        "overlap_share",
        "part de parole simultanée",
        "share of overlap",
        "overlap_s / talk_s",
        "share",
        lambda spoken: spoken.overlap_share,
        exact_only=True,
    )
    yield spoken_name(
        "overlap_count",
        "paroles simultanées",
        "overlaps",
        "number of times in which two talk",
        "count",
        lambda spoken: len(spoken.overlaps),
        exact_only=True,
    )
    yield spoken_name(
        "talk_to_listen_ratio",
        "parole de l'agent sur celle du client",
        "agent's talk over the customer's",
        "agent_talk_s / customer_talk_s; not known unless both talk",
        "ratio",
        lambda spoken: spoken.talk_to_listen_ratio,
    )


def speaker_names(speaker: Speaker, fr: str, en: str) -> Iterable[MetricName]:
    """Yield the names of one speaker's figures, on recordings and text channels.

    Args:
        speaker: Whose.
        fr: Whose, as a French label ends.
        en: Whose, as an English label begins.
    """

    def one(
        name: str,
        label_fr: str,
        label_en: str,
        formula: str,
        unit: Unit,
        value: Callable[[SpokenMetrics, SpeakerMetrics | None], Value],
        *,
        exact_only: bool = False,
    ) -> MetricName:
        def read(spoken: SpokenMetrics) -> Value:
            return value(spoken, next((s for s in spoken.speakers if s.speaker == speaker), None))

        return spoken_name(
            f"{speaker}_{name}",
            f"{label_fr} {fr}",
            f"{en} {label_en}",
            formula,
            unit,
            read,
            exact_only=exact_only,
        )

    def of(field: str) -> Callable[[SpokenMetrics, SpeakerMetrics | None], Value]:
        return lambda _, figures: getattr(figures, field) if figures else 0

    yield one("talk_s", "parole", "talk", "sum of the talk spurts", "s", of("talk_s"))
    yield one(
        "talk_share",
        "part de parole",
        "share of talk",
        f"{speaker}_talk_s / talk_s; not known when nobody talks",
        "share",
        lambda spoken, figures: (figures.talk_share if figures else 0.0) if spoken.talk_s else None,
    )
    yield one(
        "listen_s",
        "écoute",
        "listening",
        f"time in which others talk and the {speaker} does not: "
        f"talk_s - overlap_s - {speaker}_talk_s",
        "s",
        lambda spoken, figures: _listen_s(spoken, figures.talk_s if figures else 0.0),
    )
    yield one(
        "listen_share",
        "part d'écoute",
        "share of listening",
        f"{speaker}_listen_s / duration_s; not known for an empty recording",
        "share",
        lambda spoken, figures: _listen_share(spoken, figures.talk_s if figures else 0.0),
    )
    yield one(
        "speech_rate_wpm",
        "débit",
        "speech rate",
        "60 * words / talk; not known without talk",
        "words/min",
        lambda _, figures: figures.speech_rate_wpm if figures else None,
    )
    yield one(
        "longest_monologue_s",
        "plus long monologue",
        "longest monologue",
        "longest stretch with own pauses below 3 s in which others only say backchannels",
        "s",
        of("longest_monologue_s"),
    )
    yield one(
        "interruptions",
        "interruptions",
        "interruptions",
        f"times the {speaker} takes the floor from another",
        "count",
        of("interruptions"),
        exact_only=True,
    )
    yield spoken_name(
        f"{speaker}_response_s",
        f"silence avant la réponse {fr}",
        f"silence before the {speaker} answers",
        f"median of the seconds from the other's end to the {speaker}'s start; negative when "
        "started early",
        "s",
        lambda spoken: (
            spoken.agent_response_s if speaker == "agent" else spoken.customer_response_s
        ),
    )
    yield MetricName(
        f"{speaker}_words",
        both(f"mots {fr}", f"{en} words"),
        "count of words",
        "count",
        "text",
        lambda metrics, _: _count(metrics, speaker, "words"),
    )
    yield MetricName(
        f"{speaker}_turns",
        both(f"tours de parole {fr}", f"{en} turns"),
        "times on the floor, or runs of messages",
        "count",
        "word times, messages",
        lambda metrics, _: _count(metrics, speaker, "turns"),
    )
    yield written_name(
        f"{speaker}_messages",
        f"messages {fr}",
        f"{en} messages",
        "count of messages",
        "count",
        lambda written: getattr(_sender(written, speaker), "messages", 0),
    )


def _listen_s(spoken: SpokenMetrics, talk_s: float) -> float:
    return max(0.0, spoken.talk_s - spoken.overlap_s - talk_s)


def _listen_share(spoken: SpokenMetrics, talk_s: float) -> float | None:
    duration_s = spoken.talk_s - spoken.overlap_s + spoken.silence_s
    return min(1.0, _listen_s(spoken, talk_s) / duration_s) if duration_s > 0 else None


def _count(metrics: Metrics, speaker: Speaker, field: Literal["words", "turns"]) -> int | None:
    if metrics.written is not None:
        return int(getattr(_sender(metrics.written, speaker), field, 0))
    return None if metrics.spoken is None else int(getattr(metrics.of(speaker), field, 0))


def _sender(written: WrittenMetrics, speaker: Speaker) -> SenderMetrics | None:
    return next((one for one in written.senders if one.speaker == speaker), None)
