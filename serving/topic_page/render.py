"""Rendering a report on topics as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from markupsafe import Markup

from nlu.taxonomy import Bilingual
from nlu.topics import Topic, TopicReport
from nlu.topics.growth import Growth
from serving.report.page import page_style, page_template
from serving.topic_page.sparkline import sparkline
from serving.topic_page.words import PageLanguage, words_in
from serving.version import entendu_version

_MONTHS_FR = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()
_MONTHS_EN = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_HUGE_RATIO = 1000.0


def render_topics(
    report: TopicReport,
    *,
    language: PageLanguage,
    reasons: Mapping[str, Bilingual] | None = None,
    links: Mapping[str, str] | None = None,
) -> str:
    """Return the page of a report: HTML that asks no other host for anything.

    Args:
        report: What to show.
        language: Of the page's own words.
        reasons: Names of the known reasons, by code; a code without a name is shown itself.
        links: For a conversation, where its own report is, relative to the page.
    """
    view = _View(report, language, reasons or {}, links or {})
    return page_template("serving.topic_page", "topics.html").render(**view.context())


class _View:
    """What the template asks for, in the reader's language."""

    def __init__(
        self,
        report: TopicReport,
        language: PageLanguage,
        reasons: Mapping[str, Bilingual],
        links: Mapping[str, str],
    ) -> None:
        self.report = report
        self.language = language
        self.words = words_in(language)
        self.reasons = reasons
        self.links = links

    def context(self) -> dict[str, object]:
        """Return the names that the template uses."""
        settings = self.report.provenance.settings
        method = self.words["method_text"].format(
            least=settings["min_conversations"], error=self.percent(float(str(settings["error"])))
        )
        return {
            "r": self.report, "t": self.words, "lang": self.language,
            "css": page_style(("serving.topic_page", "topics.css")),
            "version": entendu_version(), "method": method, "models": self.models(),
            "label": self.label, "reason": self.reason, "chart": self.chart,
            "percent": self.percent, "growth": self.growth, "day": self.day,
            "integer": self.integer, "links": self.links, "languages": self.languages,
        }  # fmt: skip

    def label(self, label: Bilingual) -> str:
        return label.text(self.language)

    def reason(self, code: str) -> str:
        return self.reasons[code].text(self.language) if code in self.reasons else code

    def languages(self, topic: Topic) -> str:
        if len(topic.languages) < 2:
            return ""
        parts = sorted(topic.languages.items(), key=lambda each: (-each[1], each[0]))
        return ", ".join(f"{count} {self.words.get(f'lang_{tag}', tag)}" for tag, count in parts)

    def models(self) -> str:
        return ", ".join(model.name for model in self.report.provenance.models)

    def chart(self, topic: Topic) -> Markup:
        periods = topic.periods
        if len(periods) < 2:
            return Markup()
        weekly = (periods[1].start - periods[0].start).days > 1
        name = self.words["week" if weekly else "day"]
        window = topic.growth.window_days if topic.growth else 0
        last_day = self.report.last_day or periods[-1].start
        recent = last_day - timedelta(days=window - 1) if window else last_day + timedelta(days=1)
        length = 7 if weekly else 1
        recent_from = sum(p.start + timedelta(days=length) <= recent for p in periods)
        most = max(period.count for period in periods)
        first, last = self.day(periods[0].start), self.day(last_day)
        titles = [f"{self.day(p.start)}{self.words['colon']}{p.count} / {p.total}" for p in periods]
        description = self.words["chart"].format(period=name, first=first, last=last, most=most)
        return sparkline(
            periods, recent_from=recent_from, description=description, ends=(first, last),
            titles=titles,
        )  # fmt: skip

    def growth(self, growth: Growth) -> str:
        words = self.words
        window = (
            words["window_1"]
            if growth.window_days == 1
            else words["window"].format(days=growth.window_days)
        )
        parts = [
            words["growth"].format(
                recent=growth.recent, recent_total=self.integer(growth.recent_total),
                window=window, before=growth.before,
                before_total=self.integer(growth.before_total),
            )
        ]  # fmt: skip
        if growth.ratio is None:
            if growth.low > 0:
                parts.append(words["interval_open"].format(low=self.number(growth.low)))
        else:
            high = (
                self.number(growth.high)
                if growth.high is not None and growth.high < _HUGE_RATIO
                else words["no_limit"]
            )
            parts.append(words["ratio"].format(ratio=self.number(growth.ratio)))
            parts.append(words["interval"].format(low=self.number(growth.low), high=high))
        return " · ".join(parts)

    def percent(self, share: float) -> str:
        percent = 100 * share
        text = f"{percent:.0f}" if percent >= 1 or percent == 0 else f"{percent:.1f}"
        return text.replace(".", ",") + "\u202f%" if self.language == "fr" else text + "%"

    def number(self, value: float) -> str:
        text = f"{value:.0f}" if value >= 10 else f"{value:.1f}"
        return text.replace(".", ",") if self.language == "fr" else text

    def integer(self, value: int) -> str:
        return f"{value:,}".replace(",", "\u202f" if self.language == "fr" else ",")

    def day(self, day: date) -> str:
        months = _MONTHS_FR if self.language == "fr" else _MONTHS_EN
        return f"{day.day} {months[day.month - 1]} {day.year}"
