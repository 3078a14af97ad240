"""A day of a forecast, drawn: expected contacts with their interval, and the agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from quality.forecast import HalfHour

WIDTH = 340.0
HEIGHT = 110.0
_BASE = 92.0
_TOP = 6.0
_HOURS = (0, 6, 12, 18, 24)


def day_chart(
    halves: Sequence[HalfHour], *, most: float, description: str, words: Mapping[str, str]
) -> Markup:
    """Draw the half-hours of a day.

    Args:
        halves: In order; 48, or 46 and 50 where the clock changes.
        most: What the whole height stands for, so that days can be compared.
        description: What the drawing says, for those who do not see it.
        words: Of the page, in the reader's language.

    Returns:
        An ``<svg>``; colours are classes of the style sheet.
    """
    step = WIDTH / max(len(halves), 1)
    scale = (_BASE - _TOP) / max(most, 1.0)
    parts = [
        f'<svg class="day-chart" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-label="{escape(description)}">',
        f'<line class="axis" x1="0" x2="{WIDTH:g}" y1="{_BASE + 0.5:g}" y2="{_BASE + 0.5:g}"/>',
    ]
    for i, each in enumerate(halves):
        x, width = i * step + 0.6, step - 1.2
        if each.high > 0:
            top, height = _BASE - scale * each.high, scale * (each.high - each.low)
            parts.append(
                f'<rect class="range" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" '
                f'height="{height:.1f}"/>'
            )
        if each.expected > 0:
            height = scale * each.expected
            parts.append(
                f'<rect class="expected" x="{x + width * 0.2:.1f}" y="{_BASE - height:.1f}" '
                f'width="{width * 0.6:.1f}" height="{height:.1f}"/>'
            )
        agents = f", {words['agents'].lower()} {each.staffing.agents}" if each.staffing else ""
        title = f"{each.start:%H:%M} · {each.expected:.1f} [{each.low:g} – {each.high:g}]{agents}"
        parts.append(
            f'<rect class="hit" x="{i * step:.1f}" y="0" width="{step:.1f}" height="{_BASE:g}">'
            f"<title>{escape(title)}</title></rect>"
        )
    staffed = [each.staffing.agents if each.staffing else 0 for each in halves]
    if any(staffed):
        path = "".join(
            f"{'M' if i == 0 else 'L'}{i * step:.1f} {_BASE - scale * n:.1f}H{(i + 1) * step:.1f}"
            for i, n in enumerate(staffed)
        )
        parts.append(f'<path class="agents" d="{path}"/>')
    for hour in _HOURS:
        anchor = "start" if hour == 0 else "end" if hour == 24 else "middle"
        x = WIDTH * hour / 24
        parts.append(f'<text x="{x:g}" y="{HEIGHT - 4:g}" text-anchor="{anchor}">{hour} h</text>')
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every text above went through escape()
