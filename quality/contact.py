"""One conversation as the detectors see it: phrases with their moments, opening and closing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from conversation import Conversation, Evidence, Speaker, Turn
from quality.helpers import Helpers
from quality.metrics import Metrics
from quality.moments import quote, quote_start, time_at
from quality.phrases import Lexicon
from quality.texts import Span, Text, Token, fold, tokenize
from quality.utterances import Utterance, cut_utterances

if TYPE_CHECKING:
    from nlu import Understanding
    from quality.findings import Finding
    from quality.sentence_vectors import SentenceVectors

_CLOSING_SHARE = 0.25
_CLOSING_MIN_S = 30.0
_CLOSING_MAX_S = 90.0
_CLOSING_MESSAGES = 3
_BARE_NAME_WORDS = 4
_INTRODUCING_TURNS = 4
_BEFORE_PLACES = frozenset(
    "a au aux en de du des d rue avenue quai chez in at to from on the".split()
)


@dataclass(frozen=True)
class Mention:
    """A phrase that somebody said.

    Attributes:
        turn: Where.
        start: Character offset in the turn's text.
        end: Character offset after it.
        sentence: Number of the sentence in the turn where it starts.
        moment: For ordering and windows: seconds on recordings, message number on text channels.
        evidence: The words, quoted with their sentence.
        names: What the phrase's ``<name>`` slots matched, by slot.
    """

    turn: Turn
    start: int
    end: int
    sentence: int
    moment: float
    evidence: Evidence
    names: Mapping[str, str] = field(default_factory=dict)
    last_sentence: int = -1
    """Number of the sentence where it ends; recognition may put a full stop inside a phrase."""


class Contact:
    """A conversation with what is needed to judge it.

    Args:
        conversation: To judge.
        metrics: Of it.
        negative_turns: Indices of the customer's turns that are clearly negative, lowest
            first; None when sentiment was not read.
        lexicon: Phrases of its language; None when none is shipped.
        language: Primary tag of its language.
        understanding: Of it; None where only words and times are judged.
        vectors: Gives the vectors of sentences and example phrases; None without an encoder.
        helpers: What answers from outside: knowledge base, language model, trained questions.
        answers: What was concluded for earlier questions of the same card, by their id.
    """

    def __init__(
        self,
        conversation: Conversation,
        *,
        metrics: Metrics,
        negative_turns: tuple[int, ...] | None,
        lexicon: Lexicon | None,
        language: str,
        understanding: Understanding | None = None,
        vectors: SentenceVectors | None = None,
        helpers: Helpers | None = None,
        answers: Mapping[str, Finding] | None = None,
    ) -> None:
        self.conversation = conversation
        self.understanding = understanding
        self.vectors = vectors
        self.helpers = helpers or Helpers()
        self.answers = answers if answers is not None else {}
        self.metrics = metrics
        self.negative_turns = negative_turns
        self.language = language
        self.timed = conversation.is_spoken
        self._lexicon = lexicon
        turns = conversation.turns
        texts = lexicon.read(turn.text for turn in turns) if lexicon else []
        self._texts = dict(enumerate(texts))
        self._found: dict[tuple[str, Speaker], list[Mention]] = {}
        self._utterances: dict[Speaker, list[Utterance]] = {}

    @property
    def has_lexicon(self) -> bool:
        """Whether phrases are shipped for the conversation's language."""
        return self._lexicon is not None

    @property
    def roles_known(self) -> bool:
        """Whether anybody is known to be the agent or the customer."""
        return any(turn.speaker in ("agent", "customer") for turn in self.conversation.turns)

    def is_number(self, form: str) -> bool:
        """Whether a folded word is a number word of the conversation's language."""
        return self._lexicon is not None and form in self._lexicon.numbers

    def turns(self, speaker: Speaker) -> list[Turn]:
        """Return one speaker's turns that have words, in order."""
        return [turn for turn in self.conversation.turns_of(speaker) if turn.text.strip()]

    def text(self, turn: Turn) -> Text:
        """Return a turn's text, ready for searching."""
        return self._texts[turn.index]

    def utterances(self, speaker: Speaker = "agent") -> list[Utterance]:
        """Cut what a speaker says into sentences, in order."""
        if speaker not in self._utterances:
            cut = [
                one
                for turn in self.turns(speaker)
                for one in cut_utterances(turn, self.text(turn).tokens, partial(self.moment, turn))
            ]
            self._utterances[speaker] = sorted(cut, key=lambda one: (one.moment, one.key))
        return self._utterances[speaker]

    def moment(self, turn: Turn, offset: int = 0) -> float:
        """Tell when a place in a turn was said, in seconds or as message number."""
        if not self.timed:
            return turn.index + offset / (len(turn.text) + 1)
        at_s = time_at(turn, offset)
        if at_s is not None:
            return at_s
        earlier = (t.end_s for t in self.conversation.turns[: turn.index] if t.end_s is not None)
        return max(earlier, default=0.0)

    def find(
        self,
        name: str,
        speaker: Speaker = "agent",
        *,
        since: float = -math.inf,
        until: float = math.inf,
    ) -> list[Mention]:
        """Find what one speaker said of a phrase set, in order.

        Args:
            name: Of the phrase set.
            speaker: Who.
            since: Earliest moment.
            until: Moment that it must lie before.
        """
        key = (name, speaker)
        if key not in self._found:
            self._found[key] = sorted(self._search(name, speaker), key=lambda m: m.moment)
        return [mention for mention in self._found[key] if since <= mention.moment < until]

    def _search(self, name: str, speaker: Speaker) -> list[Mention]:
        if self._lexicon is None:
            return []
        return [
            self._mention(turn, span)
            for turn in self.conversation.turns_of(speaker)
            for span in self._lexicon.find(self.text(turn), name)
        ]

    def _mention(self, turn: Turn, span: Span) -> Mention:
        names = {slot: turn.text[start:end] for slot, (start, end) in span.names.items()}
        evidence = quote(turn, *self.text(turn).clause(span.start, span.end))
        moment = self.moment(turn, span.start)
        inside = [t.sentence for t in self.text(turn).tokens if span.start <= t.start < span.end]
        last = inside[-1] if inside else span.sentence
        return Mention(turn, span.start, span.end, span.sentence, moment, evidence, names, last)

    def sentence_end(self, mention: Mention) -> int:
        """Tell where the sentence of a phrase ends, as character offset before its mark."""
        tokens = self.text(mention.turn).tokens
        return max((t.end for t in tokens if t.sentence == mention.sentence), default=mention.end)

    def is_question(self, mention: Mention) -> bool:
        """Whether the sentence of a phrase ends with a question mark."""
        return mention.turn.text[self.sentence_end(mention) :].lstrip().startswith("?")

    def opening_end(self, within_s: float) -> float:
        """Tell when the opening ends.

        Args:
            within_s: Seconds from the agent's first word.

        Returns:
            The moment; on text channels and without times the end of the agent's first messages
            before anybody else writes.
        """
        turns = self.turns("agent")
        if not turns:
            return -math.inf
        if self.timed:
            return self.moment(turns[0]) + within_s
        last = turns[0].index
        while any(turn.index == last + 1 for turn in turns):
            last += 1
        return last + 1.0

    def closing_start(self) -> float:
        """Tell when the closing starts.

        Returns:
            On recordings the last quarter of the talk, 30 s at least and 90 s at most; on text
            channels and without times the agent's last three messages.
        """
        turns = self.turns("agent")
        if not turns:
            return math.inf
        if not self.timed:
            return float(turns[-_CLOSING_MESSAGES:][0].index)
        ends = [turn.end_s for turn in self.conversation.turns if turn.end_s is not None]
        first, last = self.moment(self.conversation.turns[0]), max(ends)
        window_s = min(_CLOSING_MAX_S, max(_CLOSING_MIN_S, _CLOSING_SHARE * (last - first)))
        return last - window_s

    def first_words(self, speaker: Speaker = "agent") -> Evidence | None:
        """Quote how a speaker starts: where something was looked for and not found."""
        return next((quote_start(turn) for turn in self.turns(speaker)), None)

    def last_words(self, speaker: Speaker = "agent") -> Evidence | None:
        """Quote the start of a speaker's last turn."""
        return next((quote_start(turn) for turn in reversed(self.turns(speaker))), None)

    def closing_words(self) -> Evidence | None:
        """Quote the agent where the closing starts."""
        start = self.closing_start()
        turns = self.turns("agent")
        return next((quote_start(t) for t in turns if self.moment(t) >= start), self.last_words())

    def next_turn(self, after: float, speaker: Speaker) -> Turn | None:
        """Return the speaker's first turn that starts after a moment."""
        return next((t for t in self.turns(speaker) if self.moment(t) > after), None)

    def customer_names(self) -> frozenset[str]:
        """Collect the words of the customer's name: as said, or as the source knows it."""
        names = {
            fold(value)
            for mention in self.find("name_given", "customer")
            for value in mention.names.values()
        }
        names |= self._names_given_on_request()
        for participant in self.conversation.participants:
            if participant.role == "customer" and participant.name:
                names |= {token.form for token in tokenize(participant.name)}
        return frozenset(name for name in names if len(name) > 1 and name.isalpha())

    def _names_given_on_request(self) -> set[str]:
        """Read words with a capital letter in the replies to questions for the name."""
        asked = self.find("identity_name") + self.find("identity_name_short")
        replies = {t.index for m in asked if (t := self.next_turn(m.moment, "customer"))}
        return {
            token.form
            for index in replies
            for token in self._name_tokens(self.conversation.turns[index])
        } | self._names_given_unasked()

    def _names_given_unasked(self) -> set[str]:
        """Read a first name with a surname in the customer's first turns.

        Two words with a capital letter side by side, none of them in the agent's greeting; no
        list of names is asked, so that no name counts for more than another.
        """
        greeting = {
            token.form for turn in self.turns("agent")[:1] for token in self.text(turn).tokens
        }
        names: set[str] = set()
        for turn in self.turns("customer")[:_INTRODUCING_TURNS]:
            for left, right in pairwise(self._name_tokens(turn)):
                beside = turn.text[left.end : right.start] in (" ", "-", "'", "’")
                if beside and not {left.form, right.form} & greeting:
                    names |= {left.form, right.form}
        return names

    def _name_tokens(self, turn: Turn) -> list[Token]:
        """Find the words of a turn that may be names: capitals, but for what starts a sentence."""
        from nlu.personal_data.name_lists import name_lists  # long lists

        common = name_lists().common
        tokens = self.text(turn).tokens
        found = []
        for i, token in enumerate(tokens):
            starts = i == 0 or token.sentence != tokens[i - 1].sentence
            written = turn.text[token.start : token.end].lower()
            before = "" if starts else tokens[i - 1].form
            can_be = token.capital and self.can_be_a_name(token.form) and len(token.form) > 1
            is_number = self.is_number(token.form) or not token.form.isalpha()
            known = starts and written in common and len(tokens) > _BARE_NAME_WORDS
            if can_be and not is_number and not known and before not in _BEFORE_PLACES:
                found.append(token)
        return found

    def can_be_a_name(self, form: str) -> bool:
        """Whether a folded word may be a name or a brand where one is expected."""
        return self._lexicon is not None and form not in self._lexicon.not_names

    def name_uses(self, *, since: float = -math.inf) -> list[Mention]:
        """Find where the agent calls the customer by name, in order."""
        found = list(self.find("addressed", since=since))
        names = self.customer_names()
        for turn in self.turns("agent"):
            for token in self.text(turn).tokens if names else ():
                if token.form in names and token.capital:
                    mention = self._mention(turn, Span(token.start, token.end, token.sentence))
                    found += [mention] if mention.moment >= since else []
        return sorted(found, key=lambda mention: mention.moment)
