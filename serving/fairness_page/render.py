"""Rendering a fairness report as one HTML file."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import groupby

from markupsafe import Markup, escape

from quality.fairness import KIND_LABELS, FairnessReport, Flip, KindFairness, Rate, Shift
from quality.fairness.figures import FEWEST_FOR_A_SHIFT
from quality.findings import Bilingual
from serving.fairness_page.words import PageLanguage, words_in
from serving.report.page import page_style, page_template
from serving.version import entendu_version

MOST_FLIPS_OF_A_KIND = 40
_TOKENS = re.compile(r"\s+|[^\s]+")


def render_fairness(report: FairnessReport, *, language: PageLanguage) -> str:
    """Return the page of a report: HTML that asks no other host for anything.

    Args:
        report: What to show.
        language: Of the page's own words.
    """
    view = _View(report, language)
    return page_template("serving.fairness_page", "fairness.html").render(**view.context())


class _View:
    """What the template asks for, in the reader's language."""

    def __init__(self, report: FairnessReport, language: PageLanguage) -> None:
        self.report = report
        self.language = language
        self.words = words_in(language)

    def context(self) -> dict[str, object]:
        """Return the names that the template uses."""
        report, words = self.report, self.words
        flips = {kind: list(own) for kind, own in groupby(report.flips, key=lambda one: one.kind)}
        return {
            "r": report, "t": words, "lang": self.language,
            "css": page_style(("serving.fairness_page", "fairness.css")),
            "version": entendu_version(), "label": self.label, "rate": self.rate,
            "shift": self.shift, "percent": self.percent, "answer": self.answer,
            "answer_class": self.answer_class, "diff": self.diff, "bar": self.bar,
            "kinds": [(kind, flips.get(kind.kind, [])) for kind in report.kinds],
            "flips_of": self.flips_of, "noted": self.noted, "others": self.others,
            "most": MOST_FLIPS_OF_A_KIND,
            "unchanged": [KIND_LABELS[kind].text(self.language) for kind in report.unchanged],
            "variant_label": self.variant_label,
            "method": words["method_text"].format(seed=report.settings.seed),
            "needed": words["needed"].format(
                needed=report.needed, tolerance=self.percent(report.settings.tolerance)
            ),
        }  # fmt: skip

    def label(self, label: Bilingual) -> str:
        return label.text(self.language)

    def variant_label(self, flip: Flip) -> str:
        for kind in self.report.kinds:
            for variant in kind.variants:
                if (kind.kind, variant.id) == (flip.kind, flip.variant):
                    return variant.label.text(self.language)
        return flip.variant

    def flips_of(self, kind: KindFairness) -> tuple[int, int]:
        """Count flipped answers and pairs over a kind's questions."""
        return (
            sum(one.rate.flips for one in kind.questions),
            sum(one.rate.pairs for one in kind.questions),
        )

    def noted(self, kind: KindFairness) -> str:
        """Name the questions whose rate is above the tolerance."""
        return ", ".join(one.id for one in kind.questions if one.verdict in ("doubtful", "fails"))

    def others(self, kind: KindFairness) -> str:
        """Say how many questions had no flip, and what their intervals still allow."""
        calm = [one for one in kind.questions if not one.rate.flips]
        if not calm:
            return ""
        high = max(one.rate.high for one in calm)
        return self.words["others"].format(count=len(calm), high=self.percent(high))

    def percent(self, share: float) -> str:
        text = f"{100 * share:.1f}" if 0 < share < 0.1 else f"{100 * share:.0f}"
        return text.replace(".", ",") + "\u202f%" if self.language == "fr" else text + "%"

    def rate(self, rate: Rate) -> str:
        low, high = self.percent(rate.low), self.percent(rate.high)
        return f"{self.percent(rate.rate)} ({low}–{high})"

    def shift(self, shift: Shift, digits: int = 1) -> str:
        if shift.conversations == 0:
            return "–"
        if shift.mean == shift.low == shift.high == 0:
            return "0"
        numbers = [f"{one:+.{digits}f}" for one in (shift.mean, shift.low, shift.high)]
        if self.language == "fr":
            numbers = [one.replace(".", ",") for one in numbers]
        mean, low, high = (one.replace("-", "\u2212") for one in numbers)
        if shift.conversations < FEWEST_FOR_A_SHIFT:
            return mean
        return f"{mean} ({low} ; {high})" if self.language == "fr" else f"{mean} ({low}; {high})"

    def bar(self, rate: Rate, tolerance: float) -> Markup:
        """Draw a rate with its interval and the tolerance, on a scale that fits the page."""
        top = max(0.2, min(1.0, 1.05 * max(rate.high, tolerance)))
        x = [round(100 * value / top, 1) for value in (rate.low, rate.high, rate.rate, tolerance)]
        return Markup(
            '<svg class="rate" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
            '<rect class="track" width="100" height="10"/>'
            '<rect class="span" x="{}" y="3" width="{}" height="4"/>'
            '<rect class="point" x="{}" width="1.4" height="10"/>'
            '<rect class="limit" x="{}" width="0.8" height="10"/></svg>'
        ).format(x[0], max(0.5, x[1] - x[0]), min(98.6, x[2]), min(99.2, x[3]))

    def answer(self, answer: str) -> str:
        shown = self.words.get(answer, answer)
        return shown.replace(".", ",") if self.language == "fr" else shown

    def answer_class(self, answer: str) -> str:
        return {"1": "v1", "0.5": "v05", "0": "v0"}.get(answer, "na")

    def diff(self, before: str, after: str) -> tuple[Markup, Markup]:
        """Mark the words that differ in two texts."""
        old, new = _TOKENS.findall(before), _TOKENS.findall(after)
        left, right = Markup(), Markup()
        for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            gone, come = escape("".join(old[a:b])), escape("".join(new[c:d]))
            if tag == "equal":
                left, right = left + gone, right + come
                continue
            left += Markup("<del>{}</del>").format(gone) if gone else gone
            right += Markup("<ins>{}</ins>").format(come) if come else come
        return left, right
