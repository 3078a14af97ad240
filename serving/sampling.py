"""From stored results to the contacts that are drawn from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from conversation import Conversation, read_conversation
from conversation.customer_key import read_secret
from conversation.errors import BadInput, EntenduError
from quality.sampling import AgentKeys, SamplingContact, Signal

LOW_SCORE_100 = 60.0
"""Automatic score below which a contact counts as low."""

UNSURE_COVERAGE = 0.5
"""Share of points decided below which the machine counts as unsure."""

LONG_S = 900.0
"""Seconds from which a contact counts as long."""

URGENT_LEVEL = 2
"""Level of urgency, 0 to 3, from which a contact counts as urgent."""


AGENT_KEY_FILE = "agent.key"
"""In the data folder: the secret of the pseudonymous agent ids."""


def agent_keys(given: Path | None, data_dir: Path) -> AgentKeys:
    """Return what makes agents' ids, with the secret of the file given or of the data folder."""
    return AgentKeys(read_secret(given or data_dir / AGENT_KEY_FILE))


class Population:
    """The contacts that a sample is drawn from, each once.

    Args:
        keys: Makes the pseudonymous ids of agents.

    Attributes:
        contacts: By identifier.
        paths: Which file each came from.
        failures: Files that were left out, and why.
    """

    def __init__(self, keys: AgentKeys) -> None:
        self._keys = keys
        self.contacts: dict[str, SamplingContact] = {}
        self.paths: dict[str, Path] = {}
        self.failures: list[tuple[Path, str]] = []

    def read(self, path: Path, *, named: bool = True) -> None:
        """Read a result of ``entendu process``; what is wrong with it stops no other.

        Args:
            path: Of the JSON file.
            named: Whether somebody named this file; other JSON found in a folder is passed over.
        """
        try:
            values = json.loads(path.read_text("utf-8"))
            if not isinstance(values, dict) or "conversation" not in values:
                if named:
                    self.failures.append((path, "no conversation in it"))
                return
            contact = sampling_contact(values, self._keys)
        except EntenduError as error:
            self.failures.append((path, error.message))
        except (OSError, ValueError, ValidationError, RecursionError):
            self.failures.append((path, "not a whole result of entendu process"))
        else:
            self.add(contact, path)

    def read_conversation(self, path: Path) -> None:
        """Read a conversation that was not processed: reason and signals are not known of it."""
        try:
            conversation = read_conversation(path)
        except EntenduError as error:
            self.failures.append((path, error.message))
        else:
            values = {"conversation": conversation.model_dump(mode="json")}
            self.add(sampling_contact(values, self._keys), path)

    def add(self, contact: SamplingContact, path: Path) -> None:
        """Add a contact; the same one again changes nothing, another with its id is left out."""
        if self.contacts.setdefault(contact.id, contact) != contact:
            self.failures.append((path, f"another contact has the identifier {contact.id}"))
        else:
            self.paths.setdefault(contact.id, path)


def sampling_contact(
    values: Mapping[str, object], keys: AgentKeys, *, agent: str | None = None
) -> SamplingContact:
    """Read what sampling needs of one result of ``entendu process``.

    Args:
        values: The result's JSON.
        keys: Makes the pseudonymous ids of agents; no name leaves this function.
        agent: Pseudonymous id of the agent where it is known; None: from the participants.

    Returns:
        The contact; what the result does not say is None.

    Raises:
        BadInput: There is no conversation in it.
    """
    if not isinstance(values.get("conversation"), Mapping):
        raise BadInput("no conversation in it", remedy="give files that `entendu process` wrote")
    conversation = Conversation.model_validate(values["conversation"])
    understanding = _part(values, "understanding")
    primary = _part(_part(understanding, "reasons"), "primary")
    code = primary.get("parent_code") or primary.get("code")
    duration_s = conversation.duration_s
    return SamplingContact(
        id=conversation.id,
        agent=agent or _agent(conversation, keys),
        started_at=conversation.started_at,
        channel=conversation.channel,
        reason=code if isinstance(code, str) else None,
        duration_s=duration_s,
        signals=_signals(_part(understanding, "axes"), _part(values, "evaluation"), duration_s),
    )


def _agent(conversation: Conversation, keys: AgentKeys) -> str | None:
    for participant in conversation.participants:
        if participant.role == "agent":
            known = participant.key or participant.name
            if known:
                return keys.key_of(known)
    return None


def _signals(
    axes: Mapping[str, object], evaluation: Mapping[str, object], duration_s: float | None
) -> frozenset[Signal]:
    nature = _part(axes, "nature").get("primary")
    outcome = _part(axes, "outcome").get("outcome")
    score, coverage = evaluation.get("score_100"), evaluation.get("coverage")
    level = _part(axes, "urgency").get("level")
    found: dict[Signal, bool] = {
        "complaint": nature == "complaint",
        "cancellation": nature == "cancellation",
        "repeat": _part(axes, "repeat").get("stated") is True,
        "transferred": outcome == "transferred",
        "unresolved": outcome == "unresolved",
        "urgent": isinstance(level, int) and level >= URGENT_LEVEL,
        "eliminatory": bool(evaluation.get("eliminatory")),
        "low_score": isinstance(score, int | float) and score < LOW_SCORE_100,
        "unsure": isinstance(coverage, int | float) and coverage < UNSURE_COVERAGE,
        "long": duration_s is not None and duration_s >= LONG_S,
    }
    return frozenset(signal for signal, holds in found.items() if holds)


def _part(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    part = values.get(name)
    return part if isinstance(part, Mapping) else {}
