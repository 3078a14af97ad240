"""What processed conversations tell about a knowledge base."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import ValidationError

from conversation import Conversation, Turn, link_threads
from conversation.errors import NotFound
from kb_search import Answer
from kb_search.gaps import AskedQuestion, Feedback
from kb_search.wordings import ALONE_FROM_WORDS
from kb_search.words import fold
from nlu import CustomerQuestion, PersonalData
from serving.asking import answer_questions
from serving.result_files import json_files, write_together

if TYPE_CHECKING:
    from kb_search import KnowledgeBase
    from kb_search.assistant.cards import CardEvent
    from kb_search.filters import Filters
    from kb_search.gaps import GapReport

Span = tuple[int, int]
Progress = Callable[[int, int], None]

MAX_AFTER = 12
"""Most turns after a question in which its answer is looked for."""

CAME_BACK_WITHIN = timedelta(days=7)
_NAME_LETTERS = 70
PAUSE_S = 300.0
"""Of a pause between two messages, no more seconds count as handling."""

_FEEDBACK: dict[str, Feedback] = {
    "up": "thumbs_up", "down": "thumbs_down", "used": "used", "dismissed": "not_used",
}  # fmt: skip
_NOT_HANDLED_AT_ONCE = frozenset({"email", "letter", "social"})


class Asks(Protocol):
    """A knowledge base that can be asked again."""

    def answer_many(self, questions: Sequence[str]) -> list[Answer]:
        """Answer each question, or decline."""
        ...


class AskedBase:
    """A knowledge base asked through filters.

    Args:
        base: The base.
        filters: What the readers in question may see.
    """

    def __init__(self, base: KnowledgeBase, filters: Filters) -> None:
        self._base = base
        self._filters = filters

    def answer_many(self, questions: Sequence[str]) -> list[Answer]:
        """Answer each question, or decline."""
        return self._base.answer_many(questions, filters=self._filters)


class GatheredQuestions:
    """The questions of result files of ``entendu process``.

    Files that cannot be used are named and the others go on.

    Args:
        paths: Files, or folders that are searched through with their subfolders.
        knowledge: Asked again, so that the answers are those of the base as it is now; None
            takes the answers in the results.
        cards: What became of the cards that an assistant showed.
        progress: Called with (files read, files).
        stored: Results that are no files, as JSON values, with what to call each.

    Attributes:
        questions: With the answers.
        conversations: How many were read.
        unanswered: How many of them were processed without a knowledge base; their questions are
            left out unless one is asked now.
        failures: Files that cannot be used, with the reason.

    Raises:
        NotFound: A path does not exist.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        knowledge: Asks | None = None,
        cards: Sequence[CardEvent] = (),
        progress: Progress | None = None,
        stored: Iterable[tuple[str, Mapping[str, Any]]] = (),
    ) -> None:
        self.questions: list[AskedQuestion] = []
        self.conversations = 0
        self.unanswered = 0
        self.failures: list[tuple[Path, str]] = []
        self._knowledge = knowledge
        self._feedback = _feedback(cards)
        self._personal: dict[str, dict[int, list[Span]]] = {}
        self._stubs: dict[str, tuple[Conversation, str | None]] = {}
        files = list(json_files(paths))
        for done, (path, named) in enumerate(files, 1):
            try:
                self._read(path, named=named)
            except OSError as error:
                self.failures.append((path, f"it cannot be read: {error.strerror}"))
            except (ValueError, ValidationError, KeyError, TypeError):
                why = "not a whole result of this version of entendu process; process it again"
                self.failures.append((path, why))
            if progress is not None:
                progress(done, len(files))
        for name, values in stored:
            try:
                self._take(Path(name), values)
            except (ValueError, ValidationError, KeyError, TypeError):
                self.failures.append((Path(name), "not a whole result of this version"))
        came_back = self._came_back()
        self.questions = [
            question.model_copy(update={"contacted_again": came_back[question.conversation_id]})
            if question.conversation_id in came_back
            else question
            for question in self.questions
        ]

    def personal(self, conversation_id: str, turn: Turn) -> Sequence[Span]:
        """Return what is personal in a turn: what was found when it was processed, and names.

        It is the ``PersonalDataFinder`` of the gaps.
        """
        from nlu.personal_data import find_in_text

        found = self._personal.get(conversation_id, {}).get(turn.index, [])
        return [*found, *((item.start, item.end) for item in find_in_text(turn.text))]

    def _read(self, path: Path, *, named: bool) -> None:
        values = json.loads(path.read_text("utf-8"))
        if not isinstance(values, dict) or not {"conversation", "understanding"} <= values.keys():
            if named:
                raise ValueError("no conversation in it")
            return  # another JSON file in the folder
        self._take(path, values)

    def _take(self, path: Path, values: Mapping[str, Any]) -> None:
        conversation = Conversation.model_validate(values["conversation"])
        understanding = values["understanding"]
        asked = [CustomerQuestion.model_validate(one) for one in understanding["questions"]]
        personal = [PersonalData.model_validate(one) for one in understanding["personal_data"]]
        reason = understanding["reasons"]["primary"]
        if conversation.id in self._stubs:
            if self._stubs[conversation.id][0] != _stub(conversation):
                why = f"another conversation has the identifier {conversation.id}"
                self.failures.append((path, why))
            return
        if self._knowledge is not None:
            answers = [one.answer for one in answer_questions(asked, self._knowledge)]
        elif values["knowledge_base"] is None:
            self.unanswered += 1
            self._stubs[conversation.id] = (_stub(conversation), None)
            return
        else:
            answers = [Answer.model_validate(one["answer"]) for one in values["questions"]]
        self.conversations += 1
        code = reason["code"].rsplit(".", 1)[0] if reason and reason.get("parent_code") else None
        self._stubs[conversation.id] = (_stub(conversation), code or (reason or {}).get("code"))
        spans = self._personal.setdefault(conversation.id, {})
        for item in personal:
            spans.setdefault(item.turn_index, []).append((item.start, item.end))
        language = understanding["language"]
        for place, (question, answer) in enumerate(zip(asked, answers, strict=True)):
            self.questions.append(
                _asked(
                    conversation, question, asked[place + 1 :], answer, language=language,
                    feedback=self._feedback.get((conversation.id, question.evidence.turn_index)),
                )
            )  # fmt: skip

    def _came_back(self) -> dict[str, bool]:
        """Say of conversations of known customers whether the same reason came again in a week."""
        threads = link_threads(stub for stub, _ in self._stubs.values())
        reasons = {name: reason for name, (_, reason) in self._stubs.items()}
        found: dict[str, bool] = {}
        for thread in threads:
            for place, contact in enumerate(thread.contacts):
                at, name = contact.started_at, contact.conversation_id
                if at is None:
                    continue
                found[name] = any(
                    later.started_at is not None
                    and _moment(later.started_at) - _moment(at) <= CAME_BACK_WITHIN
                    and reasons[later.conversation_id] == reasons[name] is not None
                    for later in thread.contacts[place + 1 :]
                )
        return found


def handling_s(conversation: Conversation) -> float | None:
    """Return the seconds that a conversation took an agent; None where they are not known.

    Of a recording its length; of messages the time between them, pauses counted up to five
    minutes. E-mails, letters and posts do not tell.
    """
    if conversation.channel in _NOT_HANDLED_AT_ONCE:
        return None
    if conversation.recording is not None:
        return conversation.recording.duration_s
    ends = [turn.end_s for turn in conversation.turns if turn.end_s is not None]
    if ends:
        return max(ends)
    times = [_moment(turn.at) for turn in conversation.turns if turn.at is not None]
    if len(times) < 2:
        return conversation.duration_s
    pauses = ((later - first).total_seconds() for first, later in pairwise(times))
    return sum(min(max(pause, 0.0), PAUSE_S) for pause in pauses)


def _asked(
    conversation: Conversation,
    question: CustomerQuestion,
    later: Sequence[CustomerQuestion],
    answer: Answer,
    *,
    language: str | None,
    feedback: Feedback | None,
) -> AskedQuestion:
    index = question.evidence.turn_index
    after = _turns_after(conversation, index, [one.evidence.turn_index for one in later])
    started = conversation.started_at or next(
        (turn.at for turn in conversation.turns if turn.at is not None), None
    )
    turn = conversation.turns[index]
    return AskedQuestion(
        conversation_id=conversation.id,
        turn=_light(turn),
        quote=question.text,
        asked_as=_by_itself(question),
        kind=question.kind,
        at=None if started is None else _moment(started),
        language=turn.language or conversation.language or language,
        handling_s=handling_s(conversation),
        answer=answer,
        feedback=feedback,
        agent=_agent(conversation, after),
        after=tuple(map(_light, after)),
    )


def _by_itself(question: CustomerQuestion) -> str | None:
    """Return a short question after the sentence that it refers to; None where it needs none."""
    if question.context is None or len(question.text.split()) > ALONE_FROM_WORDS:
        return None
    return f"{question.context} {question.text}"


def _turns_after(conversation: Conversation, index: int, later: Sequence[int]) -> list[Turn]:
    """Return the turns after a question up to the next one that an agent's turn stands before."""
    found: list[Turn] = []
    for turn in conversation.turns[index + 1 : index + 1 + MAX_AFTER]:
        found.append(turn)
        if turn.index in later and any(one.speaker == "agent" for one in found):
            break
    return found


def _agent(conversation: Conversation, after: Sequence[Turn]) -> str | None:
    """Return a name that tells agents apart; it is counted and not kept."""
    people = conversation.participants
    known = next(
        (t.participant for t in after if t.speaker == "agent" and t.participant is not None), None
    )
    if known is not None and known < len(people):
        return people[known].key or people[known].name
    agents = [person for person in people if person.role == "agent"]
    return (agents[0].key or agents[0].name) if len(agents) == 1 else None


def _feedback(cards: Sequence[CardEvent]) -> dict[tuple[str, int], Feedback]:
    """Return the last judgement of the cards for each question, by conversation and turn."""
    turns: dict[tuple[str, str], int] = {}
    found: dict[tuple[str, int], Feedback] = {}
    for event in cards:
        if event.card_id is None:
            continue
        key = (event.conversation, event.card_id)
        if event.card is not None:
            turns[key] = event.card.asked_turn
        elif key in turns and event.kind in _FEEDBACK:
            found[event.conversation, turns[key]] = _FEEDBACK[event.kind]
    return found


def _stub(conversation: Conversation) -> Conversation:
    """Return what threads need of a conversation, without its words."""
    return conversation.model_copy(update={"turns": (), "recording": None})


def _light(turn: Turn) -> Turn:
    """Return a turn without its single words, which take most of the memory."""
    return turn.model_copy(update={"words": ()})


def _moment(at: datetime) -> datetime:
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def read_cards(path: Path | None) -> tuple[CardEvent, ...]:
    """Read what became of the cards that an assistant showed; nothing where no file is given.

    Raises:
        NotFound: There is no such file.
        BadInput: It is not one that an assistant wrote.
    """
    from kb_search.assistant.log import EventLog

    if path is None:
        return ()
    if not path.is_file():
        raise NotFound(f"there is no {path}", remedy="give the file of events of an assistant")
    return EventLog(path).read()


def write_gaps(report: GapReport, out: Path, *, force: bool) -> tuple[list[Path], list[Path]]:
    """Write ``gaps.json`` and a draft article for each gap.

    Args:
        report: The gaps.
        out: Folder; made if needed.
        force: Also write drafts anew that are there already, which may have been worked on.

    Returns:
        The drafts that were written, and those that were there and stay.
    """
    contents = [(out / "gaps.json", report.model_dump_json(indent=2) + "\n")]
    kept: list[Path] = []
    names: set[str] = set()
    for gap in report.gaps:
        if gap.draft is None:
            continue
        path = out / "drafts" / f"{_file_name(gap.title, names)}.md"
        if path.exists() and not force:
            kept.append(path)
        else:
            contents.append((path, gap.draft))
    write_together(contents)
    return [path for path, _ in contents[1:]], kept


def _file_name(title: str, taken: set[str]) -> str:
    """Return a name for a draft: the title's words; a number more where it is taken."""
    words = "-".join(re.findall(r"[a-z0-9]+", fold(title))) or "gap"
    if len(words) > _NAME_LETTERS:
        words = words[:_NAME_LETTERS].rpartition("-")[0] or words[:_NAME_LETTERS]
    name, number = words, 2
    while name in taken:
        name, number = f"{words}-{number}", number + 1
    taken.add(name)
    return name
