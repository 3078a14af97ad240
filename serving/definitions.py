"""What a centre defines: reasons, routes, products, redaction, scorecard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from conversation.errors import ModelMissing, NotFound
from models import Compute, Encoder
from models.integrity import sha256_of
from nlu.centre import NO_VOCABULARY, CentreVocabulary, load_centre
from nlu.reason_scorer import ReasonScorer
from nlu.reason_trained import FACTS_NAME, load_reason_scorer
from nlu.redaction import RedactionPolicy, load_redaction_policy
from nlu.routing import SHIPPED_TABLES, RoutingTable, load_routing_table
from nlu.taxonomy import Taxonomy, load_taxonomy
from quality import Scorecard, load_scorecard
from quality.agreement import Gates
from quality.categories import CategorySet, load_categories
from quality.sampling import SamplingRule, load_sampling_rule
from serving.settings import Settings

_SECTORS = {"tel": "telecom", "bq": "banque", "ec": "ecommerce"}


class Definitions:
    """The definitions that the settings name, each read once.

    Args:
        settings: Which ones.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def decisive(self) -> dict[str, object]:
        """All that decides a result, to be hashed; reads every definition.

        Raises:
            EntenduError: One of them is wrong or not there.
        """
        routing = self.routing
        tables = [routing] if isinstance(routing, RoutingTable) else list(routing.values())
        return {
            "reasons": self._trained_sha256 or self._given_taxonomy.sha256,
            "routing": [table.model_dump(mode="json") for table in tables],
            "centre": self.centre.model_dump(mode="json"),
            "redact": self.policy.sha256,
            "scorecard": self.scorecard.sha256 if self.scorecard else None,
            "categories": self.categories.sha256,
            "gates": self.gates.model_dump(mode="json") if self.gates else None,
        }

    def scorer(self, encoder: Encoder, compute: Compute) -> ReasonScorer:
        """Return what judges contact reasons.

        Raises:
            EntenduError: The folder of a trained one is not as it should be.
        """
        return load_reason_scorer(self._settings.reasons, encoder, compute=compute)

    @cached_property
    def routing(self) -> RoutingTable | Mapping[str, RoutingTable]:
        """The routing table, whose rules name known reasons, or the shipped one of each sector.

        Raises:
            EntenduError: The table is wrong or not there.
        """
        given = self._settings.routing
        if given is not None:
            checked = given not in SHIPPED_TABLES and self._trained_sha256 is None
            return load_routing_table(given, taxonomy=self._given_taxonomy if checked else None)
        if self._settings.reasons in SHIPPED_TABLES:
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
        """The scorecard; None: the one for the conversation's channel."""
        given = self._settings.scorecard
        return None if given is None else load_scorecard(given)

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

    @cached_property
    def _trained_sha256(self) -> str | None:
        if self._settings.reasons is None or not Path(self._settings.reasons).is_dir():
            return None
        facts = Path(self._settings.reasons) / FACTS_NAME
        if not facts.is_file():
            raise ModelMissing(
                f"{self._settings.reasons} holds no {FACTS_NAME}",
                remedy="give a folder that `entendu train reasons` wrote",
            )
        return sha256_of(facts)

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The contact reasons that are told apart; no model is loaded for them.

        Raises:
            EntenduError: They are wrong or not there.
        """
        if self._trained_sha256 is None:
            return self._given_taxonomy
        facts = json.loads((Path(str(self._settings.reasons)) / FACTS_NAME).read_text("utf-8"))
        return Taxonomy.model_validate(facts["taxonomy"])

    @cached_property
    def _given_taxonomy(self) -> Taxonomy:
        return load_taxonomy(self._settings.reasons)
