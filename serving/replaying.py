"""From files and knowledge folders to a report on what the live assistant would have shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from conversation import Conversation, read_conversations
from conversation.errors import BadInput, DatasetInvalid, EntenduError
from kb_search import KnowledgeBase
from kb_search.assistant import (
    CitedBase,
    Comparison,
    ConversationReplay,
    Label,
    ReplayFigures,
    Rules,
    compare,
    figures,
    labels_of,
    read_labels,
    replay,
)
from serving.assisting import find_needs
from serving.encoders import encoder_of
from serving.inputs import TEXT_SUFFIXES, collect_inputs
from serving.settings import Settings
from serving.version import entendu_version

if TYPE_CHECKING:
    from models import Encoder

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PastConversations:
    """What was read.

    Attributes:
        conversations: Each with an identifier of its own.
        labels: Of those that have any, by identifier.
        failures: Files that cannot be used, with the reason.
    """

    conversations: tuple[Conversation, ...]
    labels: dict[str, tuple[Label, ...]]
    failures: tuple[tuple[Path, str], ...]

    @property
    def mostly_english(self) -> bool:
        """Whether more conversations are in English than not."""
        english = sum(each.language == "en" for each in self.conversations)
        return 2 * english > len(self.conversations)


class ReplayReport(BaseModel):
    """What the assistant would have shown.

    Attributes:
        entendu_version: Of the software.
        encoder: That searched.
        knowledge_base: Name of the folder; the first of two.
        knowledge_base_b: Name of the second folder; None where there is none.
        rules: How often the agent may be spoken to.
        figures: With the first knowledge base.
        replays: With the first, conversation by conversation.
        replays_b: With the second; None where there is none.
        comparison: Of both; None where there is one only.
        left_out: Files that could not be used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    entendu_version: str
    encoder: str
    knowledge_base: str
    knowledge_base_b: str | None
    rules: Rules
    figures: ReplayFigures
    replays: tuple[ConversationReplay, ...]
    replays_b: tuple[ConversationReplay, ...] | None
    comparison: Comparison | None
    left_out: tuple[str, ...]


def past_conversations(
    paths: Sequence[Path], *, labels: Path | None = None, out: Path | None = None
) -> PastConversations:
    """Read the conversations of files and folders.

    Args:
        paths: Files of text that hold one conversation or more, or folders of them.
        labels: File of labels; see :mod:`kb_search.assistant.labels`. Those in the metadata of
            conversations count where it names none.
        out: Where results go; files there are not taken for conversations.

    Raises:
        NotFound: There is no such file of labels.
        DatasetInvalid: Labels are not as expected, or name a conversation that is not there.
    """
    given = read_labels(labels) if labels is not None else {}
    inputs, _ = collect_inputs(paths, out=out, suffixes=TEXT_SUFFIXES)
    found: dict[str, Conversation] = {}
    failures: list[tuple[Path, str]] = []
    for item in inputs:
        try:
            if item.path.exists() and not item.is_text:
                raise BadInput("a recording, no text", remedy="run entendu process on it first")
            several = read_conversations(item.path)
        except EntenduError as error:
            failures.append((item.path, str(error)))
            continue
        except OSError as error:
            failures.append((item.path, error.strerror or str(error)))
            continue
        for each in several:
            if found.setdefault(each.id, each) is not each:
                failures.append((item.path, f"another conversation has the identifier {each.id}"))
    if labels is not None and (strangers := sorted(given.keys() - found.keys())):
        raise DatasetInvalid(
            f"{labels.name} names {strangers[0]!r}, which is no conversation that was given",
            remedy="give labels of these conversations, by their identifiers",
        )
    own = {name: needs for name, each in found.items() if (needs := labels_of(each)) is not None}
    for name, needs in {**own, **given}.items():
        last = max((turn for need in needs for turn in need.turns), default=0)
        if needs and last >= len(found[name].turns):
            raise DatasetInvalid(
                f"a label of {name} names turn {last}, it has {len(found[name].turns)}",
                remedy="count turns from 0",
            )
    return PastConversations(tuple(found.values()), {**own, **given}, tuple(failures))


def replay_report(
    past: PastConversations,
    settings: Settings,
    *,
    kb: Path,
    kb_b: Path | None = None,
    min_confidence: float | None = None,
    progress: Progress | None = None,
) -> ReplayReport:
    """Play conversations to the assistant, with one knowledge base or two.

    Args:
        past: The conversations.
        settings: The encoder, the device, where indexes are kept.
        kb: Folder of documents.
        kb_b: Another, to be compared with the first.
        min_confidence: Passages less sure are not shown; the assistant's own if None.
        progress: Called with (what is done, done, in all).

    Raises:
        NotFound: A folder does not exist.
        DocumentUnreadable: A folder has no document that can be used.
    """
    encoder = encoder_of(settings)
    rules = Rules() if min_confidence is None else Rules(min_confidence=min_confidence)
    played = [
        _play(past, folder, encoder, settings, rules, progress)
        for folder in (kb, kb_b)
        if folder is not None
    ]
    return ReplayReport(
        entendu_version=entendu_version(),
        encoder=encoder.reference.name,
        knowledge_base=kb.resolve().name,
        knowledge_base_b=None if kb_b is None else kb_b.resolve().name,
        rules=rules,
        figures=figures(played[0]),
        replays=played[0],
        replays_b=played[1] if len(played) > 1 else None,
        comparison=compare(played[0], played[1]) if len(played) > 1 else None,
        left_out=tuple(path.name for path, _ in past.failures),
    )


def _play(
    past: PastConversations,
    folder: Path,
    encoder: Encoder,
    settings: Settings,
    rules: Rules,
    progress: Progress | None,
) -> tuple[ConversationReplay, ...]:
    def indexing(stage: str, done: int, total: int) -> None:
        if progress is not None:
            progress(f"{folder.name}: {stage}", done, total)

    base = KnowledgeBase.open(
        folder, encoder, cache_dir=settings.data_dir / "kb_index", progress=indexing
    )
    knowledge = CitedBase(base, encoder)
    knowledge.search_many(["bonjour"], k=1)  # the first search loads what later ones have at hand
    played: list[ConversationReplay] = []
    for number, each in enumerate(past.conversations, start=1):
        played.append(
            replay(each, knowledge, find_needs, rules=rules, labels=past.labels.get(each.id))
        )
        if progress is not None:
            progress(f"{folder.name}: replay", number, len(past.conversations))
    return tuple(played)
