"""How often the right document is found, on questions whose documents are known."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation import Provenance
from conversation.errors import DatasetInvalid, NotFound
from kb_search.documents import Passage
from kb_search.index import PassageIndex
from kb_search.passages import cut_passages
from kb_search.reading.text import text_blocks
from kb_search.settings import IngestSettings

if TYPE_CHECKING:
    from models import Encoder

_DEPTH = 10
_PASSAGES_PER_QUESTION = 100
VERSION = "1"


class CorpusEntry(BaseModel):
    """One document of an evaluation corpus.

    Attributes:
        id: Which questions name.
        title: Of the document; empty where it has none.
        text: Its words.
        lang: ``fr`` or ``en``; found out when None.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    title: str = ""
    text: str
    lang: str | None = None


class JudgedQuery(BaseModel):
    """One question of an evaluation set.

    Attributes:
        id: Of the question.
        query: As it was asked.
        relevant: Identifiers of the documents that answer it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    query: str = Field(min_length=1)
    relevant: tuple[str, ...] = Field(min_length=1)


class SearchResult(BaseModel):
    """Figures of one evaluation; JSON names are the field's usual ones (``hit@1``).

    Attributes:
        hit_1: Share of questions whose first document is relevant.
        hit_5: Share with a relevant document among the first five.
        mrr_10: Mean of 1 / rank of the first relevant document, 0 beyond rank ten.
        ndcg_10: Normalised discounted cumulative gain of the first ten, relevance 0 or 1
            (Järvelin and Kekäläinen 2002).
        latency_ms: Median milliseconds of a question, its encoding included.
        latency_p95_ms: The same at the 95th percentile.
        index_s: Seconds to read and index the corpus.
        queries: How many questions were counted.
        documents: How many documents were searched.
        passages: How many passages they were cut into.
        warnings: What was left out, and why.
        provenance: What produced the figures.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    hit_1: float = Field(alias="hit@1")
    hit_5: float = Field(alias="hit@5")
    mrr_10: float = Field(alias="mrr@10")
    ndcg_10: float = Field(alias="ndcg@10")
    latency_ms: float
    latency_p95_ms: float
    index_s: float
    queries: int
    documents: int
    passages: int
    warnings: tuple[str, ...] = ()
    provenance: Provenance


_Line = TypeVar("_Line", CorpusEntry, JudgedQuery)


def evaluate_search(
    corpus: Path,
    queries: Path,
    encoder: Encoder,
    *,
    settings: IngestSettings | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> SearchResult:
    """Search a corpus for every question of a set.

    A document's score is that of its best passage.

    Args:
        corpus: JSON lines with ``id``, ``text`` and, where there is one, ``title``.
        queries: JSON lines with ``id``, ``query`` and ``relevant``, a list of document ids.
        encoder: Makes the vectors.
        settings: How long passages are.
        progress: Called with (``"index"`` or ``"search"``, done, in all).

    Raises:
        NotFound: A file does not exist.
        DatasetInvalid: A line is not what it should be; file, line and field are named. Or no
            question has a document in the corpus.
    """
    documents = read_corpus(corpus)
    judged, warnings = _answerable(read_queries(queries), documents, queries, corpus)
    started = time.perf_counter()
    passages = corpus_passages(documents, settings)
    index = PassageIndex.build(
        passages,
        encoder,
        progress=None if progress is None else lambda done, total: progress("index", done, total),
    )
    index_s = time.perf_counter() - started
    rankings: list[list[str]] = []
    latencies_ms: list[float] = []
    for number, judged_query in enumerate(judged, 1):
        started = time.perf_counter()
        vector = encoder.encode([judged_query.query], kind="query")[0]
        matches = index.search(judged_query.query, vector, k=_PASSAGES_PER_QUESTION).matches
        latencies_ms.append((time.perf_counter() - started) * 1000)
        found = dict.fromkeys(passages[match.row].document for match in matches)
        rankings.append(list(found)[:_DEPTH])
        if progress is not None:
            progress("search", number, len(judged))
    return SearchResult(
        **ranking_figures(rankings, [query.relevant for query in judged]),
        latency_ms=round(_percentile(latencies_ms, 50), 2),
        latency_p95_ms=round(_percentile(latencies_ms, 95), 2),
        index_s=round(index_s, 3),
        queries=len(judged),
        documents=len(documents),
        passages=len(passages),
        warnings=warnings,
        provenance=Provenance(
            component="kb_search.evaluation", version=VERSION, models=(encoder.reference,)
        ),
    )


def ranking_figures(
    rankings: Sequence[Sequence[str]], relevant: Sequence[Sequence[str]]
) -> dict[str, float]:
    """Return hit@1, hit@5, mrr@10 and ndcg@10 of rankings, rounded to four digits.

    Args:
        rankings: Document ids for each question, best first.
        relevant: Ids that are right for each question.
    """
    sums = dict.fromkeys(("hit@1", "hit@5", "mrr@10", "ndcg@10"), 0.0)
    for ranking, right in zip(rankings, relevant, strict=True):
        gains = [1.0 if document in set(right) else 0.0 for document in ranking[:_DEPTH]]
        first = next((rank for rank, gain in enumerate(gains, 1) if gain), None)
        sums["hit@1"] += first == 1
        sums["hit@5"] += first is not None and first <= 5
        sums["mrr@10"] += 0.0 if first is None else 1 / first
        ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(set(right)), _DEPTH) + 1))
        sums["ndcg@10"] += sum(g / math.log2(rank + 1) for rank, g in enumerate(gains, 1)) / ideal
    return {name: round(total / max(1, len(rankings)), 4) for name, total in sums.items()}


def read_corpus(path: Path) -> list[CorpusEntry]:
    """Read and check a corpus file.

    Raises:
        NotFound: It does not exist.
        DatasetInvalid: A line is not what it should be, or two have the same id.
    """
    entries = _read_lines(path, CorpusEntry)
    for number, entry in enumerate(entries, 1):
        if not (entry.text.strip() or entry.title.strip()):
            raise _invalid(path, number, "text", "is empty", "write the document's text")
    return entries


def read_queries(path: Path) -> list[JudgedQuery]:
    """Read and check a file of questions.

    Raises:
        NotFound: It does not exist.
        DatasetInvalid: A line is not what it should be, or two have the same id.
    """
    return _read_lines(path, JudgedQuery)


def corpus_passages(
    documents: Sequence[CorpusEntry], settings: IngestSettings | None = None
) -> list[Passage]:
    """Cut the documents of an evaluation corpus into passages."""
    passages: list[Passage] = []
    for entry in documents:
        blocks = text_blocks(entry.text, with_title=False) or text_blocks(
            entry.title, with_title=False
        )
        _, cut = cut_passages(
            blocks,
            document=entry.id,
            title=" ".join(entry.title.split()),
            language=entry.lang if entry.lang in {"fr", "en"} else None,
            settings=settings,
        )
        passages.extend(cut)
    return passages


def _read_lines(path: Path, kind: type[_Line]) -> list[_Line]:
    if not path.is_file():
        raise NotFound(f"the file {path} does not exist", remedy="check the path")
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (UnicodeDecodeError, OSError) as problem:
        raise DatasetInvalid(
            f"{path.name} is not UTF-8 text ({problem})", remedy="save it as UTF-8 JSON lines"
        ) from problem
    entries: dict[str, _Line] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as problem:
            raise _invalid(
                path, number, "the line", f"is not JSON ({problem})", "write one object a line"
            ) from problem
        if not isinstance(value, dict):
            found = type(value).__name__
            raise _invalid(path, number, "the line", f"is a {found}", "write one object a line")
        try:
            entry = kind.model_validate(value)
        except ValidationError as problem:
            error = problem.errors()[0]
            field = ".".join(str(part) for part in error["loc"])
            needed = ", ".join(
                name for name, info in kind.model_fields.items() if info.is_required()
            )
            raise _invalid(
                path, number, field, f"({error['msg']})", f"each line needs {needed}"
            ) from problem
        if entry.id in entries:
            raise _invalid(path, number, "id", f"{entry.id!r} comes twice", "give each its own id")
        entries[entry.id] = entry
    if not entries:
        raise DatasetInvalid(f"{path.name} has no lines", remedy="write one JSON object a line")
    return list(entries.values())


def _answerable(
    queries: list[JudgedQuery], documents: list[CorpusEntry], source: Path, corpus: Path
) -> tuple[list[JudgedQuery], tuple[str, ...]]:
    """Leave out the questions that no document of the corpus can answer."""
    ids = {entry.id for entry in documents}
    kept = [query for query in queries if ids.intersection(query.relevant)]
    lost = [query.id for query in queries if not ids.intersection(query.relevant)]
    if not kept:
        raise DatasetInvalid(
            f"none of the {len(queries)} questions of {source.name} names a document of "
            f"{corpus.name}",
            remedy="give the corpus that the questions were made for",
        )
    if not lost:
        return kept, ()
    shown = ", ".join(lost[:5]) + (", …" if len(lost) > 5 else "")
    warning = (
        f"{len(lost)} of {len(queries)} questions name no document of {corpus.name} and were "
        f"left out ({shown})"
    )
    return kept, (warning,)


def _invalid(path: Path, line: int, field: str, problem: str, remedy: str) -> DatasetInvalid:
    return DatasetInvalid(f"{path.name}, line {line}: {field} {problem}", remedy=remedy)


def _percentile(values: Sequence[float], percent: float) -> float:
    import numpy as np

    return float(np.percentile(values, percent)) if values else 0.0
