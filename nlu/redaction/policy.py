"""What is to become of each type of personal data: a file that the centre owns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretBytes,
    ValidationError,
    field_validator,
    model_validator,
)

from conversation.errors import DefinitionInvalid
from nlu.definition_file import DefinitionFile
from nlu.personal_data.settings import (
    DEFAULT_SETTINGS,
    PersonalDataSettings,
    compile_pattern,
)
from nlu.redaction.labels import KNOWN_TYPES

Action = Literal["redact", "keep", "pseudonymise"]
"""``redact``: a numbered placeholder. ``pseudonymise``: a placeholder whose letters are the same
for the same value in every conversation, made with the centre's key. ``keep``: left as it is."""

CARD_TYPES = ("card_number", "card_expiry", "card_cvv")
"""Always redacted; no policy can say otherwise."""

LEAST_KEY_BYTES = 32

_WRITE_LIKE = 'write it as docs/redaction.md shows, for example "types:" and "  phone: redact"'
_PCI = (
    "PCI DSS 3.3.1 lets nobody keep card data of a call or a message (3.5.1 for the number): "
    "leave this type out of the policy, it is always redacted"
)
_KEPT_BY_DEFAULT: tuple[str, ...] = ("order_number", "siren", "siret", "vat")


def _kept_by_default() -> dict[str, Action]:
    return dict.fromkeys(_KEPT_BY_DEFAULT, "keep")


class RedactionPolicy(BaseModel):
    """What is to become of each type of personal data.

    Attributes:
        name: Of the policy, as reports show it.
        version: Of the policy, as reports show it.
        types: Action by type; ``agent_name`` is a name that belongs to an agent.
        others: Action for the types that ``types`` does not name.
        find: What to look for besides what everybody has: the centre's patterns of customer and
            order numbers, words that are no names.
        pseudonym_key: At least 32 secret bytes; needed to pseudonymise, never written out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(default="default", min_length=1)
    version: str = Field(default="1", min_length=1)
    types: dict[str, Action] = Field(default_factory=_kept_by_default)
    others: Action = "redact"
    find: PersonalDataSettings = DEFAULT_SETTINGS
    pseudonym_key: SecretBytes | None = Field(default=None, exclude=True, repr=False)

    @field_validator("types")
    @classmethod
    def _card_data_is_redacted(cls, types: dict[str, Action]) -> dict[str, Action]:
        for name, action in types.items():
            if name not in KNOWN_TYPES:
                raise ValueError(f"type {name!r} is not known; use {', '.join(KNOWN_TYPES)}")
            if name in CARD_TYPES and action != "redact":
                raise ValueError(f"{name} cannot be set to {action}: {_PCI}")
        return types

    @model_validator(mode="after")
    def _has_the_key_it_needs(self) -> Self:
        if "pseudonymise" in (self.others, *self.types.values()) and self.pseudonym_key is None:
            raise ValueError(
                "to pseudonymise takes a key, and none is named: write 32 random bytes to a file "
                "(openssl rand -out pseudonyms.key 32) and name it in pseudonym_key_file"
            )
        return self

    def action(self, personal_data_type: str) -> Action:
        """Return what is to become of a type."""
        if personal_data_type in CARD_TYPES:
            return "redact"
        return self.types.get(personal_data_type, self.others)

    @property
    def search(self) -> PersonalDataSettings:
        """What to look for; names also with models where they are to be removed."""
        if self.find.name_models is not None or self.action("person") == "keep":
            return self.find
        return self.find.model_copy(update={"name_models": True})

    def keeping(self, types: Iterable[str]) -> RedactionPolicy:
        """Return the policy with more types kept.

        Raises:
            DefinitionInvalid: A type is not known, or is card data.
        """
        more: dict[str, Action] = {**self.types, **dict.fromkeys(types, "keep")}
        try:
            return RedactionPolicy.model_validate(
                {
                    "name": self.name,
                    "version": self.version,
                    "types": more,
                    "others": self.others,
                    "find": self.find,
                    "pseudonym_key": self.pseudonym_key,
                }
            )
        except ValidationError as error:
            message = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            raise DefinitionInvalid(message, remedy="correct --keep") from error

    @property
    def sha256(self) -> str:
        """SHA-256 over what decides a result, the key's own hash included."""
        key = self.pseudonym_key.get_secret_value() if self.pseudonym_key is not None else b""
        decisive = {**self.model_dump(mode="json"), "key": hashlib.sha256(key).hexdigest()}
        decisive["find"]["types"].sort()  # a set has another order in each process
        return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


DEFAULT_POLICY = RedactionPolicy()
"""All personal data is redacted; what names a company or an order is kept."""

CARDS_ONLY = RedactionPolicy(name="cards", types={}, others="keep")
"""Only what may never be kept is redacted: card numbers, expiry dates, security codes."""

_SHIPPED = {policy.name: policy for policy in (DEFAULT_POLICY, CARDS_ONLY)}


def load_redaction_policy(source: str | Path | None = None) -> RedactionPolicy:
    """Load a centre's policy.

    Args:
        source: None or ``default``: all personal data except references of companies and
            orders; ``cards``: card data only; or the path of a YAML file with ``name``,
            ``version``, ``types``, ``others`` and ``pseudonym_key_file``, a file of at least 32
            random bytes, from the folder of the policy.

    Returns:
        The policy, checked.

    Raises:
        NotFound: There is no such file.
        DefinitionInvalid: The file breaks a rule, such as keeping card data; the message names
            file, line and path.
    """
    if source is None:
        return DEFAULT_POLICY
    if isinstance(source, str) and source in _SHIPPED:
        return _SHIPPED[source]
    file = DefinitionFile(Path(source))
    values = file.values
    if not isinstance(values, dict):
        file.fail((), "expected fields with names", remedy=_WRITE_LIKE)
    given = {name: value for name, value in values.items() if name != "pseudonym_key_file"}
    if "pseudonym_key" in given:
        file.fail(
            ("pseudonym_key",),
            "a key does not belong in a policy",
            remedy="write it to a file of its own and name that in pseudonym_key_file",
        )
    if "pseudonym_key_file" in values:
        given["pseudonym_key"] = _read_key(file, str(values["pseudonym_key_file"]))
    if "types" not in given and "others" not in given:
        file.fail((), "neither types nor others says what is to be done", remedy=_WRITE_LIKE)
    given.setdefault("types", {})
    _check_patterns(file, values.get("find"))
    try:
        return RedactionPolicy.model_validate(given)
    except ValidationError as error:
        file.fail_validation(error, remedy=_WRITE_LIKE)


def _check_patterns(file: DefinitionFile, find: object) -> None:
    """Refuse a pattern that cannot be used, naming its line."""
    for field in ("customer_number_patterns", "order_number_patterns"):
        patterns = find.get(field) if isinstance(find, dict) else None
        for place, pattern in enumerate(patterns if isinstance(patterns, list) else ()):
            if not isinstance(pattern, str):
                continue  # the model says what is wrong with it
            try:
                compile_pattern(pattern)
            except DefinitionInvalid as error:
                file.fail(("find", field, place), error.message, remedy=error.remedy or _WRITE_LIKE)


def _read_key(file: DefinitionFile, name: str) -> bytes:
    path = file.path.parent / name
    try:
        key = path.read_bytes()
    except OSError as error:
        file.fail(
            ("pseudonym_key_file",),
            f"{path} cannot be read: {error.strerror}",
            remedy="write at least 32 random bytes to it",
        )
    if len(key) < LEAST_KEY_BYTES:
        file.fail(
            ("pseudonym_key_file",),
            f"{path} holds {len(key)} bytes, expected at least {LEAST_KEY_BYTES}",
            remedy="make a new one: openssl rand -out pseudonyms.key 32",
        )
    return key
