"""Rendering a replay as one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from kb_search import Citation
from kb_search.assistant import (
    Card,
    ConversationReplay,
    FigureDifference,
    Label,
    ReplayedNeed,
    ReplayFigures,
)
from serving.clock import clock
from serving.replay_page.charts import interval, timeline
from serving.replay_page.words import PageLanguage, words_in
from serving.report.page import page_style, page_template
from serving.version import entendu_version

if TYPE_CHECKING:
    from serving.replaying import ReplayReport


def render_replay(report: ReplayReport, *, language: PageLanguage) -> str:
    """Return the page of a report: HTML that asks no other host for anything.

    Args:
        report: What to show.
        language: Of the page's own words.
    """
    return page_template("serving.replay_page", "replay.html").render(
        **_View(report, language).context()
    )


class _View:
    """What the template asks for, in the reader's language."""

    def __init__(self, report: ReplayReport, language: PageLanguage) -> None:
        self.report = report
        self.language = language
        self.words = words_in(language)

    def context(self) -> dict[str, object]:
        """Return the names that the template uses."""
        rules = self.report.rules
        method = self.words["method_text"].format(
            gap=f"{rules.min_gap_s:g}", repeat=f"{rules.repeat_after_s / 60:g}",
            late=f"{rules.max_delay_s:g}", least=self.number(rules.min_confidence, 2),
        )  # fmt: skip
        two = self.report.comparison is not None
        return {
            "r": self.report, "t": self.words, "lang": self.language,
            "css": page_style(("serving.replay_page", "replay.css")),
            "version": entendu_version(), "method": method, "clock": clock,
            "title": self.words["title_two" if two else "title"], "number": self.number,
            "place": self.place, "chart": self.chart, "needs": self.needs, "missed": self.missed,
            "figure": self.figure, "step": self.step, "drawn": self.drawn, "ends": self.ends,
            "numbers": self.numbers(), "rows": self.rows(),
        }  # fmt: skip

    def number(self, value: float | None, digits: int) -> str:
        if value is None:
            return "–"
        text = f"{value:.{digits}f}"
        return text.replace(".", ",") if self.language == "fr" else text

    def percent(self, share: float | None) -> str:
        if share is None:
            return "–"
        return f"{100 * share:.0f}\u202f%" if self.language == "fr" else f"{100 * share:.0f}%"

    def place(self, citation: Citation) -> str:
        place = citation.title
        return place if citation.heading is None else f"{place} › {citation.heading}"

    def figure(self, name: str, value: float | None) -> str:
        return self.number(value, 2) if name == "cards_per_minute" else self.percent(value)

    def step(self, name: str, value: float | None) -> str:
        if value is None:
            return "–"
        digits, scale = (2, 1) if name == "cards_per_minute" else (0, 100)
        text = f"{scale * value:+.{digits}f}".replace("-", "−")
        return text.replace(".", ",") if self.language == "fr" else text

    def ends(self, figure: FigureDifference) -> str:
        if figure.low is None or figure.high is None:
            return ""
        return self.words["range"].format(
            low=self.step(figure.name, figure.low), high=self.step(figure.name, figure.high)
        )

    def drawn(self, figure: FigureDifference) -> Markup:
        if figure.difference is None or figure.low is None or figure.high is None:
            return Markup("–")
        description = self.words["chart_interval"].format(
            difference=self.number(figure.difference, 3), low=self.number(figure.low, 3),
            high=self.number(figure.high, 3),
        )  # fmt: skip
        return interval(figure.difference, figure.low, figure.high, description=description)

    def numbers(self) -> list[tuple[str, str]]:
        """Return the figures of the first knowledge base that stand large at the top."""
        figures, words = self.report.figures, self.words
        shown: list[tuple[str, str]] = []
        if figures.labels is not None:
            labels = figures.labels
            of = words["of"]
            shown = [
                (
                    f"{words['precision_at_1']} ({labels.right} {of} {labels.cards})",
                    self.percent(labels.precision_at_1),
                ),
                (
                    f"{words['recall']} ({labels.met} {of} {labels.needs})",
                    self.percent(labels.recall),
                ),
            ]
        return [
            *shown,
            (words["cards_per_minute"], self.number(figures.cards_per_minute, 2)),
            (
                f"{words['asked_with_card_share']} ({figures.asked_with_card} {words['of']} "
                f"{figures.asked})",
                self.percent(figures.asked_with_card_share),
            ),
            (words["delay_median"], f"{self.number(figures.delay_median_s, 2)} s"),
            (words["delay_p95"], f"{self.number(figures.delay_p95_s, 2)} s"),
        ]

    def rows(self) -> list[tuple[str, tuple[str, str]]]:
        """Return the further figures of both knowledge bases, side by side."""
        comparison, words = self.report.comparison, self.words
        if comparison is None:
            return []
        both = (comparison.a, comparison.b)

        def pair(values: list[str]) -> tuple[str, str]:
            return values[0], values[1]

        rows = [
            (words["cards"].capitalize(), pair([str(each.cards) for each in both])),
            (words["delay_median"], pair([self._seconds(each.delay_median_s) for each in both])),
            (words["delay_p95"], pair([self._seconds(each.delay_p95_s) for each in both])),
        ]
        reasons = sorted({reason for each in both for reason in each.suppressed})
        rows += [
            (
                f"{words['not_shown']}{words['colon']}{words[reason]}",
                pair([self._count(each, reason) for each in both]),
            )
            for reason in reasons
        ]
        return rows

    def _seconds(self, value: float | None) -> str:
        return "–" if value is None else f"{self.number(value, 2)} s"

    def _count(self, figures: ReplayFigures, reason: str) -> str:
        return str(dict(figures.suppressed).get(reason, 0))  # type: ignore[call-overload]

    def chart(self, replay: ConversationReplay) -> Markup:
        length = clock(replay.duration_s)
        return timeline(
            [(card.shown_at_s, self._kind(replay, card), card.text) for card in replay.cards],
            [need.asked_at_s for need in replay.needs if need.kind != "statement"],
            length_s=replay.duration_s,
            gap_s=self.report.rules.min_gap_s,
            description=self.words["chart"].format(name=replay.conversation, length=length),
            ends=(clock(0), length),
        )

    def _kind(self, replay: ConversationReplay, card: Card) -> str:
        right = replay.is_right(card)
        return "" if right is None else "good" if right else "bad"

    def needs(
        self, replay: ConversationReplay
    ) -> list[tuple[ReplayedNeed, Card | None, bool | None]]:
        """Return what was asked and what became a card, in order; other statements are left out."""
        cards = {card.id: card for card in replay.cards}
        listed: list[tuple[ReplayedNeed, Card | None, bool | None]] = []
        for need in replay.needs:
            if need.kind == "statement" and need.outcome == "unsure":
                continue
            card = cards.get(need.id)
            listed.append((need, card, None if card is None else replay.is_right(card)))
        return listed

    def missed(self, replay: ConversationReplay) -> list[Label]:
        return [
            label
            for label in replay.labels or ()
            if label.documents
            and not any(
                card.asked_turn in label.turns and label.answered_by(card.citation)
                for card in replay.cards
            )
        ]
