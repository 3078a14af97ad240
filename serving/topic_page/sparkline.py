"""A topic's conversations over time, drawn as bars."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from nlu.topics.growth import PeriodCount

WIDTH = 300.0
HEIGHT = 64.0
_BASE = 46.0
_TOP = 5.0


def sparkline(
    periods: Sequence[PeriodCount],
    *,
    recent_from: int,
    description: str,
    ends: tuple[str, str],
    titles: Sequence[str],
) -> Markup:
    """Draw counts by day or week.

    Args:
        periods: In order, without gaps.
        recent_from: Position of the first period of the recent window; drawn stronger.
        description: What the drawing says, for those who do not see it.
        ends: How the first and the last period are written below.
        titles: What is shown on pointing at each period.

    Returns:
        An ``<svg>``; colours are classes of the style sheet.
    """
    most = max((period.count for period in periods), default=0) or 1
    step = WIDTH / max(len(periods), 1)
    gap = min(2.0, step * 0.2)
    parts = [
        f'<svg class="spark" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
        f'aria-label="{escape(description)}">',
        f'<line class="axis" x1="0" x2="{WIDTH:g}" y1="{_BASE + 0.5:g}" y2="{_BASE + 0.5:g}"/>',
    ]
    for i, (period, title) in enumerate(zip(periods, titles, strict=True)):
        height = (_BASE - _TOP) * period.count / most
        style = "recent" if i >= recent_from else "past"
        x, width = i * step + gap / 2, max(step - gap, 0.6)
        if period.count:
            parts.append(
                f'<rect class="{style}" x="{x:.2f}" y="{_BASE - height:.2f}" '
                f'width="{width:.2f}" height="{height:.2f}" rx="{min(1.5, width / 3):.2f}"/>'
            )
        parts.append(
            f'<rect class="hit" x="{i * step:.2f}" y="0" width="{step:.2f}" height="{_BASE:g}">'
            f"<title>{escape(title)}</title></rect>"
        )
    parts.append(f'<text x="0" y="{HEIGHT - 3:g}">{escape(ends[0])}</text>')
    parts.append(
        f'<text x="{WIDTH:g}" y="{HEIGHT - 3:g}" text-anchor="end">{escape(ends[1])}</text></svg>'
    )
    return Markup("".join(parts))  # noqa: S704 - every text above went through escape()
