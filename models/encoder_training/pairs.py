"""The pairs that an encoder is trained on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation.errors import DatasetInvalid, NotFound

_SHOWN = 80


class TrainingPair(BaseModel):
    """A question and the passage that answers it: one line of a file of pairs.

    Attributes:
        query: What is asked or said.
        passage: What answers it; title and text with a line break between.
        negatives: Passages that look like an answer and are none.
        lang: Languages of query and passage (``fr``, or ``fr-en`` where they differ).
        licence: Of the text, as SPDX names it where it does.
        source: The set that it comes from; figures are given for each.
        held_out: Whether it is only measured on. Where no pair says so, passages are drawn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    query: str = Field(min_length=1, max_length=4000)
    passage: str = Field(min_length=1, max_length=20_000)
    negatives: tuple[str, ...] = ()
    lang: str = Field(pattern=r"^[a-z]{2,3}(-[a-z]{2,3})?$")
    licence: str = Field(min_length=1)
    source: str = Field(min_length=1)
    held_out: bool = False


def read_pairs(paths: Sequence[Path]) -> list[TrainingPair]:
    """Read files of pairs, one JSON object on each line.

    Raises:
        NotFound: A file does not exist.
        DatasetInvalid: A line is no pair, or the files hold none; the message names the line.
    """
    pairs: list[TrainingPair] = []
    for path in paths:
        if not path.is_file():
            raise NotFound(f"file of pairs {path} does not exist", remedy="correct the path")
        with path.open(encoding="utf-8", errors="strict") as file:
            try:
                for number, line in enumerate(file, start=1):
                    if line.strip():
                        pairs.append(_pair(line, path, number))
            except UnicodeDecodeError as error:
                raise DatasetInvalid(
                    f"{path} is not UTF-8: {error}", remedy="save it as UTF-8"
                ) from error
    if not pairs:
        raise DatasetInvalid(
            f"no pairs in {', '.join(map(str, paths))}",
            remedy='give lines such as {"query": "…", "passage": "…", "lang": "fr", '
            '"licence": "…", "source": "…"}',
        )
    return pairs


def split_pairs(
    pairs: Sequence[TrainingPair], share: float, seed: int
) -> tuple[list[TrainingPair], list[TrainingPair]]:
    """Return the pairs to train on and those held out.

    A passage is never in both. Where the pairs say which are held out, a pair to train on whose
    passage is held out is dropped; where none does, passages are drawn by a hash of their text.

    Args:
        pairs: All pairs.
        share: Of the passages to hold out where the pairs do not say.
        seed: Of the draw.

    Raises:
        DatasetInvalid: One of the two would be empty.
    """
    if any(pair.held_out for pair in pairs):
        held = {pair.passage for pair in pairs if pair.held_out}
    else:
        held = {pair.passage for pair in pairs if _drawn(pair.passage, share, seed)}
    train = [pair for pair in pairs if pair.passage not in held]
    held_out = [pair for pair in pairs if pair.passage in held]
    if len({pair.passage for pair in train}) < 2 or not held_out:
        raise DatasetInvalid(
            f"got {len(train)} pairs to train on and {len(held_out)} held out, expected at least "
            "two passages to train on and one held out",
            remedy="give more pairs, or change which are held out",
        )
    return train, held_out


def fingerprint(pairs: Sequence[TrainingPair]) -> str:
    """Return a hash of all pairs in their order."""
    digest = hashlib.sha256()
    for pair in pairs:
        digest.update(pair.model_dump_json().encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class TextTable:
    """Every distinct text of the pairs with its number; a question and a passage are never one.

    Attributes:
        texts: In the order of their first use.
        kinds: ``query`` or ``passage``, of each text.
        queries: Number of the question of each pair.
        passages: Number of the passage of each pair.
        negatives: Numbers of the negatives of each pair.
    """

    texts: list[str]
    kinds: list[str]
    queries: list[int]
    passages: list[int]
    negatives: list[list[int]]


def number_texts(pairs: Sequence[TrainingPair]) -> TextTable:
    """Give each distinct text of the pairs a number, so that it is read once."""
    numbers: dict[tuple[str, str], int] = {}

    def number(kind: str, text: str) -> int:
        return numbers.setdefault((kind, text.strip()), len(numbers))

    queries = [number("query", pair.query) for pair in pairs]
    passages = [number("passage", pair.passage) for pair in pairs]
    negatives = [[number("passage", text) for text in pair.negatives] for pair in pairs]
    return TextTable(
        texts=[text for _, text in numbers],
        kinds=[kind for kind, _ in numbers],
        queries=queries,
        passages=passages,
        negatives=negatives,
    )


def _pair(line: str, path: Path, number: int) -> TrainingPair:
    try:
        return TrainingPair.model_validate(json.loads(line))
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"])) or "the line"
        reason = f"{where}: {problem['msg']}"
    except ValueError as error:
        reason = str(error)
    raise DatasetInvalid(
        f"{path}, line {number}: {reason}; got {line.strip()[:_SHOWN]!r}",
        remedy="correct the line, or take it out",
    )


def _drawn(passage: str, share: float, seed: int) -> bool:
    digest = hashlib.sha256(f"{seed} {passage}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64
