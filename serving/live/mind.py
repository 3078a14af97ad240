"""What is concluded while people speak: cards, alerts, reason, sentiment, checklist, note."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conversation import Conversation, Turn
from kb_search.assistant import Assistant, CitedBase
from kb_search.assistant.cards import CardEvent, Judgement
from nlu import score_sentiment, understand
from nlu.reason_votes import texts_to_encode
from nlu.reasons import find_reasons
from nlu.wrap_up import WrapUpNote
from quality.categories import CategoryMatcher
from serving.assisting import find_needs
from serving.definitions import Definitions
from serving.example_vectors import example_vectors
from serving.live.checklist import checklist_of
from serving.live.events import (
    AlertRaised,
    CardShown,
    Checklist,
    Lasting,
    ReasonFound,
    SentimentRead,
    Summary,
)
from serving.live.facts import SessionFacts
from serving.live.turns import as_numbered, conversation_of, in_time
from serving.operation.metrics import ABSTENTIONS, ANSWERS
from serving.store.tables import DEFAULT_TEAM

if TYPE_CHECKING:
    from kb_search.assistant import Advice
    from kb_search.assistant.knowledge import Knowledge
    from models import Encoder
    from nlu.reason_scorer import ReasonScorer
    from quality.sentence_vectors import SentenceVectors
    from serving.service import Service
    from serving.settings import Settings
    from serving.throughput import ModelPool

_SURFACE = "live"


class LiveMind:
    """The models and definitions that all live sessions share, loaded when one needs them.

    Args:
        settings: Which definitions, which knowledge base.
        pool: The models.
        knowledge: Returns what is searched for a team; None where it has no documents.
        clock: Seconds that never go back.
        definitions: Returns those in use; None: what the settings name.
    """

    def __init__(
        self,
        settings: Settings,
        pool: Callable[[], ModelPool],
        *,
        knowledge: Callable[[str], Knowledge | None],
        clock: Callable[[], float],
        definitions: Callable[[], Definitions] | None = None,
    ) -> None:
        own = Definitions(settings)
        self.settings = settings
        self._definitions = definitions or (lambda: own)
        self.clock = clock
        self.loading = threading.RLock()
        self._pool = pool
        self.knowledge = knowledge

    def warm(self) -> None:
        """Load what the first session would wait for.

        Raises:
            EntenduError: A model or a definition is not there.
        """
        with self.loading:
            definitions = self.definitions
            _ = self.scorer(definitions), self.vectors(definitions), self.knowledge(DEFAULT_TEAM)

    def follow(
        self, facts: SessionFacts, earlier: Callable[[], Sequence[CardEvent]] = tuple
    ) -> LiveFollower:
        """Begin to follow a session; nothing is loaded yet."""
        return LiveFollower(self, facts, earlier)

    @cached_property
    def encoder(self) -> Encoder:
        """The sentence encoder."""
        return self._pool().encoder

    @property
    def definitions(self) -> Definitions:
        """What the centre defines, as it is now; a session keeps those that it began with."""
        return self._definitions()

    def scorer(self, definitions: Definitions) -> ReasonScorer:
        """Return what judges contact reasons."""
        return definitions.scorer(self.encoder, self._pool().compute)

    def vectors(self, definitions: Definitions) -> SentenceVectors:
        """Return vectors of the example sentences of categories and scorecards."""
        return definitions.once(
            ("sentences", id(self)),
            lambda: example_vectors(
                definitions.examples,
                encoder=lambda: self.encoder,
                model=self.encoder.reference,
                data_dir=self.settings.data_dir,
            ),
        )


class LiveFollower:
    """Follows one session; see :class:`serving.live.insight.Follower`.

    Args:
        mind: What all share.
        facts: Of the session.
        earlier: What happened to its cards before a restart of the service.
    """

    def __init__(
        self,
        mind: LiveMind,
        facts: SessionFacts,
        earlier: Callable[[], Sequence[CardEvent]] = tuple,
    ) -> None:
        self._mind = mind
        self._facts = facts
        self._earlier = earlier
        self._began_s = mind.clock()
        self._language = None if facts.language in (None, "auto") else facts.language
        self._reason: str | None = ""
        self._sentiment_turn = -1
        self._states: list[tuple[str, str]] = []
        self._heard = 0

    def hear(self, turn: Turn, ended_s: float) -> list[Lasting]:
        """Follow a turn that has ended: cards, alerts."""
        with self._mind.loading:
            assistant, matcher = self._assistant, self._matcher
        events: list[Lasting] = []
        heard = turn.model_copy(update={"index": self._heard})
        self._heard += 1
        if turn.index == heard.index:  # after a restart of the service numbers go on, matching not
            events += [
                AlertRaised(
                    category=match.category,
                    label_fr=match.label_fr,
                    label_en=match.label_en,
                    evidence=match.evidence,
                )
                for match in matcher.add(heard)
                if match.alert
            ]
        if assistant is not None:
            events += _cards(assistant.hear(turn, ended_s))
        return events

    def tick(self) -> list[Lasting]:
        """Let time pass: a card that waited."""
        assistant = self.__dict__.get("_assistant")
        if assistant is None or assistant.due_s is None or assistant.due_s > self._age_s():
            return []
        return _cards(assistant.tick())

    def look(self, turns: Sequence[Turn]) -> list[Lasting]:
        """Look at all that was said so far: reason, sentiment, checklist, where they changed."""
        conversation = conversation_of(self._facts, turns)
        found = [
            self._look_for_reason(conversation, turns),
            self._look_for_sentiment(conversation, turns),
            self._look_for_checklist(conversation, turns),
        ]
        return [event for event in found if event is not None]

    def conclude(self, turns: Sequence[Turn]) -> Summary | None:
        """Write the note at the end; None where nothing was said that makes one."""
        if not any(turn.text.strip() for turn in turns):
            return None
        conversation = conversation_of(self._facts, turns)
        with self._mind.loading:
            scorer = self._mind.scorer(self._definitions)
        note = understand(
            conversation,
            encoder=self._mind.encoder,
            reasons=scorer,
            routing=self._definitions.routing,
            centre=self._definitions.centre,
            language=self._language,
        ).note
        if not isinstance(note, WrapUpNote):
            return None
        numbers = [turn.index for turn in in_time(turns)]
        return Summary(note=_renumbered(note.model_dump(mode="json"), numbers))

    def judge(self, card_id: str, judgement: Judgement) -> None:
        """Take what the agent did with a card.

        Raises:
            NotFound: No such card was shown.
        """
        if self._assistant is not None:
            self._assistant.judge(card_id, judgement)

    def mute(self, *, is_muted: bool) -> None:
        """Show no cards, or show them again."""
        if self._assistant is None:
            return
        if is_muted:
            self._assistant.mute()
        else:
            self._assistant.unmute()

    @cached_property
    def _definitions(self) -> Definitions:
        return self._mind.definitions  # when the first turn is looked at: a database may be slow

    @cached_property
    def _assistant(self) -> Assistant | None:
        knowledge = self._mind.knowledge(self._facts.team)
        if knowledge is None:
            return None
        earlier = self._earlier()
        if earlier:  # its clock goes on
            self._began_s -= (datetime.now(UTC) - self._facts.started_at).total_seconds()
        return Assistant(
            self._facts.id,
            knowledge=knowledge,
            find_needs=find_needs,
            clock=self._age_s,
            events=earlier,
        )

    @cached_property
    def _matcher(self) -> CategoryMatcher:
        return CategoryMatcher(
            self._definitions.categories,
            channel=self._facts.channel,
            language=self._language,
            vectors=self._vectors,
        )

    @cached_property
    def _vectors(self) -> SentenceVectors:
        return self._mind.vectors(self._definitions).for_conversation()

    def _age_s(self) -> float:
        return self._mind.clock() - self._began_s

    def _look_for_reason(
        self, conversation: Conversation, turns: Sequence[Turn]
    ) -> ReasonFound | None:
        texts = texts_to_encode(conversation)
        if not texts:
            return None
        with self._mind.loading:
            scorer = self._mind.scorer(self._definitions)
        vectors = dict(zip(texts, self._mind.encoder.encode(texts), strict=True))
        primary = find_reasons(conversation, scorer=scorer, vectors=vectors).primary
        code = None if primary is None else primary.code
        if code == self._reason or (code is None and self._reason == ""):
            return None
        self._reason = code
        if primary is None:
            return ReasonFound(code=None)
        return ReasonFound(
            code=primary.code,
            label_fr=primary.label_fr,
            label_en=primary.label_en,
            confidence=round(primary.probability, 3),
            evidence=as_numbered(primary.evidence, turns),
        )

    def _look_for_sentiment(
        self, conversation: Conversation, turns: Sequence[Turn]
    ) -> SentimentRead | None:
        customers = [turn for turn in turns if turn.speaker == "customer"]
        if not customers or customers[-1].index <= self._sentiment_turn:
            return None
        result = score_sentiment(conversation, encoder=self._mind.encoder)
        self._sentiment_turn = customers[-1].index
        if result is None or not result.turns:
            return None
        numbers = [turn.index for turn in in_time(turns)]
        newest = max(result.turns, key=lambda one: numbers[one.turn_index])
        return SentimentRead(
            turn=numbers[newest.turn_index],
            score=round(newest.score, 3),
            label=newest.label,
            overall=round(result.overall, 3),
        )

    def _look_for_checklist(
        self, conversation: Conversation, turns: Sequence[Turn]
    ) -> Checklist | None:
        card = self._definitions.card_for(conversation)
        checklist = checklist_of(conversation, turns, card, vectors=self._vectors)
        if checklist is None:
            return None
        states: list[tuple[str, str]] = [(item.question, item.state) for item in checklist.items]
        if states == self._states:
            return None
        self._states = states
        return checklist


def knowledge_of(service: Service) -> Callable[[str], Knowledge | None]:
    """Return what gives each team its knowledge base, as it is when a session begins."""

    def of_team(team: str) -> Knowledge | None:
        resources = service.resources
        served = resources.bases.of_team(team)
        return None if served.is_empty else CitedBase(served.base, resources.encoder)

    return of_team


def _cards(advice: Advice) -> list[Lasting]:
    for asked in advice.asked:
        (ANSWERS if asked.candidate is not None else ABSTENTIONS).labels(surface=_SURFACE).inc()
    return [] if advice.card is None else [CardShown(card=advice.card)]


def _renumbered(value: Any, numbers: Sequence[int]) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON whose turns have the numbers of the session."""
    if isinstance(value, dict):
        return {
            key: numbers[one] if key == "turn_index" else _renumbered(one, numbers)
            for key, one in value.items()
        }
    return [_renumbered(one, numbers) for one in value] if isinstance(value, list) else value
