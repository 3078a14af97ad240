"""Fit the confidence for questions in another language than the base, after fit_confidence.py.

    python bench/kb_search/fit_across.py --model NAME

adds ``across`` to the numbers of that encoder in kb_search/confidence.json and writes the figures
into bench/kb_search/across.json. The base is the French sample base; 110 English questions were
written for it, 64 of which it cannot answer (questions_across.jsonl). Signals of words are left
out: French and English share few. The figures are of ten folds, drawn by the document that
answers, and of all questions asked of bases of which a third of the documents were taken out.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
from bases import RememberingEncoder, environment, open_encoder
from confidence_fitting import Sample, fit
from fit_confidence import HERE, ask

from kb_search.confidence import CONFIDENCE_FILE, FittedConfidence
from kb_search.evaluation_sets import JudgedQuery, read_queries
from kb_search.index import PassageIndex
from kb_search.ingest import read_folder

KNOWN = ("height", "unlikeliness", "asked_for")
BEST = ("lead", "margin", "unlikeliness")
FOLDS = 10
DRAWS = 8
PRECISION = 0.8
DECLINED = 0.9


def samples_of(encoder: RememberingEncoder) -> dict[str, list[Sample]]:
    """Ask every question of the whole base, and of bases without a third of the documents.

    Returns:
        Samples by the fold of their question.
    """
    documents = read_folder(HERE.parents[1] / "examples" / "kb").documents
    passages = [passage for document in documents for passage in document.passages]
    queries = read_queries(HERE / "questions_across.jsonl")
    fold = folds_of(queries)
    rng = random.Random("across")
    names = sorted({passage.document for passage in passages})
    samples: dict[str, list[Sample]] = {"whole": []}
    for draw in range(DRAWS + 1):
        gone = set(rng.sample(names, len(names) // 3)) if draw else set()
        index = PassageIndex.build([p for p in passages if p.document not in gone], encoder)
        questions = [(kind_of(query, gone), query.query, query.relevant) for query in queries]
        for query, sample in zip(queries, ask(index, encoder, "examples", questions), strict=True):
            samples.setdefault(str(fold[query.id]), []).append(sample)
            if not draw:
                samples["whole"].append(sample)
    return samples


def kind_of(query: JudgedQuery, gone: set[str]) -> str:
    """Say why a question can be answered, or why not."""
    if not query.relevant:
        return "written"
    return "taken_out" if gone.issuperset(query.relevant) else "kept"


def folds_of(queries: list[JudgedQuery]) -> dict[str, int]:
    """Put the questions of a document into one fold, those without any where there is room."""
    documents = sorted({query.relevant[0] for query in queries if query.relevant})
    random.Random("folds").shuffle(documents)
    place = {document: number % FOLDS for number, document in enumerate(documents)}
    return {
        query.id: place[query.relevant[0]] if query.relevant else number % FOLDS
        for number, query in enumerate(queries)
    }


def lowest_threshold(judged: list[tuple[float, Sample]]) -> float:
    """Return the lowest level from which enough answers are right and enough is declined."""
    unable = sum(sample.kind == "written" for _, sample in judged)
    judged = sorted(judged, key=lambda one: -one[0])
    threshold, right, wrongly = 0.99, 0, 0
    for given, (level, sample) in enumerate(judged, start=1):
        right += sample.right
        wrongly += sample.kind == "written"
        if wrongly > (1 - DECLINED) * unable:
            break
        if right >= PRECISION * given:
            threshold = level
    return round(threshold, 3)


def main() -> None:
    """Fit, measure by folds, write numbers and figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="entendu-encoder-fr-en")
    parser.add_argument("--vectors", type=Path)
    encoder = open_encoder(parser.parse_args())
    samples = samples_of(encoder)
    whole = samples.pop("whole")
    held_out: list[tuple[float, Sample]] = []
    for fold, members in samples.items():
        rest = [one for other, part in samples.items() if other != fold for one in part]
        fitted = fit(rest, known=KNOWN, best=BEST)
        inside = {id(one) for one in members}
        held_out += [(fitted.of(one.signals).answers, one) for one in whole if id(one) in inside]
    every = fit([one for part in samples.values() for one in part], known=KNOWN, best=BEST)
    threshold = lowest_threshold(held_out)
    stored = json.loads(CONFIDENCE_FILE.read_text(encoding="utf-8"))
    numbers = every.model_copy(update={"threshold": threshold}).model_dump(exclude={"across"})
    stored["encoders"][encoder.name]["across"] = numbers
    CONFIDENCE_FILE.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")
    given = [one for level, one in held_out if level >= threshold]
    old = FittedConfidence.model_validate(stored["encoders"][encoder.name] | {"across": None})
    before = [one for one in whole if old.of(one.signals).answers >= old.threshold]
    report = {
        "environment": environment(),
        "encoder": encoder.reference.model_dump(),
        "questions": {
            "answerable": sum(one.kind != "written" for one in whole),
            "unanswerable": sum(one.kind == "written" for one in whole),
        },
        "best document right": sum(one.right for one in whole),
        "threshold": threshold,
        "ten folds": counted(given),
        "with the numbers of one language": counted(before),
    }
    text = json.dumps(report, indent=2, ensure_ascii=False)
    (HERE / "across.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def counted(given: list[Sample]) -> dict[str, int]:
    """Count the answers that were given."""
    return {
        "answers given": len(given),
        "right": int(np.sum([one.right for one in given])),
        "to unanswerable questions": sum(one.kind == "written" for one in given),
    }


if __name__ == "__main__":
    main()
