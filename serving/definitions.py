"""What a centre defines: reasons, routes, products, redaction, scorecard."""

from __future__ import annotations

import json
import threading
from collections.abc import Hashable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from conversation import CHANNELS
from conversation.errors import ModelMissing, NotFound
from models import Compute, Encoder
from models.integrity import sha256_of
from nlu.centre import NO_VOCABULARY, CentreVocabulary, load_centre
from nlu.reason_scorer import ReasonScorer, scorer_for
from nlu.reason_trained import FACTS_NAME, load_reason_scorer
from nlu.redaction import RedactionPolicy, load_redaction_policy
from nlu.routing import SHIPPED_TABLES, RoutingTable, load_routing_table
from nlu.taxonomy import Reason, Taxonomy, load_taxonomy
from quality import Scorecard, load_scorecard, scorecard_for
from quality.agreement import Gates
from quality.categories import CategorySet, load_categories
from quality.sampling import SamplingRule, load_sampling_rule
from serving.in_use.values import NOTHING_CHOSEN, Chosen
from serving.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from conversation import Conversation

Made = TypeVar("Made")

_SECTORS = {"tel": "telecom", "bq": "banque", "ec": "ecommerce"}


class Definitions:
    """The definitions that the settings name, each read once, and what was chosen in their place.

    Args:
        settings: Which ones.
        chosen: What an administrator chose while the service runs; it stands before the settings.
    """

    def __init__(self, settings: Settings, chosen: Chosen = NOTHING_CHOSEN) -> None:
        self._settings = settings
        self.chosen = chosen
        self._made: dict[Hashable, object] = {}
        self._scorers: dict[int, tuple[Encoder, Compute]] = {}
        self._making = threading.Lock()
        self._locks: dict[Hashable, threading.RLock] = {}

    def once(self, what: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is made of these definitions, made at the first call and kept with them.

        Args:
            what: Names it.
            make: Makes it.
        """
        if what not in self._made:
            with self._making:
                mine = self._locks.setdefault(what, threading.RLock())
            with mine:  # one for each: what takes seconds holds nobody else up
                if what not in self._made:
                    self._made[what] = make()
        return cast("Made", self._made[what])

    @cached_property
    def decisive(self) -> dict[str, object]:
        """All that decides a result, to be hashed; reads every definition.

        Raises:
            EntenduError: One of them is wrong or not there.
        """
        routing = self.routing
        tables = [routing] if isinstance(routing, RoutingTable) else list(routing.values())
        return {
            "reasons": self._trained_sha256 or self._untrained_taxonomy.sha256,
            "routing": [table.model_dump(mode="json") for table in tables],
            "centre": self.centre.model_dump(mode="json"),
            "redact": self.policy.sha256,
            "scorecard": self.scorecard.sha256 if self.scorecard else None,
            **self._decisive_choices,
            "categories": self.categories.sha256,
            "gates": self.gates.model_dump(mode="json") if self.gates else None,
        }

    def scorer(self, encoder: Encoder, compute: Compute) -> ReasonScorer:
        """Return what judges contact reasons.

        Raises:
            EntenduError: The folder of a trained one is not as it should be.
        """
        own = self.chosen.taxonomy
        self._scorers[id(encoder)] = (encoder, compute)
        return self.once(
            ("scorer", id(encoder)),
            lambda: (
                load_reason_scorer(self._settings.reasons, encoder, compute=compute)
                if own is None
                else scorer_for(own, encoder)
            ),
        )

    @cached_property
    def routing(self) -> RoutingTable | Mapping[str, RoutingTable]:
        """The routing table, whose rules name known reasons, or the shipped one of each sector.

        Raises:
            EntenduError: The table is wrong or not there.
        """
        given = self._settings.routing
        if given is not None:
            checked = given not in SHIPPED_TABLES and self._trained_sha256 is None
            known = self._untrained_taxonomy if checked else None
            return load_routing_table(given, taxonomy=known)
        if self.chosen.taxonomy is None and self._settings.reasons in SHIPPED_TABLES:
            return load_routing_table(str(self._settings.reasons))
        return {prefix: load_routing_table(name) for prefix, name in _SECTORS.items()}

    @cached_property
    def centre(self) -> CentreVocabulary:
        """Products and identifiers."""
        return (
            NO_VOCABULARY if self._settings.centre is None else load_centre(self._settings.centre)
        )

    @cached_property
    def policy(self) -> RedactionPolicy:
        """What is removed before anything is kept; the centre's numbers are looked for as well."""
        try:
            return self.redaction(self._settings.redact)
        except NotFound as error:
            raise NotFound(
                error.message, remedy="give cards, default or the path of a policy's YAML file"
            ) from error

    def redaction(self, source: str) -> RedactionPolicy:
        """Return a policy that also looks for the centre's own numbers.

        Args:
            source: ``cards``, ``default`` or the path of a policy's YAML file.

        Raises:
            EntenduError: There is none, or it breaks its rules.
        """
        policy = load_redaction_policy(source)
        own, given = self.centre.personal_data, policy.find
        update = {
            name: (*getattr(given, name), *getattr(own, name))
            for name in ("customer_number_patterns", "order_number_patterns", "never_names")
        }
        return policy.model_copy(update={"find": given.model_copy(update=update)})

    @cached_property
    def scorecard(self) -> Scorecard | None:
        """The scorecard of the settings; None: the one for the conversation's channel."""
        given = self._settings.scorecard
        return None if given is None else load_scorecard(given)

    def card_for(self, conversation: Conversation) -> Scorecard:
        """Return the scorecard that a conversation is scored with.

        Args:
            conversation: Its channel decides: what was chosen for it, then what was chosen for
                all, then the setting, then what is shipped.
        """
        cards = self.chosen.cards
        chosen = cards.get(conversation.channel) or cards.get(None)
        return chosen or self.scorecard or scorecard_for(conversation)

    @property
    def cards(self) -> tuple[Scorecard, ...]:
        """The scorecards that are set or chosen, each once."""
        found = {card.sha256: card for card in self._own_cards()}
        return tuple(found.values())

    @property
    def examples(self) -> tuple[str, ...]:
        """Example sentences whose vectors categories and scorecards need."""
        return (*self.categories.examples, *(text for card in self.cards for text in card.texts))

    def _own_cards(self) -> Iterator[Scorecard]:
        cards = self.chosen.cards
        yield from cards.values()
        everywhere = None in cards or all(one in cards for one in CHANNELS)
        if self.scorecard is not None and not everywhere:
            yield self.scorecard

    @cached_property
    def categories(self) -> CategorySet:
        """Named events to look for."""
        return load_categories(self._settings.categories)

    @cached_property
    def gates(self) -> Gates | None:
        """How far each question's machine answer is trusted; None: as a draft."""
        given = self._settings.gates
        return None if given is None else Gates.load(given)

    @cached_property
    def sampling(self) -> SamplingRule:
        """The rule by which contacts are drawn for evaluation.

        Raises:
            DefinitionInvalid: None is set, or the file breaks its rules: without one nobody's
                contacts may be evaluated for a team.
            NotFound: There is no such file.
        """
        return load_sampling_rule(self._settings.sampling)

    @property
    def _decisive_choices(self) -> dict[str, object]:
        # Left out where nothing was chosen, so that results of before keep their fingerprint.
        if not self.chosen.cards:
            return {}
        cards = {channel or "": card.sha256 for channel, card in self.chosen.cards.items()}
        return {"scorecards": cards}

    @cached_property
    def _trained_sha256(self) -> str | None:
        if self.chosen.taxonomy is not None:
            return None
        if self._settings.reasons is None or not Path(self._settings.reasons).is_dir():
            return None
        facts = Path(self._settings.reasons) / FACTS_NAME
        if not facts.is_file():
            raise ModelMissing(
                f"{self._settings.reasons} holds no {FACTS_NAME}",
                remedy="give a folder that `entendu train reasons` wrote",
            )
        return sha256_of(facts)

    @property
    def scorer_is_ready(self) -> bool:
        """Whether what judges contact reasons was made, which takes seconds."""
        return bool(self._scorers)

    def make_ready_as(self, other: Definitions) -> None:
        """Make what judges contact reasons for the same encoders as other definitions did.

        Raises:
            EntenduError: They cannot be used.
        """
        for encoder, compute in list(other._scorers.values()):
            self.scorer(encoder, compute)

    @property
    def is_trained(self) -> bool:
        """Whether the setting names trained reasons, which own reasons would take the place of."""
        given = self._settings.reasons
        return given is not None and Path(given).is_dir()

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The contact reasons that are told apart; no model is loaded for them.

        Raises:
            EntenduError: They are wrong or not there.
        """
        return self.chosen.taxonomy or self.default_taxonomy

    @cached_property
    def default_taxonomy(self) -> Taxonomy:
        """The contact reasons of the settings, or the shipped ones.

        Raises:
            EntenduError: They are wrong or not there.
        """
        if not self.is_trained:
            return load_taxonomy(self._settings.reasons)
        facts = json.loads((Path(str(self._settings.reasons)) / FACTS_NAME).read_text("utf-8"))
        return Taxonomy.model_validate(facts["taxonomy"])

    @property
    def known_reasons(self) -> tuple[Reason, ...]:
        """Reasons by which stored conversations may be named, those in use first.

        A code that several taxonomies have stands there several times.

        Raises:
            EntenduError: They are wrong or not there.
        """
        known = (self.taxonomy, *self.chosen.earlier, self.default_taxonomy)
        return tuple(reason for one in known for reason in one.reasons)

    @property
    def _untrained_taxonomy(self) -> Taxonomy:
        return self.chosen.taxonomy or load_taxonomy(self._settings.reasons)
