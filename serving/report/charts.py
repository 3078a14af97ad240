"""The drawings of a report, as SVG that scales and prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from conversation import Conversation
from nlu import SentimentResult
from serving.clock import clock
from serving.report.people import Person

WIDTH = 640.0
_PAD_LEFT = 74.0
_PAD_RIGHT = 12.0


@dataclass(frozen=True)
class _Point:
    x: float
    y: float
    score: float
    turn_index: int
    title: str


def mood_curve(
    conversation: Conversation,
    sentiment: SentimentResult,
    *,
    labels: tuple[str, str, str],
    description: str,
) -> Markup:
    """Draw the customer's sentiment along the conversation.

    Args:
        conversation: Gives the times; text channels are drawn by turn.
        sentiment: Scores of the customer's turns, −1 to 1.
        labels: Words for positive, neutral and negative.
        description: What the drawing says, for those who do not see it.

    Returns:
        An ``<svg>`` of 640 by 190 units; colours are classes of the style sheet.
    """
    top, bottom = 18.0, 158.0
    middle = (top + bottom) / 2
    spoken = conversation.is_spoken
    length = conversation.duration_s if spoken else float(max(1, len(conversation.turns) - 1))
    length = length or 1.0
    points = []
    for mood in sentiment.turns:
        turn = conversation.turns[mood.turn_index]
        at = float(turn.index)
        if spoken and turn.start_s is not None and turn.end_s is not None:
            at = (turn.start_s + turn.end_s) / 2
        x = _PAD_LEFT + (WIDTH - _PAD_LEFT - _PAD_RIGHT) * min(1.0, at / length)
        y = middle - (middle - top) * max(-1.0, min(1.0, mood.score))
        points.append(_Point(x, y, mood.score, turn.index, turn.text))
    parts = [
        f'<svg class="mood" viewBox="0 0 {WIDTH:g} 190" role="group" '
        f'aria-label="{escape(description)}">',
        f'<rect class="zone good" x="{_PAD_LEFT}" y="{top}" '
        f'width="{WIDTH - _PAD_LEFT - _PAD_RIGHT}" height="{middle - top}"/>',
        f'<rect class="zone bad" x="{_PAD_LEFT}" y="{middle}" '
        f'width="{WIDTH - _PAD_LEFT - _PAD_RIGHT}" height="{bottom - middle}"/>',
        f'<line class="axis" x1="{_PAD_LEFT}" x2="{WIDTH - _PAD_RIGHT}" '
        f'y1="{middle}" y2="{middle}"/>',
    ]
    for label, y in zip(labels, (top + 10, middle + 4, bottom - 3), strict=True):
        parts.append(f'<text class="tick" x="{_PAD_LEFT - 8}" y="{y}" text-anchor="end">')
        parts.append(f"{escape(label)}</text>")
    if len(points) > 1:
        parts.append(f'<path class="area" d="{_smooth(points)} L{points[-1].x:.1f},{middle} ')
        parts.append(f'L{points[0].x:.1f},{middle} Z"/>')
        parts.append(f'<path class="curve" d="{_smooth(points)}"/>')
    for point in points:
        tone = "good" if point.score > 0.2 else "bad" if point.score < -0.2 else "flat"
        parts.append(
            f'<a href="#t{point.turn_index}"><circle class="dot {tone}" cx="{point.x:.1f}" '
            f'cy="{point.y:.1f}" r="5"><title>{escape(_short(point.title))} '
            f"({point.score:+.2f})</title></circle></a>"
        )
    if spoken:
        parts += _time_ticks(length, y=178.0)
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text above went through escape()


def talk_timeline(
    length_s: float,
    people: Sequence[Person],
    silences: Sequence[tuple[float, float]],
    *,
    sounds: Sequence[tuple[str, float, float]],
    line_label: str,
    silence_label: str,
    description: str,
) -> Markup:
    """Draw who talks when, one row a speaker, silences behind, sounds of the line below.

    Args:
        length_s: Of the call.
        people: Those who speak, with times in their turns.
        silences: Start and end in seconds of the silences to show.
        sounds: What is heard on the line besides speech, with start and end in seconds.
        line_label: What to call the row of these.
        silence_label: Word for a silence, shown on hovering.
        description: What the drawing says, for those who do not see it.
    """
    length = length_s or 1.0
    rows = len(people) + bool(sounds)
    height = 26.0 * rows + 30

    def x_of(at_s: float) -> float:
        return _PAD_LEFT + (WIDTH - _PAD_LEFT - _PAD_RIGHT) * min(1.0, at_s / length)

    parts = [
        f'<svg class="talk" viewBox="0 0 {WIDTH:g} {height:g}" role="group" '
        f'aria-label="{escape(description)}">'
    ]
    for start_s, end_s in silences:
        parts.append(
            f'<rect class="silence" x="{x_of(start_s):.1f}" y="2" '
            f'width="{max(1.0, x_of(end_s) - x_of(start_s)):.1f}" height="{height - 26:g}">'
            f"<title>{escape(silence_label)} {clock(start_s)}, {end_s - start_s:.1f} s</title>"
            "</rect>"
        )
    for row, person in enumerate(people):
        y = 6 + 26.0 * row
        parts += _row_label(person.label, y)
        for turn in person.turns:
            if turn.start_s is None or turn.end_s is None:
                continue
            left, right = x_of(turn.start_s), x_of(turn.end_s)
            parts.append(
                f'<a href="#t{turn.index}"><rect class="bar {person.role}" '
                f'x="{left:.1f}" y="{y:g}" '
                f'width="{max(1.5, right - left):.1f}" height="16" rx="3">'
                f"<title>{clock(turn.start_s)} {escape(_short(turn.text))}</title></rect></a>"
            )
    if sounds:
        y = 6 + 26.0 * len(people)
        parts += _row_label(line_label, y)
        for name, start_s, end_s in sounds:
            left, right = x_of(start_s), x_of(end_s)
            parts.append(
                f'<rect class="bar line" x="{left:.1f}" y="{y + 4:g}" '
                f'width="{max(1.5, right - left):.1f}" height="8" rx="3">'
                f"<title>{escape(name)} {clock(start_s)}–{clock(end_s)}</title></rect>"
            )
    parts += _time_ticks(length, y=height - 6)
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text above went through escape()


def _row_label(label: str, y: float) -> list[str]:
    return [
        f'<text class="tick" x="{_PAD_LEFT - 8}" y="{y + 12}" text-anchor="end">',
        f"{escape(label)}</text>",
    ]


def _time_ticks(length_s: float, *, y: float) -> list[str]:
    steps = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
    step_s = next((step for step in steps if length_s / step <= 7), 7200)
    span = WIDTH - _PAD_LEFT - _PAD_RIGHT
    ticks = []
    at_s = 0
    while at_s <= length_s:
        x = _PAD_LEFT + span * at_s / length_s
        anchor = "end" if x > WIDTH - _PAD_RIGHT - 14 else "middle"
        ticks.append(
            f'<text class="tick" x="{x:.1f}" y="{y:g}" text-anchor="{anchor}">{clock(at_s)}</text>'
        )
        at_s += step_s
    return ticks


def _smooth(points: Sequence[_Point]) -> str:
    """Return a path through the points that never overshoots them (horizontal tangents)."""
    path = f"M{points[0].x:.1f},{points[0].y:.1f}"
    for before, after in pairwise(points):
        half = (before.x + after.x) / 2
        path += f" C{half:.1f},{before.y:.1f} {half:.1f},{after.y:.1f} {after.x:.1f},{after.y:.1f}"
    return path


def _short(text: str, limit: int = 110) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
