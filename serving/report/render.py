"""Rendering an analysis as one HTML file."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from conversation import Turn
from kb_search import Answer
from nlu import CustomerQuestion, NoteRefused, ReasonScore, WrapUpNote
from quality import ItemResult, SectionResult
from serving.analysis import ShownAnalysis
from serving.clock import clock
from serving.report.assessment import category_lines, counts, explanation, gates_line
from serving.report.charts import mood_curve, talk_timeline
from serving.report.contact import contact_facts, promise_line, route_line
from serving.report.figures import (
    account_lines,
    dropped_lines,
    figures_of,
    line_sounds,
    provenance_lines,
    share_bar,
)
from serving.report.page import page_style, page_template
from serving.report.people import People
from serving.report.words import ReportLanguage, words_in
from serving.typesetting import typeset

_MONTHS_FR = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)
_VERDICTS = {1.0: ("v1", "met"), 0.5: ("v05", "partly"), 0.0: ("v0", "not_met")}


def render_report(analysis: ShownAnalysis, *, language: ReportLanguage | None = None) -> str:
    """Return the report of an analysis: HTML that asks no other host or file for anything.

    Args:
        analysis: What to show.
        language: Of the report's own words; that of the conversation when None, French when it
            is neither French nor English.
    """
    if language is None:
        language = "en" if analysis.understanding.language == "en" else "fr"
    view = _View(analysis, language)
    return page_template("serving.report", "report.html").render(**view.context())


class _View:
    """What the template asks for, in the reader's language."""

    def __init__(self, analysis: ShownAnalysis, language: ReportLanguage) -> None:
        self.analysis = analysis
        self.language = language
        self.french = language == "fr"
        self.words = words_in(language) | {
            "colon": typeset(" : ") if language == "fr" else ": ",
            "open_quote": typeset("« ") if language == "fr" else "“",
            "close_quote": typeset(" »") if language == "fr" else "”",
        }
        self.words["also_prefix"] = self.words["secondary"] + self.words["colon"]
        self.people = People(analysis.conversation, self.words)

    def context(self) -> dict[str, object]:
        """Return the names that the template uses."""
        analysis = self.analysis
        conversation, understanding = analysis.conversation, analysis.understanding
        transcription, note = analysis.transcription, understanding.note
        questions: list[tuple[CustomerQuestion, Answer | None]] = [
            (item.question, item.answer) for item in analysis.questions
        ] or [(question, None) for question in understanding.questions]
        return {
            "a": analysis, "c": conversation, "ev": analysis.evaluation,
            "metrics": analysis.metrics, "reasons": understanding.reasons,
            "sentiment": understanding.sentiment, "found_questions": questions,
            "t": self.words, "lang": self.language, "css": page_style(), "title": self.title(),
            "warnings": transcription.warnings if transcription else (),
            "contact": contact_facts(understanding, self.words),
            "emergency": understanding.axes.urgency.emergency_numbers,
            "route": route_line(understanding.routing, french=self.french),
            "promises": [
                (one.who, promise_line(one, self.words), one.evidence[0], self.due(one.due))
                for one in understanding.commitments
            ],
            "note_sentences": [
                (typeset(sentence.text), sentence.evidence[0]) for sentence in note.sentences
            ]
            if isinstance(note, WrapUpNote)
            else (),
            "note_refused": note.message if isinstance(note, NoteRefused) else "",
            "mood_svg": self.mood_svg(), "talk_svg": self.talk_svg(),
            "shares": share_bar(analysis, self.words) if conversation.is_spoken else "",
            "figures": figures_of(analysis, self.words, self.number),
            "account": account_lines(transcription, self.words, self.number),
            "dropped": dropped_lines(transcription, self.words),
            "who": self.people.of_turn, "participant": self.people.at,
            "provenance": provenance_lines(analysis),
            "redacted": ", ".join(
                f"{count} × {kind}" for kind, count in sorted(analysis.redaction.counts.items())
            )
            or self.words["redacted_none"],
            "clock": clock, "date": self.date, "label": self.label, "parent": self.parent,
            "percent": self.percent, "signed": self.signed, "number": self.number,
            "tone": tone, "turn_time": self.turn_time, "item_label": self.item_label,
            "section_label": self.section_label, "verdict": self.verdict,
            "explanation": typeset(explanation(analysis.evaluation, self.language)),
            "gates_line": gates_line(analysis, self.words), "gate_tag": self.gate_tag,
            "categories": category_lines(analysis.categories, self.language),
        }  # fmt: skip

    def title(self) -> str:
        subject = self.analysis.conversation.metadata.get("subject")
        return subject if isinstance(subject, str) and subject else self.analysis.source.name

    def mood_svg(self) -> Markup | None:
        sentiment = self.analysis.understanding.sentiment
        if sentiment is None or len(sentiment.turns) < 2:
            return None  # one message has no course to draw
        words = self.words
        return mood_curve(
            self.analysis.conversation,
            sentiment,
            labels=(words["positive"], words["neutral"], words["negative"]),
            description=f"{words['mood']}{words['colon']}{words['start']} "
            f"{self.signed(sentiment.start)}, {words['end']} {self.signed(sentiment.end)}",
        )

    def talk_svg(self) -> Markup | None:
        conversation, spoken = self.analysis.conversation, self.analysis.metrics.spoken
        if not conversation.is_spoken or spoken is None:
            return None
        return talk_timeline(
            conversation.duration_s or 0.0,
            list(self.people.speaking()),
            [(silence.start_s, silence.end_s) for silence in spoken.silences],
            sounds=line_sounds(self.analysis.transcription, self.words),
            line_label=self.words["line"],
            silence_label=self.words["silence"],
            description=self.words["balance"],
        )

    def label(self, reason: ReasonScore) -> str:
        return reason.label_fr if self.french else reason.label_en

    def parent(self, reason: ReasonScore) -> str:
        parent = reason.parent_label_fr if self.french else reason.parent_label_en
        return f"{parent} · " if parent else ""

    def item_label(self, item: ItemResult) -> str:
        return item.label_fr if self.french else item.label_en

    def section_label(self, section: SectionResult) -> str:
        return section.label_fr if self.french else section.label_en

    def verdict(self, item: ItemResult) -> Markup:
        if item.status == "scored" and item.value is not None:
            style, word = _VERDICTS[float(item.value)]
            if item.points == 0:
                style, word = ("v1", "clear") if item.value == 1 else ("v0", "flagged")
        else:
            style, word = "na", item.status
        return Markup('<span class="tag {}">{}</span>').format(style, self.words[word])

    def gate_tag(self, item: ItemResult) -> Markup:
        """Mark a question whose answer is not counted, or was withdrawn."""
        gates = self.analysis.gates
        if gates is None or counts(gates, item):
            return Markup()
        word = self.words[f"gate_{gates[item.id]}"]
        return Markup('<span class="tag gate">{}</span>').format(word)

    def percent(self, share: float) -> Markup:
        space = "\u202f" if self.french else ""
        return Markup("{}{}%").format(round(100 * share), space)

    def number(self, value: float, digits: int = 1) -> str:
        text = f"{value:.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.replace(".", ",") if self.french else text

    def signed(self, value: float, digits: int = 2) -> str:
        text = f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")
        return text.replace(".", ",") if self.french else text

    def date(self, moment: datetime) -> str:
        if self.french:
            return f"{moment.day} {_MONTHS_FR[moment.month - 1]} {moment.year}, {moment:%H:%M}"
        return f"{moment.day} {moment:%B %Y, %H:%M}"

    def due(self, due: str | None) -> str:
        """Write by when: a day, or the last day of an interval."""
        if due is None:
            return ""
        last = datetime.fromisoformat(due.split("/")[-1])
        if self.french:
            return f"{last.day} {_MONTHS_FR[last.month - 1]}"
        return f"{last.day} {last:%B}"

    def turn_time(self, turn: Turn) -> str:
        if turn.start_s is not None:
            return clock(turn.start_s)
        return f"{turn.at:%H:%M}" if turn.at is not None else f"#{turn.index + 1}"


def tone(score: float) -> str:
    """Return the style of a sentiment figure."""
    return "good-text" if score > 0.2 else "bad-text" if score < -0.2 else ""
