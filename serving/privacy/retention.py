"""How long what is kept, and why: the rules of retention."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conversation.errors import BadInput, DefinitionInvalid

SHIPPED = Path(__file__).with_name("retention.yaml")

Content = Literal["audio", "transcript", "scorecard"]
_Days = Annotated[int, Field(ge=1, le=36525)]


class PurposeRule(BaseModel):
    """How long conversations of a purpose are kept.

    Attributes:
        fr: Its name in French.
        en: Its name in English.
        counted_from: ``contact``: when the conversation took place; ``contract``: when a contract
            was signed, as the consent ledger says.
        without_contract_days: Everything goes after so many days when no contract was signed.
        audio_days: Days for the sound.
        transcript_days: Days for the words, their summary and what quotes them; not less.
        scorecard_days: Days for the rest, and so for the conversation as a whole; not less.
        needs_consent: Whether outbound contacts need a consent on record.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: str
    en: str
    counted_from: Literal["contact", "contract"] = Field(default="contact", alias="from")
    without_contract_days: _Days | None = None
    audio_days: _Days
    transcript_days: _Days
    scorecard_days: _Days
    needs_consent: bool = False

    @model_validator(mode="after")
    def _what_needs_the_words_goes_with_them(self) -> PurposeRule:
        if not self.audio_days <= self.transcript_days <= self.scorecard_days:
            raise ValueError("expected audio_days <= transcript_days <= scorecard_days")
        if (self.counted_from == "contract") != (self.without_contract_days is not None):
            raise ValueError("from: contract and without_contract_days belong together")
        return self

    def days_of(self, content: Content) -> int:
        """Return for how many days a kind of content is kept."""
        return {
            "audio": self.audio_days,
            "transcript": self.transcript_days,
            "scorecard": self.scorecard_days,
        }[content]


class OtherRules(BaseModel):
    """How long what hangs on no conversation is kept, in days from its last change.

    Attributes:
        bot_sessions_days: Customers' sessions with the bot.
        assist_sessions_days: The assistant's sessions and what happened to its cards.
        webhook_log_days: The log of messages that were delivered or given up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bot_sessions_days: _Days
    assist_sessions_days: _Days
    webhook_log_days: _Days


class RetentionRules(BaseModel):
    """The rules of all purposes.

    Attributes:
        version: Named in every proof.
        purposes: By code, as conversations name them.
        others: For the rest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    purposes: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")], PurposeRule]
    others: OtherRules

    @classmethod
    def load(cls, path: Path | None = None) -> RetentionRules:
        """Read rules.

        Args:
            path: YAML file; None: the shipped one.

        Raises:
            DefinitionInvalid: It cannot be read, or breaks its rules.
        """
        path = path or SHIPPED
        try:
            return cls.model_validate(yaml.safe_load(path.read_text("utf-8")))
        except OSError as error:
            raise DefinitionInvalid(
                f"{path}: cannot be read ({error.strerror})", remedy="correct the path"
            ) from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DefinitionInvalid(
                f"{path}: {place}: {first['msg']}", remedy="correct the retention rules"
            ) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise DefinitionInvalid(f"{path} is not valid YAML") from error

    @cached_property
    def shortest_days(self) -> int:
        """The fewest days after which anything goes."""
        return min(
            min(rule.audio_days, rule.transcript_days, rule.without_contract_days or 36525)
            for rule in self.purposes.values()
        )

    def of(self, purpose: str) -> PurposeRule:
        """Return the rule of a purpose.

        Raises:
            BadInput: There is none.
        """
        rule = self.purposes.get(purpose)
        if rule is None:
            raise BadInput(
                f"no purpose {purpose[:64]!r} in the retention rules",
                remedy=f"use {', '.join(self.purposes)}",
            )
        return rule


def due(
    rule: PurposeRule, *, contact_at: datetime, contract_at: datetime | None, now: datetime
) -> tuple[Content, ...]:
    """Tell what of a conversation has to go.

    Args:
        rule: Of its purpose.
        contact_at: When it took place.
        contract_at: When a contract was signed; None: none was.
        now: The moment of the question.

    Returns:
        What is past its time. With ``scorecard``, everything is.
    """
    since = contact_at
    if rule.counted_from == "contract":
        if contract_at is None:
            waited = now - contact_at >= timedelta(days=rule.without_contract_days or 0)
            return ("audio", "transcript", "scorecard") if waited else ()
        since = contract_at
    kinds: tuple[Content, ...] = ("audio", "transcript", "scorecard")
    return tuple(kind for kind in kinds if now - since >= timedelta(days=rule.days_of(kind)))
