"""The self-care bot made of what there is: knowledge base, understanding, the centre's rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from conversation import Conversation
from conversation.errors import DatasetInvalid, DefinitionInvalid, NotFound
from kb_search.bot import Bot, BotPolicy, ConversationFacts, Knowledge, MessageReading
from kb_search.bot.packet import (
    MAX_SUMMARY_WORDS,
    EmergencyNumber,
    PacketCommitment,
    PacketEntity,
    PacketReason,
    PacketSentiment,
    Trend,
)
from kb_search.bot.scripts import Script, ScriptFile
from nlu import Understanding, WrapUpNote, find_questions, understand
from nlu.axes import read_axes
from nlu.centre import NO_VOCABULARY, CentreVocabulary
from nlu.definition_file import DefinitionFile
from nlu.reasons import ReasonScore

if TYPE_CHECKING:
    from models import Encoder
    from nlu.reason_scorer import ReasonScorer
    from nlu.taxonomy import Taxonomy

COMPLAINT_FROM = 0.5
"""Probability from which a single message is taken for a complaint."""

_TREND_FROM = 0.2
_POLICY_KEYS = ", ".join(BotPolicy.model_fields)


class NluReader:
    """Reads the customer's last message with the axes and questions of ``nlu``.

    Args:
        encoder: Turns texts into vectors; the nature of a message needs it.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def read(self, conversation: Conversation) -> MessageReading:
        """Read the last turn; only its own words count, what was said before is read already."""
        last = conversation.turns[-1]
        alone = conversation.model_copy(update={"turns": (last.model_copy(update={"index": 0}),)})
        axes = read_axes(alone, encoder=self._encoder, language=conversation.language)
        natures = {
            score.nature: score.probability
            for score in axes.nature.scores
            if score.probability >= COMPLAINT_FROM or score.nature in axes.nature.also
        }
        danger = next((t.kind for t in axes.urgency.triggers if t.level == 3), None)
        english = conversation.language == "en"
        return MessageReading(
            danger=danger,
            emergency_numbers=tuple(
                EmergencyNumber(number=n.number, name=n.en if english else n.fr)
                for n in axes.urgency.emergency_numbers
            ),
            vulnerable=any(t.kind == "vulnerable_person" for t in axes.urgency.triggers),
            complaint="complaint" in natures,
            cancellation="cancellation" in natures,
            questions=tuple(question.text for question in find_questions(alone)),
        )


class NluFacts:
    """Understands a conversation that is handed over.

    Args:
        encoder: Turns texts into vectors.
        reasons: The contact reasons to tell apart, or what judges them.
        centre: Products and identifiers of the centre.
    """

    def __init__(
        self,
        encoder: Encoder,
        reasons: ReasonScorer | Taxonomy,
        centre: CentreVocabulary = NO_VOCABULARY,
    ) -> None:
        self._encoder = encoder
        self._reasons = reasons
        self._centre = centre

    def find(self, conversation: Conversation) -> ConversationFacts:
        """Tell reason, nature, urgency, summary, entities, commitments and sentiment."""
        english = conversation.language == "en"
        alone, places = _without_bot(conversation)
        found = understand(
            alone,
            encoder=self._encoder,
            reasons=self._reasons,
            centre=self._centre,
            language=conversation.language,
        )
        said_by_customer = {turn.index for turn in alone.turns_of("customer")}
        return ConversationFacts(
            reason=_reason(found.reasons.primary, english=english),
            nature=found.axes.nature.primary,
            urgency=found.axes.urgency.level,
            summary=_summary(found),
            entities=tuple(
                PacketEntity(
                    kind=entity.kind,
                    value=entity.value,
                    quote=entity.text,
                    turn_index=places[entity.evidence.turn_index],
                )
                for entity in found.entities
                if entity.evidence.turn_index in said_by_customer
            ),
            commitments=tuple(
                PacketCommitment(who=promise.who, text=promise.text, due=promise.due)
                for promise in found.commitments
            ),
            sentiment=_sentiment(found),
        )


def build_bot(
    knowledge: Knowledge,
    encoder: Encoder,
    reasons: ReasonScorer | Taxonomy,
    *,
    policy: BotPolicy | None = None,
    centre: CentreVocabulary = NO_VOCABULARY,
) -> Bot:
    """Build a bot that reads messages with ``nlu``.

    Args:
        knowledge: What answers questions, such as a knowledge base.
        encoder: Turns texts into vectors.
        reasons: The contact reasons to tell apart, or what judges them.
        policy: What the centre decides; the defaults when None.
        centre: Products and identifiers of the centre.
    """
    return Bot(knowledge, NluReader(encoder), NluFacts(encoder, reasons, centre), policy)


def load_bot_policy(path: Path) -> BotPolicy:
    """Read what a centre decides about its bot.

    Args:
        path: A YAML file with the fields of :class:`kb_search.bot.BotPolicy`.

    Raises:
        NotFound: There is no such file.
        DefinitionInvalid: It is not as it should be; the message names the line.
    """
    file = DefinitionFile(path)
    try:
        return BotPolicy.model_validate(file.values)
    except ValidationError as error:
        file.fail_validation(error, remedy=f"docs/bot.md describes {_POLICY_KEYS}")


def load_scripts(paths: Sequence[Path]) -> tuple[Script, ...]:
    """Read dialogues to evaluate a bot with.

    Args:
        paths: YAML files with a list under ``scripts``, JSONL files with a dialogue a line, or
            folders of them.

    Raises:
        NotFound: One of them does not exist, or a folder holds none.
        DatasetInvalid: A file is not as it should be, or two dialogues have the same id.
    """
    scripts: dict[str, Script] = {}
    for path in (file for each in paths for file in _script_files(each)):
        for script in _read_jsonl(path) if path.suffix == ".jsonl" else _read_yaml(path):
            if script.id in scripts:
                raise DatasetInvalid(
                    f"{path}: the id {script.id!r} stands twice", remedy="give each its own id"
                )
            scripts[script.id] = script
    return tuple(scripts.values())


def _without_bot(conversation: Conversation) -> tuple[Conversation, tuple[int, ...]]:
    """Return the conversation without the bot's words, and where each turn stood.

    What a bot says of articles is no deed or promise of an agent.
    """
    kept = [turn for turn in conversation.turns if turn.speaker != "bot"]
    turns = tuple(turn.model_copy(update={"index": i}) for i, turn in enumerate(kept))
    return conversation.model_copy(update={"turns": turns}), tuple(turn.index for turn in kept)


def _script_files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(
            file for file in path.iterdir() if file.suffix in {".yaml", ".yml", ".jsonl"}
        )
        if not found:
            raise NotFound(f"{path} holds no .yaml or .jsonl file", remedy="give another folder")
        return found
    if not path.is_file():
        raise NotFound(f"there is no {path}", remedy="give files or folders that exist")
    return [path]


def _read_yaml(path: Path) -> tuple[Script, ...]:
    try:
        file = DefinitionFile(path)
        try:
            return ScriptFile.model_validate(file.values).scripts
        except ValidationError as error:
            file.fail_validation(error, remedy="docs/bot.md shows the format")
    except DefinitionInvalid as error:
        raise DatasetInvalid(error.message, remedy=error.remedy) from error


def _read_jsonl(path: Path) -> list[Script]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (UnicodeDecodeError, OSError) as error:
        raise DatasetInvalid(f"{path} is not UTF-8 text", remedy="save it as UTF-8") from error
    scripts = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            scripts.append(Script.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise DatasetInvalid(
                f"{path}, line {number}: {where} {first['msg']}",
                remedy="docs/bot.md shows the format",
            ) from error
    return scripts


def _reason(primary: ReasonScore | None, *, english: bool) -> PacketReason | None:
    if primary is None:
        return None
    label = primary.label_en if english else primary.label_fr
    above = primary.parent_label_en if english else primary.parent_label_fr
    confidence = min(1.0, max(0.0, primary.probability))
    if primary.parent_code is None or above is None:
        return PacketReason(code=primary.code, label=label, confidence=confidence)
    return PacketReason(
        code=primary.parent_code,
        label=above,
        sub_code=primary.code,
        sub_label=label,
        confidence=confidence,
    )


def _summary(found: Understanding) -> str | None:
    if not isinstance(found.note, WrapUpNote):
        return None
    return " ".join(found.note.text.split()[:MAX_SUMMARY_WORDS])


def _sentiment(found: Understanding) -> PacketSentiment | None:
    sentiment = found.sentiment
    if sentiment is None:
        return None
    change = sentiment.end - sentiment.start
    trend: Trend = "same"
    if abs(change) >= _TREND_FROM:
        trend = "better" if change > 0 else "worse"
    return PacketSentiment(score=round(sentiment.overall, 3), trend=trend)
