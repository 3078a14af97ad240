"""The figures and lists of a report, put into words."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from conversation import Provenance
from quality import SpokenMetrics, WrittenMetrics
from serving.analysis import ShownAnalysis, TranscriptionFacts
from serving.clock import clock

Number = Callable[..., str]
Figures = list[tuple[str, str]]


def figures_of(analysis: ShownAnalysis, words: dict[str, str], number: Number) -> Figures:
    """Return the talk figures, or those of messages, as pairs of name and value."""
    metrics = analysis.metrics
    if metrics.spoken is not None:
        return _spoken(metrics.spoken, words, number)
    if metrics.written is not None:
        return _written(metrics.written, words, number)
    return []


def share_bar(analysis: ShownAnalysis, words: dict[str, str]) -> Markup:
    """Draw how the call's time was shared: who talked, and silence."""
    spoken = analysis.metrics.spoken
    if spoken is None:
        return Markup()
    parts: list[tuple[str, str, float]] = [
        (one.speaker, words[one.speaker], one.talk_s) for one in spoken.speakers
    ]
    parts.append(("silence", words["silence"], spoken.silence_s))
    total_s = sum(seconds for _, _, seconds in parts) or 1.0
    bar, legend = Markup(), Markup()
    for style, name, seconds in parts:
        percent = 100 * seconds / total_s
        bar += Markup('<i class="{}" style="width:{:.2f}%"></i>').format(style, percent)
        legend += Markup('<li><i class="split-key {0}"></i>{1} {2:.0f}&nbsp;%</li>').format(
            style, name, percent
        )
    return Markup(
        '<div class="split" aria-hidden="true">{}</div><ul class="legend">{}</ul>'
    ).format(bar, legend)


def account_lines(
    transcription: TranscriptionFacts | None, words: dict[str, str], number: Number
) -> list[str]:
    """Say for each channel how much of the speech became words, and what else sounds on it."""
    if transcription is None:
        return []
    lines = []
    for channel in transcription.account:
        line = f"{words['channel']} {channel.channel} ({words[channel.speaker].lower()})"
        line += words["colon"] + words["account_line"].format(
            speech=number(channel.speech_s), covered=number(channel.covered_s)
        )
        if channel.uncovered:
            gaps = ", ".join(f"{clock(g.start_s)}–{clock(g.end_s)}" for g in channel.uncovered)
            line += f"; {words['gaps']} {gaps}"
        lines.append(line)
        if channel.sounds:
            heard = ", ".join(
                f"{words['sound_' + sound.kind]} {clock(sound.start_s)}–{clock(sound.end_s)}"
                for sound in channel.sounds
            )
            lines.append(f"{words['channel']} {channel.channel}{words['colon']}{heard}")
    return lines


def line_sounds(
    transcription: TranscriptionFacts | None, words: dict[str, str]
) -> list[tuple[str, float, float]]:
    """Return the sounds of the line with their start and end in seconds, in order of time."""
    if transcription is None:
        return []
    heard = {
        (words["sound_" + sound.kind], sound.start_s, sound.end_s)
        for channel in transcription.account
        for sound in channel.sounds
    }
    return sorted(heard, key=lambda sound: sound[1:])


def dropped_lines(transcription: TranscriptionFacts | None, words: dict[str, str]) -> list[str]:
    """Say which text was left out, when, and why."""
    if transcription is None:
        return []
    return [
        f"{clock(text.start_s)} {words['open_quote']}{text.text}{words['close_quote']} "
        f"({words['dropped_' + text.reason]})"
        for text in transcription.dropped
    ]


def provenance_lines(analysis: ShownAnalysis) -> list[str]:
    """Name what produced each conclusion: component, version, models, settings."""
    found: list[Provenance] = []
    if analysis.transcription is not None:
        found.append(analysis.transcription.provenance)
    found += analysis.understanding.provenance
    found.append(analysis.metrics.provenance)
    if analysis.evaluation is not None:
        found.append(analysis.evaluation.provenance)
    lines = []
    for one in found:
        line = f"{one.component} {one.version}"
        models = ", ".join(
            model.name + (f" ({model.sha256[:12]})" if model.sha256 else "") for model in one.models
        )
        if models:
            line += f" · {models}"
        plain = {k: v for k, v in one.settings.items() if isinstance(v, str | int | float)}
        shown = ", ".join(f"{name} {_short(value)}" for name, value in plain.items())
        lines.append(line + (f" · {shown}" if shown else ""))
    return lines


def _short(value: str | float) -> str:
    """Show a hash by its first characters and a number without noise."""
    if isinstance(value, str):
        return value[:12] if len(value) == 64 else value
    return f"{value:g}" if isinstance(value, float) else str(value)


def _spoken(spoken: SpokenMetrics, words: dict[str, str], number: Number) -> Figures:
    figures: Figures = []
    for one in spoken.speakers:
        if one.talk_s <= 0:
            continue
        rate = number(one.speech_rate_wpm or 0.0, 0)
        percent = number(100 * one.talk_share, 0)
        figures.append(
            (
                words[one.speaker],
                f"{clock(one.talk_s)} ({percent} %), {rate} {words['rate_unit']}",
            )
        )
    longest_s = max((silence.length_s for silence in spoken.silences), default=0.0)
    figures.append((words["silence"], f"{clock(spoken.silence_s)}"))
    if longest_s:
        figures.append((words["longest"], f"{number(longest_s)} s"))
    figures.append((words["overlap"], f"{number(spoken.overlap_s)} s"))
    cuts = ", ".join(
        f"{words[one.speaker].lower()} {one.interruptions}"
        for one in spoken.speakers
        if one.interruptions
    )
    figures.append((words["interruptions"], cuts or "0"))
    if spoken.agent_response_s is not None:
        figures.append((words["response"], f"{number(spoken.agent_response_s)} s"))
    return figures


def _written(written: WrittenMetrics, words: dict[str, str], number: Number) -> Figures:
    figures: Figures = []
    for sender in written.senders:
        name = words["message_count" if sender.messages > 1 else "message"].lower()
        count = f"{sender.messages} {name}"
        figures.append(
            (words[sender.speaker], f"{count}, {sender.words} {words['word_count'].lower()}")
        )
    if written.first_response_s is not None:
        figures.append((words["first_response"], f"{number(written.first_response_s, 0)} s"))
    if written.median_response_s is not None:
        figures.append((words["response"], f"{number(written.median_response_s, 0)} s"))
    return figures
