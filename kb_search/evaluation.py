"""How often the right document is found and the right answer given, on judged questions."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from conversation import Provenance
from conversation.errors import DatasetInvalid
from kb_search.abstention import AbstentionFigures, Judged, abstention_figures
from kb_search.answering import ANSWER_DEPTH, AnswerWriter, Found
from kb_search.evaluation_sets import (
    CorpusEntry,
    JudgedQuery,
    corpus_passages,
    read_corpus,
    read_queries,
    read_unanswerable,
)
from kb_search.index import PassageIndex
from kb_search.settings import IngestSettings

if TYPE_CHECKING:
    from models import Encoder

_DEPTH = 10
_PASSAGES_PER_QUESTION = 100
VERSION = "2"


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
        abstention: What was answered, asked back and declined, and how often rightly.
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
    abstention: AbstentionFigures
    warnings: tuple[str, ...] = ()
    provenance: Provenance


def evaluate_search(
    corpus: Path,
    queries: Path,
    encoder: Encoder,
    *,
    unanswerable: Path | None = None,
    settings: IngestSettings | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> SearchResult:
    """Search a corpus for every question of a set, and answer it.

    A document's score is that of its best passage. The figures of the ranking and the times are
    of the questions that a document answers.

    Args:
        corpus: JSON lines with ``id``, ``text`` and, where there is one, ``title``.
        queries: JSON lines with ``id``, ``query`` and ``relevant``, a list of document ids, empty
            where no document answers.
        encoder: Makes the vectors.
        unanswerable: JSON lines with ``id`` and ``query``: further questions that no document
            answers.
        settings: How long passages are.
        progress: Called with (``"index"`` or ``"search"``, done, in all).

    Raises:
        NotFound: A file does not exist.
        DatasetInvalid: A line is not what it should be; file, line and field are named. Or no
            question has a document in the corpus.
    """
    documents = read_corpus(corpus)
    judged, warnings = _answerable(read_queries(queries), documents, queries, corpus)
    none = () if unanswerable is None else read_unanswerable(unanswerable)
    judged += [JudgedQuery(id=one.id, query=one.query, relevant=()) for one in none]
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
    found: list[Found] = []
    for number, query in enumerate(judged, 1):
        started = time.perf_counter()
        vector = encoder.encode([query.query], kind="query")[0]
        ranking = index.search(query.query, vector, k=_PASSAGES_PER_QUESTION)
        if query.relevant:
            latencies_ms.append((time.perf_counter() - started) * 1000)
        by_document = dict.fromkeys(passages[match.row].document for match in ranking.matches)
        rankings.append(list(by_document)[:_DEPTH])
        seen = replace(ranking, matches=ranking.matches[:ANSWER_DEPTH])
        has_words = any(letter.isalnum() for letter in query.query)
        found.append(Found(query.query, vector, seen if has_words else None))
        if progress is not None:
            progress("search", number, len(judged))
    answerable = [number for number, query in enumerate(judged) if query.relevant]
    return SearchResult(
        **ranking_figures(
            [rankings[number] for number in answerable],
            [judged[number].relevant for number in answerable],
        ),
        latency_ms=round(_percentile(latencies_ms, 50), 2),
        latency_p95_ms=round(_percentile(latencies_ms, 95), 2),
        index_s=round(index_s, 3),
        queries=len(answerable),
        documents=len(documents),
        passages=len(passages),
        abstention=_abstention(judged, found, rankings, index, encoder),
        warnings=warnings,
        provenance=Provenance(
            component="kb_search.evaluation", version=VERSION, models=(encoder.reference,)
        ),
    )


def _abstention(
    judged: Sequence[JudgedQuery],
    found: Sequence[Found],
    rankings: Sequence[Sequence[str]],
    index: PassageIndex,
    encoder: Encoder,
) -> AbstentionFigures:
    """Answer the questions and count what became of them."""
    writer = AnswerWriter(
        index.passages,
        index.metadata,
        encoder,
        languages=index.languages,
        frequency=index.frequency,
    )
    answers = writer.write(found)
    return abstention_figures(
        [
            Judged.of(answer, ranking[0] if ranking else None, query.relevant)
            for answer, ranking, query in zip(answers, rankings, judged, strict=True)
        ],
        answers[0].threshold,
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


def _answerable(
    queries: list[JudgedQuery], documents: list[CorpusEntry], source: Path, corpus: Path
) -> tuple[list[JudgedQuery], tuple[str, ...]]:
    """Leave out the questions whose documents are not in the corpus."""
    ids = {entry.id for entry in documents}
    kept = [q for q in queries if not q.relevant or ids.intersection(q.relevant)]
    lost = [q.id for q in queries if q.relevant and not ids.intersection(q.relevant)]
    if not any(query.relevant for query in kept):
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


def _percentile(values: Sequence[float], percent: float) -> float:
    import numpy as np

    return float(np.percentile(values, percent)) if values else 0.0
