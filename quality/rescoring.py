"""Scoring again from stored results: no recognition, no understanding, no encoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from conversation import Conversation
from conversation.errors import BadInput, NotFound
from nlu import Understanding
from quality.card_versions import refused
from quality.evaluation import evaluate
from quality.helpers import NO_HELPERS, Helpers
from quality.metrics import Metrics
from quality.results import Evaluation
from quality.scorecard import Scorecard
from quality.sentence_vectors import SentenceVectors, StoredVectors
from quality.sentences import sentence_texts

VECTORS_SUFFIX = ".vectors"
"""Of the file beside ``NAME.json`` that keeps the vectors of the conversation's sentences."""


class StoredResult(BaseModel):
    """What scoring needs of a stored analysis; the rest of the file is not read.

    Attributes:
        conversation: As it is kept.
        understanding: Of it.
        metrics: Of it.
        evaluation: The earlier one; None where there is none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    conversation: Conversation
    understanding: Understanding
    metrics: Metrics
    evaluation: Evaluation | None = None


@dataclass(frozen=True)
class StoredConversation:
    """A stored result with the vectors that are kept beside it.

    Attributes:
        path: Of the result.
        result: What it says.
        vectors: None where none are kept.
    """

    path: Path
    result: StoredResult
    vectors: StoredVectors | None


def read_stored(path: Path) -> StoredConversation:
    """Read a result of ``entendu process`` and the vectors beside it.

    Args:
        path: Of the JSON file.

    Returns:
        Both; damaged vectors count as missing, since they can be made again.

    Raises:
        NotFound: There is no such file.
        BadInput: It cannot be read, or is no whole result of this version.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(f"there is no {path}", remedy="check the path") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
    try:
        result = StoredResult.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BadInput(
            f"{path} is no whole result of entendu process: {where}: {first['msg']}",
            remedy="process the conversation again with this version",
        ) from None
    return StoredConversation(path, result, read_vectors(vectors_path(path)))


def vectors_path(result: Path) -> Path:
    """Return where the vectors of a result are kept: ``NAME.vectors`` beside ``NAME.json``."""
    return result.with_name(result.name.removesuffix(".json") + VECTORS_SUFFIX)


def read_vectors(path: Path) -> StoredVectors | None:
    """Read a file of vectors; None where there is none, or it is damaged."""
    try:
        return StoredVectors.from_bytes(path.read_bytes(), name=str(path))
    except (OSError, BadInput):
        return None


def conversation_vectors(conversation: Conversation, vectors: SentenceVectors) -> StoredVectors:
    """Return the vectors of all sentences of a conversation, to be kept beside its result.

    Args:
        conversation: As it is kept, personal data removed.
        vectors: Encodes what it does not have.
    """
    return vectors.stored(sentence_texts(conversation))


def check_version(card: Scorecard, stored: StoredResult) -> None:
    """Refuse a card whose version scored this conversation with other content.

    Raises:
        Conflict: It did.
    """
    before = stored.evaluation
    if before is None or (before.scorecard, before.version) != (card.name, card.version):
        return
    sha256 = before.provenance.settings.get("scorecard_sha256")
    if isinstance(sha256, str) and sha256 != card.sha256:
        raise refused(card, sha256, f"for conversation {stored.conversation.id!r}")


def score_again(
    stored: StoredResult,
    scorecard: Scorecard,
    *,
    vectors: SentenceVectors | None = None,
    helpers: Helpers = NO_HELPERS,
    ask_again: bool = False,
) -> Evaluation:
    """Fill in a card from a stored result.

    Args:
        stored: The result.
        scorecard: To fill in.
        vectors: Of the conversation's sentences and the card's examples.
        helpers: For questions that ask something outside.
        ask_again: Ask helpers also what they answered to the very same question before.

    Returns:
        The evaluation; the stored one stays as it is.

    Raises:
        Conflict: The card's version scored this conversation with other content.
        EvidenceMismatch: A stored quote is not in the stored conversation.
    """
    check_version(scorecard, stored)
    return evaluate(
        stored.conversation,
        understanding=stored.understanding,
        metrics=stored.metrics,
        scorecard=scorecard,
        vectors=vectors,
        helpers=helpers,
        stored=None if ask_again else stored.evaluation,
    )
