"""Finding the categories of a contact: turn by turn while it goes on, or all at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from conversation import Channel, Conversation, Evidence, Provenance, Turn
from conversation.errors import BadInput
from quality.categories.clock import Clock
from quality.categories.definition import Category, CategorySet, Condition
from quality.categories.results import CategoryMatch, CategoryReport
from quality.categories.tracking import (
    MOST_EVIDENCE,
    Figures,
    JointTracker,
    MeaningTracker,
    MetricTracker,
    NotTracker,
    Tracker,
    WordsTracker,
)
from quality.categories.words import PhraseFinder
from quality.meaning import likeness, ordinary_sentences
from quality.metric_evidence import metric_evidence
from quality.metric_names import metric_values
from quality.metrics import SPOKEN_CHANNELS, Metrics, measure
from quality.moments import quote_start
from quality.phrases import LANGUAGES
from quality.sentences import sentences_of

if TYPE_CHECKING:
    from nlu import Understanding
    from quality.sentence_vectors import SentenceVectors

VERSION = "1"


class CategoryMatcher:
    """Follows one contact and tells each category as soon as it is certain.

    What was told is never taken back: it is in the report at the end, which is the same whether
    the turns came one by one or all at once.

    Args:
        categories: To look for.
        channel: How the contact came.
        language: Primary tag; None: each turn's own, and where that is not known either, phrases
            of all shipped languages are looked for.
        vectors: For what is asked by meaning; None: that stays undecided.
    """

    def __init__(
        self,
        categories: CategorySet,
        *,
        channel: Channel,
        language: str | None = None,
        vectors: SentenceVectors | None = None,
    ) -> None:
        self._set = categories
        self._language = language
        self._vectors = vectors
        self._channel = channel
        self._clock = Clock(spoken=channel in SPOKEN_CHANNELS)
        self._turns: list[Turn] = []
        self._words: list[WordsTracker] = []
        self._meanings: list[MeaningTracker] = []
        self._trackers = [(one, self._tracker(one.when)) for one in categories.categories]
        self._told: set[str] = set()
        self._is_heard = False  # whether somebody said anything; what a system wrote shows nothing
        self._finders: dict[str, PhraseFinder] = {}
        if vectors is not None and not vectors.can_give(
            (*categories.examples, *ordinary_sentences())
        ):
            self._vectors = None

    def add(self, turn: Turn) -> tuple[CategoryMatch, ...]:
        """Take in the next turn.

        Args:
            turn: As it will stay; turns come in order.

        Returns:
            The categories that are certain since this turn, in the order of the definition.

        Raises:
            BadInput: The turn is not the next one.
        """
        if turn.index != len(self._turns):
            raise BadInput(
                f"got turn {turn.index}, expected turn {len(self._turns)}",
                remedy="give each turn once, in order, when it is complete",
            )
        self._turns.append(turn)
        if not turn.text.strip() or turn.speaker == "system":
            return ()
        self._is_heard = True
        self._clock.advance(turn)
        self._see_words(turn)
        self._see_meanings(turn)
        return self._new_matches(None)

    def finish(
        self,
        conversation: Conversation,
        *,
        metrics: Metrics | None = None,
        understanding: Understanding | None = None,
    ) -> CategoryReport:
        """Decide what depends on the whole contact.

        Args:
            conversation: The contact; turns that were not added yet are.
            metrics: Of it; measured where a category asks for a figure and None is given.
            understanding: Of it, for figures that are understood.

        Returns:
            All its categories.

        Raises:
            BadInput: The turns are not those that were added.
        """
        if conversation.turns[: len(self._turns)] != tuple(self._turns):
            raise BadInput(
                f"the turns of conversation {conversation.id!r} are not those that were added",
                remedy="match the finished conversation as a whole with match_categories",
            )
        for turn in conversation.turns[len(self._turns) :]:
            self.add(turn)
        asked = any(condition.metric is not None for condition in self._set.conditions)
        if metrics is None and asked:
            metrics = measure(conversation, language=self._language)
        values = metric_values(metrics, understanding) if metrics is not None and asked else {}
        for _, tracker in self._trackers:
            tracker.update(self._clock, Figures(values))
        matches = []
        for category, tracker in self._trackers:
            if tracker.truth and self._is_heard:
                evidence = tracker.evidence() or self._explained(
                    category, conversation, metrics, understanding
                )
                matches += [_match(category, evidence)] if evidence else []
        return CategoryReport(
            conversation_id=conversation.id,
            matches=tuple(matches),
            undecided=tuple(c.id for c, tracker in self._trackers if tracker.truth is None),
            provenance=self._provenance(),
        )

    def _tracker(self, condition: Condition) -> Tracker:
        if condition.words is not None:
            words = WordsTracker(condition.words, words=condition.words)
            self._words.append(words)
            return words
        if condition.meaning is not None:
            meaning = MeaningTracker(condition.meaning, meaning=condition.meaning)
            self._meanings.append(meaning)
            return meaning
        if condition.not_ is not None:
            return NotTracker(self._tracker(condition.not_))
        if condition.metric is not None:
            return MetricTracker(condition, self._channel)
        parts = tuple(self._tracker(part) for part in condition.parts)
        return JointTracker(parts, every=condition.all is not None)

    def _see_words(self, turn: Turn) -> None:
        finders = self._finders_for(turn)
        for tracker in self._words:
            if not tracker.wants(turn, self._clock):
                continue
            if finders:
                tracker.see(turn, self._clock, finders)
            else:
                tracker.miss(turn, self._clock)

    def _finders_for(self, turn: Turn) -> dict[str, PhraseFinder]:
        """Return what finds phrases in the turn's language; nothing where it has no phrases."""
        language = self._language or turn.language
        wanted = LANGUAGES if language is None else (language.split("-")[0].lower(),)
        found = {}
        for tag in wanted:
            if tag not in LANGUAGES:
                continue
            if tag not in self._finders:
                sources = [
                    pattern
                    for condition in self._set.conditions
                    if condition.words is not None
                    for pattern in (*condition.words.say.of(tag), *condition.words.unless.of(tag))
                ]
                self._finders[tag] = PhraseFinder(tag, sources)
            found[tag] = self._finders[tag]
        return found

    def _see_meanings(self, turn: Turn) -> None:
        sentences = sentences_of(turn) if self._meanings else []
        wanted = [t for t in self._meanings if sentences and t.wants(turn, self._clock)]
        if not wanted:
            return
        texts = [sentence.text for sentence in sentences]
        if self._vectors is None or not self._vectors.can_give(texts):
            for tracker in wanted:
                tracker.miss(turn, self._clock)
            return
        for tracker in wanted:
            meaning = tracker.meaning
            likenesses = likeness(
                texts, meaning.like.all, unlike=meaning.unlike.all, vectors=self._vectors
            )
            for sentence, alike in zip(sentences, likenesses, strict=True):
                tracker.see(turn, self._clock, sentence.start, sentence.end, alike)

    def _new_matches(self, figures: Figures | None) -> tuple[CategoryMatch, ...]:
        found = []
        for category, tracker in self._trackers:
            if tracker.update(self._clock, figures) and category.id not in self._told:
                evidence = tracker.evidence() or self._looked_at(category)
                if evidence:
                    self._told.add(category.id)
                    found.append(_match(category, evidence))
        return tuple(found)

    def _explained(
        self,
        category: Category,
        conversation: Conversation,
        metrics: Metrics | None,
        understanding: Understanding | None,
    ) -> tuple[Evidence, ...]:
        conditions = list(category.when.walk())
        names = dict.fromkeys(
            name
            for condition in conditions
            if condition.metric is not None
            for name in condition.expression.names
        )
        absent = any(condition.not_ is not None for condition in conditions)
        if absent or not names or metrics is None:
            return self._looked_at(category)
        return metric_evidence(names, conversation, metrics, understanding)

    def _looked_at(self, category: Category) -> tuple[Evidence, ...]:
        """Quote where something that is absent was looked for: its speaker's first words."""
        speakers = {
            one.speaker
            for condition in category.when.walk()
            for one in (condition.words or condition.meaning,)
            if one is not None and one.speaker is not None
        }
        spoken = [t for t in self._turns if t.speaker != "system" and t.text.strip()]
        theirs = [turn for turn in spoken if turn.speaker in speakers]
        quotes = (quote_start(turn) for turn in (theirs or spoken))
        return tuple([one for one in quotes if one is not None][:1])

    def _provenance(self) -> Provenance:
        model = self._vectors.model if self._vectors is not None and self._meanings else None
        return Provenance(
            component="quality.categories",
            version=VERSION,
            models=(model,) if model is not None else (),
            settings={
                "categories": self._set.name,
                "categories_version": self._set.version,
                "categories_sha256": self._set.sha256,
            },
        )


def match_categories(
    conversation: Conversation,
    categories: CategorySet,
    *,
    metrics: Metrics | None = None,
    understanding: Understanding | None = None,
    vectors: SentenceVectors | None = None,
) -> CategoryReport:
    """Find the categories of a whole contact.

    Args:
        conversation: The contact.
        categories: To look for.
        metrics: Of it; measured where a category asks for a figure and None is given.
        understanding: Of it; its language wins over the conversation's.
        vectors: For what is asked by meaning; None: that stays undecided.

    Returns:
        Its categories, each with what was said that makes it so.
    """
    language = (understanding.language if understanding else None) or conversation.language
    matcher = CategoryMatcher(
        categories, channel=conversation.channel, language=language, vectors=vectors
    )
    return matcher.finish(conversation, metrics=metrics, understanding=understanding)


def alerts_of(matches: Iterable[CategoryMatch]) -> tuple[CategoryMatch, ...]:
    """Keep the matches that are worth showing somebody at once."""
    return tuple(match for match in matches if match.alert)


def _match(category: Category, evidence: tuple[Evidence, ...]) -> CategoryMatch:
    shown = dict.fromkeys(evidence[:MOST_EVIDENCE])
    return CategoryMatch(
        category=category.id,
        label_fr=category.label.fr,
        label_en=category.label.en,
        alert=category.alert,
        evidence=tuple(sorted(shown, key=lambda one: (one.turn_index, one.start_s or 0.0))),
    )
