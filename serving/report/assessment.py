"""The scorecard and the categories of a report, put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from quality import Evaluation, ItemResult
from quality.categories import CategoryMatch, CategoryReport, load_categories
from quality.review.event import Gate
from serving.analysis import ShownAnalysis
from serving.report.words import ReportLanguage


@dataclass(frozen=True)
class CategoryLines:
    """The categories of a contact, as a report shows them.

    Attributes:
        found: Those that the contact belongs to, those worth an alert first.
        undecided: Names of those that could not be judged.
    """

    found: tuple[CategoryMatch, ...]
    undecided: tuple[str, ...]


def category_lines(report: CategoryReport | None, language: ReportLanguage) -> CategoryLines | None:
    """Return what a report tells of categories; None where none were looked for."""
    if report is None:
        return None
    labels = _labels(report, language)
    return CategoryLines(
        tuple(sorted(report.matches, key=lambda match: not match.alert)),
        tuple(labels.get(one, one.replace("_", " ")) for one in report.undecided),
    )


def gates_line(analysis: ShownAnalysis, words: Mapping[str, str]) -> str:
    """Say how many questions are not counted since people and machine do not agree enough."""
    gates = analysis.gates
    if gates is None or analysis.evaluation is None:
        return ""
    held = Counter(gates.get(item.id) for item in analysis.evaluation.items)
    withheld: tuple[Gate, ...] = ("assist", "off")
    parts = [
        f"{held[gate]} {words[f'gate_{gate}_many' if held[gate] > 1 else f'gate_{gate}_one']}"
        for gate in withheld
        if held[gate]
    ]
    shown = ", ".join(parts) if parts else words["gate_all"]
    return f"{words['gates']}{words['colon']}{shown}."


def counts(gates: Mapping[str, Gate] | None, item: ItemResult) -> bool:
    """Say whether a question that has a value counts in the score."""
    return gates is None or gates.get(item.id) == "auto"


def explanation(evaluation: Evaluation | None, language: ReportLanguage) -> str:
    """Return what the score is made of; empty in results of versions that did not say."""
    if evaluation is None:
        return ""
    return evaluation.explanation_en if language == "en" else evaluation.explanation_fr


def _labels(report: CategoryReport, language: ReportLanguage) -> dict[str, str]:
    """Name the categories where the definition that was used is the shipped one."""
    if not report.undecided:
        return {}
    shipped = load_categories()
    if report.provenance.settings.get("categories_sha256") != shipped.sha256:
        return {}
    return {one.id: one.label.text(language) for one in shipped.categories}
