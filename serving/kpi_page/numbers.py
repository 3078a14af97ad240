"""Figures as a reader writes them, in French and English."""

from __future__ import annotations

from quality.kpi import Figure, KpiDefinition
from quality.kpi.definitions import Language, Unit

_NARROW = "\u202f"
_HOUR_S = 3600


def number(value: float, language: Language, decimals: int = 0) -> str:
    """Write a number with the language's decimal sign and thousands."""
    text = f"{value:,.{decimals}f}"
    if language == "fr":
        return text.replace(",", _NARROW).replace(".", ",")
    return text


def duration(seconds: float, language: Language) -> str:
    """Write seconds as seconds, minutes, hours or days."""
    sign, left = ("-", -seconds) if seconds < 0 else ("", seconds)
    if left < 9.95:
        return f"{sign}{number(left, language, 1)} s"
    whole = round(left)
    if whole < 60:
        return f"{sign}{whole} s"
    if whole < 3600:
        return f"{sign}{whole // 60} min {whole % 60:02d} s"
    minutes = round(left / 60)
    if minutes < 48 * 60:
        return f"{sign}{minutes // 60} h {minutes % 60:02d}"
    return f"{sign}{number(left / 86400, language, 1)} {'j' if language == 'fr' else 'd'}"


def percent(share: float, language: Language) -> str:
    """Write a share of 0 to 1 in percent."""
    sign = f"{_NARROW}%" if language == "fr" else "%"
    return number(100 * share, language, 1) + sign


def valued(value: float, unit: Unit, language: Language, currency: str) -> str:
    """Write a value with its unit."""
    match unit:
        case "share":
            return percent(value, language)
        case "seconds":
            return duration(value, language)
        case "money":
            amount = number(value, language, 2)
            return f"{amount} €" if currency == "EUR" else f"{amount} {currency}"
        case "points":
            return ("+" if value > 0 else "") + number(value, language, 0)
        case "scale":
            return number(value, language, 2) + " / 7"
        case "score":
            return number(value, language, 1) + " / 100"
        case "rate":
            return number(value, language, 0) + (" mots/min" if language == "fr" else " words/min")
        case "count":
            return number(value, language, 0)


def figure_text(each: Figure, definition: KpiDefinition, language: Language, currency: str) -> str:
    """Write a figure's value; a dash where there is none."""
    if each.value is None:
        return "–"
    text = valued(each.value, definition.unit, language, currency)
    return f"≈ {text}" if each.approximate else text


def interval_text(
    each: Figure,
    definition: KpiDefinition,
    language: Language,
    currency: str,
    *,
    brief: bool = False,
) -> str:
    """Write a figure's interval, without the unit where it stands at the value; or nothing.

    Args:
        each: The figure.
        definition: Of its KPI.
        language: Of the reader.
        currency: Of money.
        brief: Whether seconds are written as minutes and seconds with a colon.
    """
    if each.low is None or each.high is None:
        return ""
    unit = definition.unit
    if unit in {"share", "scale", "score", "rate", "points"}:
        factor, decimals = {"share": (100, 1), "scale": (1, 2), "score": (1, 1)}.get(unit, (1, 0))
        low, high = (number(factor * end, language, decimals) for end in (each.low, each.high))
    elif unit == "seconds" and brief and max(abs(each.low), abs(each.high)) < _HOUR_S:
        low, high = (f"{round(end) // 60}:{round(end) % 60:02d}" for end in (each.low, each.high))
    else:
        low, high = (valued(end, unit, language, currency) for end in (each.low, each.high))
    return f"{low} – {high}"
