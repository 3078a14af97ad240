"""The two drawings of the page: a conversation's cards in time, and an interval."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

_WIDTH = 1000
_MARGIN = 8


def timeline(
    marks: Sequence[tuple[float, str, str]],
    ticks: Sequence[float],
    *,
    length_s: float,
    gap_s: float,
    description: str,
    ends: tuple[str, str],
) -> Markup:
    """Draw a conversation from left to right.

    Args:
        marks: For each card when it is shown (s), its class and its title.
        ticks: When the customer asked something (s).
        length_s: Of the conversation.
        gap_s: After a card, for how long none may come.
        description: For those who cannot see it.
        ends: Labels of its beginning and end.
    """
    whole_s = max(length_s, *(mark[0] for mark in marks), 1.0) if marks else max(length_s, 1.0)

    def x(at_s: float) -> float:
        return round(_MARGIN + (_WIDTH - 2 * _MARGIN) * at_s / whole_s, 1)

    parts = [
        f'<rect class="quiet" x="{x(at_s)}" y="8" height="18" '
        f'width="{round(x(min(whole_s, at_s + gap_s)) - x(at_s), 1)}"/>'
        for at_s, _, _ in marks
    ]
    parts.append(f'<line class="axis" x1="{_MARGIN}" x2="{_WIDTH - _MARGIN}" y1="17" y2="17"/>')
    parts += [f'<line class="tick" x1="{x(at)}" x2="{x(at)}" y1="11" y2="23"/>' for at in ticks]
    parts += [
        f'<circle class="dot {escape(kind)}" cx="{x(at_s)}" cy="17" r="7">'
        f"<title>{escape(title)}</title></circle>"
        for at_s, kind, title in marks
    ]
    parts.append(f'<text x="{_MARGIN}" y="42">{escape(ends[0])}</text>')
    parts.append(f'<text x="{_WIDTH - _MARGIN}" y="42" text-anchor="end">{escape(ends[1])}</text>')
    return _svg(_WIDTH, 46, "timeline", description, parts)


def interval(difference: float, low: float, high: float, *, description: str) -> Markup:
    """Draw an interval around a difference, zero in the middle.

    Args:
        difference: The difference.
        low: Lower end.
        high: Upper end.
        description: For those who cannot see it.
    """
    reach = 1.15 * max(abs(low), abs(high), abs(difference), 1e-9)

    def x(value: float) -> float:
        return round(120 + 112 * value / reach, 1)

    kind = "good" if low > 0 else "bad" if high < 0 else "flat"
    parts = [
        '<line class="axis" x1="120" x2="120" y1="3" y2="25"/>',
        f'<line class="span {kind}" x1="{x(low)}" x2="{x(high)}" y1="14" y2="14"/>',
        f'<circle class="dot {kind}" cx="{x(difference)}" cy="14" r="5"/>',
    ]
    return _svg(240, 28, "interval", description, parts)


def _svg(width: int, height: int, name: str, description: str, parts: Sequence[str]) -> Markup:
    body = "".join(parts)
    return Markup(  # noqa: S704 - built here, its texts escaped above
        f'<svg class="{name}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(description)}">{body}</svg>'
    )
