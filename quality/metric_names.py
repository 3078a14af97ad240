"""The figures of a contact under one flat set of names, for the expressions that a centre writes.

docs/metrics.md lists them; a test keeps it equal to what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from quality.expression_nodes import Kind, Value
from quality.findings import both
from quality.metric_name import MetricName, Unit, written_name
from quality.metrics import Metrics
from quality.spoken_metric_names import recording_names, speaker_names

if TYPE_CHECKING:
    from nlu import Understanding


def metric_values(metrics: Metrics, understanding: Understanding | None = None) -> dict[str, Value]:
    """Put the figures of one contact under the names of :data:`METRIC_NAMES`.

    Args:
        metrics: Of the contact.
        understanding: Of the contact; without it what is understood is not known.

    Returns:
        A value for every name; None where it is not known, such as holds of an e-mail, or
        interruptions of a recording that mixes the voices.
    """
    return {name: one.value(metrics, understanding) for name, one in METRIC_NAMES.items()}


def _whole() -> Iterable[MetricName]:
    yield MetricName(
        "channel",
        both("canal", "channel"),
        "phone, voicebot, email, chat, sms, social or letter",
        "text",
        "conversation",
        lambda metrics, _: metrics.channel,
    )
    yield MetricName(
        "approximate",
        both("voix mêlées", "voices mixed"),
        "true when the voices were not recorded on channels of their own",
        "truth",
        "recording",
        lambda metrics, _: metrics.approximate,
    )
    yield MetricName(
        "duration_s",
        both("durée", "duration"),
        "length of the recording, or from the first to the last dated message",
        "s",
        "recording, messages",
        lambda metrics, _: metrics.duration_s,
    )
    yield MetricName(
        "turns",
        both("tours de parole", "turns"),
        "changes of the floor, or runs of messages of one sender",
        "count",
        "word times, messages",
        lambda metrics, _: metrics.turns,
    )


def _messages() -> Iterable[MetricName]:
    yield written_name(
        "first_response_s",
        "délai de première réponse",
        "first response delay",
        "first answer's time minus that of the first message that waited for it",
        "s",
        lambda written: written.first_response_s,
    )
    yield written_name(
        "median_response_s",
        "délai de réponse médian",
        "median response delay",
        "median of the delays of the agent's answers",
        "s",
        lambda written: written.median_response_s,
    )
    yield written_name(
        "p90_response_s",
        "délai de réponse, 90e centile",
        "response delay, 90th percentile",
        "90th percentile of the delays, interpolated linearly",
        "s",
        lambda written: written.p90_response_s,
    )
    yield written_name(
        "longest_response_s",
        "plus long délai de réponse",
        "longest response delay",
        "longest of the delays",
        "s",
        lambda written: max(written.response_delays_s, default=None),
    )


def _understood(
    name: str,
    fr: str,
    en: str,
    formula: str,
    unit: Unit,
    value: Callable[[Understanding], Value],
) -> MetricName:
    def read(metrics: Metrics, understanding: Understanding | None) -> Value:  # noqa: ARG001
        return None if understanding is None else value(understanding)

    return MetricName(name, both(fr, en), formula, unit, "words, as understood", read)


def _meaning() -> Iterable[MetricName]:
    yield _understood(
        "reason",
        "motif",
        "reason",
        "code of the primary contact reason; not known when unknown",
        "text",
        lambda understood: understood.reasons.primary.code if understood.reasons.primary else None,
    )
    yield _understood(
        "reason_level_1",
        "motif de niveau 1",
        "reason of level 1",
        "code of level 1 of the primary contact reason",
        "text",
        lambda understood: (
            understood.reasons.primary.level_1 if understood.reasons.primary else None
        ),
    )
    yield _understood(
        "nature",
        "nature",
        "nature",
        "information, request, incident, complaint, cancellation, follow_up or praise",
        "text",
        lambda understood: understood.axes.nature.primary,
    )
    yield _understood(
        "outcome",
        "issue",
        "outcome",
        "resolved, commitment, transferred or unresolved",
        "text",
        lambda understood: understood.axes.outcome.outcome,
    )
    yield _understood(
        "urgency",
        "urgence",
        "urgency",
        "0 (nothing presses) to 3 (somebody is in danger)",
        "level",
        lambda understood: understood.axes.urgency.level,
    )
    yield _understood(
        "repeat_stated",
        "contact répété, selon le client",
        "repeat contact, as the customer says",
        "whether the customer says to have contacted before",
        "truth",
        lambda understood: understood.axes.repeat.stated,
    )
    yield _understood(
        "commitment_count",
        "engagements",
        "commitments",
        "number of promises of either side",
        "count",
        lambda understood: len(understood.commitments),
    )
    for name, fr, en in (
        ("overall", "sentiment du client", "customer's sentiment"),
        ("start", "sentiment du client au début", "customer's sentiment at the start"),
        ("end", "sentiment du client à la fin", "customer's sentiment at the end"),
    ):
        yield _understood(
            "customer_sentiment" if name == "overall" else f"customer_sentiment_{name}",
            fr,
            en,
            f"{name} of the sentiment of the customer's words",
            "-1 to 1",
            lambda understood, name=name: getattr(understood.sentiment, name, None),  # type: ignore[misc]
        )


METRIC_NAMES: Mapping[str, MetricName] = MappingProxyType(
    {
        one.name: one
        for names in (
            _whole(),
            recording_names(),
            speaker_names("agent", "de l'agent", "agent's"),
            speaker_names("customer", "du client", "customer's"),
            _messages(),
            _meaning(),
        )
        for one in names
    }
)
"""All names, by themselves."""

METRIC_LABELS: Mapping[str, str] = MappingProxyType(
    {name: one.label.en for name, one in METRIC_NAMES.items()}
)
"""What each name is, for :func:`quality.expressions.parse_expression`."""

METRIC_KINDS: Mapping[str, Kind] = MappingProxyType(
    {name: one.kind for name, one in METRIC_NAMES.items()}
)
"""What sort of value each name has."""
