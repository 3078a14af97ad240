"""A conversation, and what was concluded about it, for eyes that may not see personal data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conversation import Conversation
from nlu.redaction import DEFAULT_POLICY, Redacted, RedactionPolicy, redact_conversation
from serving.redacting import redact_analysed

WITHOUT_MODELS: RedactionPolicy = DEFAULT_POLICY.model_copy(
    update={"find": DEFAULT_POLICY.find.model_copy(update={"name_models": False})}
)
"""What is masked where somebody waits: what the analysis found, and no model is loaded."""

# What definitions, models and the knowledge base say, and codes: words of nobody, in which a digit
# run or a word that is also a name would be taken for somebody's.
_NOT_SAID = frozenset(
    (
        "action", "aligned_with", "also", "by", "category", "channel", "code", "component",
        "condition_en", "condition_fr", "created_at", "date", "decided_by",
        "document", "due", "ended_by", "entendu_version", "explanation_en", "explanation_fr",
        "fingerprint", "heading", "id", "item", "item_sha256", "kind", "knowledge_base", "label",
        "label_en", "label_fr", "language", "note_en", "note_fr", "of", "origin", "outcome",
        "parent_code", "parent_label_en", "parent_label_fr", "passage_id", "placeholder",
        "primary", "product", "queue", "rule", "schema_version", "scorecard",
        "section", "sha256", "skills", "speaker", "speakers", "started_by", "state", "status",
        "table", "taxonomy", "title", "type", "undecided", "unit", "version", "who",
        "why_en", "why_fr",
    )
)  # fmt: skip
_WHOLE = frozenset(("provenance", "scores", "timings"))  # nothing of it was said
_MAY_NAME_SOMEBODY = re.compile(r"@|(?<!\d)(?:\+|0)\d?(?:[ ._-]?\d){8}|(?:\d[ ._-]?){13}")
_PIECES = re.compile(r"(?<=_)|(?=_)")


class Masking:
    """Takes a conversation's personal data out of what was said and concluded about it.

    It knows the values: keep it only as long as it is needed.

    Args:
        conversation: As it is stored.
        redacted: What became of it.
    """

    def __init__(self, conversation: Conversation, redacted: Redacted) -> None:
        self._said = {turn.index: turn.text for turn in conversation.turns}
        self._redacted = redacted
        self._masked: dict[str, str] = {}
        masked, recording = redacted.conversation, redacted.conversation.recording
        self.conversation = masked.model_copy(
            update={
                "id": mask_name(masked.id),
                "recording": recording
                and recording.model_copy(update={"name": mask_name(recording.name)}),
            }
        )
        """Who said what, masked."""
        self._ids = {conversation.id: self.conversation.id}

    @property
    def count(self) -> int:
        """How many places of the turns are masked."""
        return sum(self._redacted.report.counts.values())

    def quote(self, turn_index: int, quote: str) -> str:
        """Mask the words of a turn; they are again verbatim in the masked turn.

        Args:
            turn_index: Which turn.
            quote: Words of it.
        """
        said = self._said.get(turn_index, "")
        start = said.find(quote)
        return self.text(quote) if start < 0 else self._cut(turn_index, start, start + len(quote))

    def text(self, text: str) -> str:
        """Mask a text about the conversation: as the turn that it stands in, or by itself."""
        if text not in self._masked:
            turn_index = next((at for at, said in self._said.items() if text in said), None)
            self._masked[text] = (
                self._redacted.scrubber.text(text)
                if turn_index is None
                else self.quote(turn_index, text)
            )
        return self._masked[text]

    def name(self, name: str) -> str:
        """Mask the name of a file; centres name recordings after who calls."""
        return mask_name(self._redacted.scrubber.file_name(name))

    def analysis(self, analysis: Mapping[str, Any]) -> dict[str, Any]:
        """Mask an analysis; it keeps its shape.

        Lists of personal data are empty, entities that are personal are left out, and evidence is
        verbatim in the masked turns.

        Args:
            analysis: The :class:`serving.analysis.Analysis` as JSON values, of any version.
        """
        masked = {
            name: part if name == "conversation" else self.json(part, name)
            for name, part in analysis.items()
        }
        masked["conversation"] = self.conversation.model_dump(mode="json")
        return masked

    def json(self, value: Any, name: str = "") -> Any:  # noqa: ANN401 - any JSON
        """Mask what somebody may have said in JSON values, and leave the rest as it is.

        Args:
            value: Part of an analysis.
            name: Of the member that it is.
        """
        if name in _WHOLE or (name in _NOT_SAID and isinstance(value, str)):
            return value
        if name == "conversation_id":
            return self._ids.get(value, value)
        if isinstance(value, dict):
            if name == "source" and isinstance(value.get("name"), str):
                return value | {"name": self.name(value["name"])}
            if name == "answer" and isinstance(value.get("question"), str):
                return value | {  # the rest is said by documents
                    key: self.text(value[key])
                    for key in ("question", "reason")
                    if isinstance(value.get(key), str)
                }
            place, quote = value.get("turn_index"), value.get("quote")
            if isinstance(place, int) and isinstance(quote, str):
                return value | {"quote": self.quote(place, quote)}
            return {key: self.json(one, key) for key, one in value.items()}
        if isinstance(value, list):
            parts = [self.json(one, name) for one in value if name != "personal_data"]
            if name != "entities":
                return parts
            return [one for one, part in zip(value, parts, strict=True) if one == part]
        return self.text(value) if isinstance(value, str) and value else value

    def _cut(self, turn_index: int, start: int, end: int) -> str:
        """Return characters of a turn, with placeholders for what is masked in them."""
        said, pieces, at = self._said[turn_index], [], start
        for place in self._redacted.placed.get(turn_index, ()):
            span = place.span
            if span.end <= start or span.start >= end:
                continue
            pieces += [said[at : span.start], span.placeholder]
            at = span.end
        return "".join([*pieces, said[at:end]])


def masking_of(conversation: Conversation, analysis: Mapping[str, object]) -> Masking:
    """Return what masks a conversation with what its analysis found; no model is loaded.

    Args:
        conversation: As it is stored.
        analysis: Of it, as JSON values.
    """
    return Masking(conversation, redact_analysed(conversation, analysis, WITHOUT_MODELS))


def mask_name(name: str) -> str:
    """Mask telephone numbers, addresses and card numbers in the name of a file.

    Args:
        name: Of a conversation of which no more is at hand.
    """
    if _MAY_NAME_SOMEBODY.search(name) is None:  # of a list's many names hardly one may
        return name
    empty = Conversation(id="name", channel="phone", language="fr")
    scrubber = redact_conversation(empty, ()).scrubber
    # as a whole, then piece by piece: a date beside a number makes one run of digits of both
    return "".join(map(scrubber.file_name, _PIECES.split(scrubber.file_name(name))))
