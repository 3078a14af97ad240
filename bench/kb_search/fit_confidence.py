"""Fit kb_search.confidence on questions that a base can answer and on questions that it cannot.

    python bench/kb_search/fit_confidence.py --data DATA/retrieval --model NAME

writes the numbers for that encoder into kb_search/confidence.json and the figures into
bench/kb_search/confidence.json (``--out``); run it again after the encoder or the ranking has
changed, and ``fit_across.py`` after it. ``--vectors FILE.npz`` keeps the vectors between runs.
For an encoder that was trained on questions of PIAF, ``--piaf-articles FILE`` names the articles
that it has not seen, one title a line: only their questions are asked.

From each set, bases of 20, 60, 200 and all documents are drawn. Half of the questions keep their
documents in the base; of the others they are taken out, alone or with the documents most like
them. Questions of the other sets, small talk (off_domain.txt) and questions written so that no
document answers them (unanswerable_*.jsonl) are asked as well. A question counts as answered when
the document of the best passage is right.

Fitted on PIAF, on the CNIL questions and on the sample base with its own questions. Not fitted on:
the bank FAQ, whose licence allows measuring only, and the CNIL's unanswerable questions, which
judge the result. Each set is measured with the fit that has not seen it, and with the shipped one.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from bases import Base, RememberingEncoder, environment, load_base, open_encoder
from confidence_fitting import ANSWERABLE, Sample, fit

from kb_search.abstention import Judged, abstention_figures
from kb_search.answering import ANSWER_DEPTH, best_words_extract
from kb_search.confidence import CHOICES, CONFIDENCE_FILE, FittedConfidence
from kb_search.evaluation_sets import JudgedQuery, read_queries, read_unanswerable
from kb_search.index import PassageIndex
from kb_search.ingest import read_folder
from kb_search.signals import read_signals

HERE = Path(__file__).parent
SETS = ("cnil_faq_fr", "piaf_fr", "bankfaq_en")
FITTED = ("cnil_faq_fr", "piaf_fr", "examples")
WRITTEN_NOT_FITTED = ("cnil_faq_fr",)
SIZES = (20, 60, 200, None)
MOST_ASKED = 160
MOST_QUERIES = 500
MOST_NEAR = 5

PRECISION = 0.60
DECLINED = 0.85
"""The threshold is the lowest from which this share of the answers given is right and this share
of the unanswerable questions gets none, over the fitted sets, each weighing the same and asked as
many unanswerable questions, most of them near misses, as answerable ones."""
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def ask(
    index: PassageIndex,
    encoder: RememberingEncoder,
    base: str,
    questions: Sequence[tuple[str, str, Sequence[str]]],
) -> list[Sample]:
    """Ask questions, given as (kind, text, relevant documents)."""
    vectors = encoder.encode([text for _, text, _ in questions], kind="query")
    samples = []
    for (kind, text, relevant), vector in zip(questions, vectors, strict=True):
        ranking = index.search(text, vector, k=ANSWER_DEPTH)
        documents = list(dict.fromkeys(index.passages[m.row].document for m in ranking.matches))
        signals = read_signals(
            text,
            ranking,
            index.passages,
            best_words_extract(index.passages[ranking.matches[0].row].text, text),
            languages=index.languages,
            frequency=index.frequency,
        )
        samples.append(
            Sample(
                base, kind, text, documents[0] in relevant,
                bool(set(documents[:CHOICES]) & set(relevant)), signals,
            )
        )  # fmt: skip
    return samples


def drawn(
    base: Base,
    written: Sequence[str],
    foreign: Sequence[str],
    whole: PassageIndex,
    encoder: RememberingEncoder,
) -> list[Sample]:
    """Ask questions of bases of several sizes drawn from one set."""
    rng = random.Random(f"5 {base.name}")
    chat = (HERE / "off_domain.txt").read_text(encoding="utf-8").splitlines()
    passages: dict[str, list[int]] = {}
    for row, passage in enumerate(base.passages):
        passages.setdefault(passage.document, []).append(row)
    vectors = whole.vectors
    samples: list[Sample] = []
    for size in (size for size in SIZES if size is None or size < len(passages)):
        for _ in range(3 if size is None else max(1, min(10, 600 // size))):
            n_documents = size or len(passages)
            n_asked = MOST_ASKED if size is None else min(MOST_ASKED, max(8, size // 3))
            asked = rng.sample(base.queries, min(n_asked, len(base.queries)))
            gone = {document for query in asked[1::2] for document in query.relevant}
            gone |= {
                document
                for query in asked[1::4]
                for document in most_like(query, passages, vectors, base)
            }
            kept = [query for query in asked[::2] if not gone.intersection(query.relevant)]
            held = list(dict.fromkeys(d for query in kept for d in query.relevant))[:n_documents]
            pool = [d for d in passages if d not in gone and d not in held]
            held += rng.sample(pool, max(0, min(len(pool), n_documents - len(held))))
            index = PassageIndex.build(
                [base.passages[row] for document in held for row in passages[document]], encoder
            )
            nobody: tuple[str, ...] = ()
            some = {
                "other_base": rng.sample(list(foreign), max(2, len(asked) // 6)),
                "off_domain": rng.sample(chat, min(len(chat), max(2, n_asked // 8))),
                "written": rng.sample(list(written), min(len(written), max(2, n_asked // 4))),
            }
            questions = [
                *(("kept", query.query, query.relevant) for query in kept),
                *(
                    ("taken_out" if number % 2 else "subject_out", query.query, nobody)
                    for number, query in enumerate(asked[1::2])
                ),
                *((kind, text, nobody) for kind, texts in some.items() for text in texts),
            ]
            samples += ask(index, encoder, base.name, questions)
    return samples


def most_like(
    query: JudgedQuery, passages: dict[str, list[int]], vectors: np.ndarray, base: Base
) -> list[str]:
    """Return the documents whose passages are closest to those that answer a question."""
    rows = [row for document in query.relevant for row in passages.get(document, ())]
    if not rows:
        return []
    order = np.argsort(-(vectors[rows] @ vectors.T).max(axis=0))
    near = dict.fromkeys(base.passages[row].document for row in order[: 8 * MOST_NEAR])
    most = MOST_NEAR if len(passages) > 100 else 1
    return [document for document in near if document not in query.relevant][:most]


def options_of_the_command() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the retrieval sets")
    parser.add_argument(
        "--out", type=Path, default=HERE / "confidence.json", help="for the figures"
    )
    parser.add_argument("--vectors", type=Path, help="NPZ file that keeps vectors between runs")
    parser.add_argument("--model", default="entendu-encoder-fr-en")
    parser.add_argument("--piaf-articles", type=Path, help="titles to ask about, one a line")
    return parser.parse_args()


def load(data: Path, name: str, articles: Path | None) -> Base:
    """Read one set; of PIAF, where articles are named, their questions only."""
    base = load_base(data, name)
    if name != "piaf_fr" or articles is None:
        return base
    titles = set(articles.read_text(encoding="utf-8").splitlines())
    kept = {entry.id for entry in base.documents if entry.title in titles}
    asked = read_queries(data / name / "dev" / "queries.jsonl")
    queries = [query for query in asked if kept.intersection(query.relevant)]
    drawn_queries = random.Random(1).sample(queries, min(MOST_QUERIES, len(queries)))
    return Base(name, base.documents, drawn_queries, base.passages)


def load_examples() -> tuple[Base, list[str]]:
    """Read the sample knowledge base with its own questions."""
    documents = read_folder(HERE.parents[1] / "examples" / "kb").documents
    passages = [passage for document in documents for passage in document.passages]
    queries = read_queries(HERE / "questions_examples.jsonl")
    asked = [query for query in queries if query.relevant]
    return Base("examples", [], asked, passages), [q.query for q in queries if not q.relevant]


def judge(fitted: FittedConfidence, samples: Sequence[Sample]) -> list[Judged]:
    """Return the confidences of samples."""
    return [
        Judged(s.kind in ANSWERABLE, s.right, fitted.of(s.signals).answers, "declined")
        for s in samples
    ]


def with_threshold(
    fitted: FittedConfidence, judging: Sequence[Sequence[Sample]]
) -> FittedConfidence:
    """Set the threshold for the stated precision and share of refusals."""
    pool: list[tuple[float, float, Judged]] = []
    for judged in (judge(fitted, samples) for samples in judging):
        able = sum(one.answerable for one in judged)
        shares = {True: 1 / able, False: 1 / max(1, len(judged) - able)}
        pool += [(one.confidence, shares[one.answerable] / len(judging), one) for one in judged]
    pool.sort(key=lambda entry: -entry[0])
    threshold, given, right, wrongly = 0.99, 0.0, 0.0, 0.0
    for level, weight, one in pool:
        given += weight
        right += weight * one.right
        wrongly += weight * (not one.answerable)
        if wrongly > 1 - DECLINED:
            break
        if right >= PRECISION * given:
            threshold = level
    return fitted.model_copy(update={"threshold": round(min(0.99, max(0.01, threshold)), 3)})


def figures(fitted: FittedConfidence, samples: Sequence[Sample]) -> dict[str, object]:
    """Return the quality of the confidence on one set."""
    judged = judge(fitted, samples)
    shown = abstention_figures(judged, fitted.threshold).model_dump()
    kept = ("answerable", "unanswerable", "aurc", "aurc_least", "brier", "coverage_at")
    return {
        **{name: shown[name] for name in kept},
        "at_80_answered": shown["at_80_answered"],
        "by threshold": {
            f"{threshold:.2f}": at_threshold(judged, threshold)
            for threshold in (*THRESHOLDS, fitted.threshold)
        },
    }


def at_threshold(judged: Sequence[Judged], threshold: float) -> dict[str, float]:
    """Return what comes of answering from one confidence on."""
    given = [one for one in judged if one.confidence >= threshold]
    able = [one for one in judged if one.answerable]
    unable = len(judged) - len(able)
    return {
        "answered answerable": round(sum(one.answerable for one in given) / len(able), 3),
        "declined unanswerable": round(
            1 - sum(not one.answerable for one in given) / max(1, unable), 3
        ),
        "precision": round(sum(one.right for one in given) / max(1, len(given)), 3),
    }


def main() -> None:
    """Fit, measure on sets not fitted on, write numbers and figures."""
    options = options_of_the_command()
    encoder = open_encoder(options)
    bases = {name: load(options.data, name, options.piaf_articles) for name in SETS}
    written = {
        name: [
            q.query for q in read_unanswerable(HERE / f"unanswerable_{name.split('_')[0]}.jsonl")
        ]
        for name in SETS
    }
    bases["examples"], written["examples"] = load_examples()
    samples: dict[str, list[Sample]] = {}
    judging: dict[str, list[Sample]] = {}
    for name, base in bases.items():
        index = PassageIndex.build(base.passages, encoder)
        whole = [("whole", query.query, query.relevant) for query in base.queries]
        asked = ask(index, encoder, name, whole)
        judging[name] = asked + ask(
            index, encoder, name, [("written", text, ()) for text in written[name]]
        )
        foreign = [q.query for other in bases.values() if other is not base for q in other.queries]
        fit_on = [] if name in WRITTEN_NOT_FITTED else written[name]
        samples[name] = asked + drawn(base, fit_on, foreign, index, encoder)
        print(name, len(samples[name]), "questions", flush=True)
    shipped = with_threshold(
        fit([s for name in FITTED for s in samples[name]]), [judging[name] for name in FITTED]
    )
    left_out = {}
    for name in bases:
        others = [other for other in FITTED if other != name]
        fitted = with_threshold(
            fit([s for other in others for s in samples[other]]), [judging[o] for o in others]
        )
        left_out[name] = {"threshold": fitted.threshold, **figures(fitted, judging[name])}
    write(encoder.name, shipped)
    report = {
        "environment": environment(),
        "encoder": encoder.reference.model_dump(),
        "fitted_on": list(FITTED),
        "fitted": shipped.model_dump(),
        "fitted without the set itself": left_out,
        "as shipped": {name: figures(shipped, judging[name]) for name in bases},
    }
    text = json.dumps(report, indent=2, ensure_ascii=False)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(text)


def write(encoder_name: str, fitted: FittedConfidence) -> None:
    """Put the numbers of one encoder beside those of the others, and make it the default."""
    stored = json.loads(CONFIDENCE_FILE.read_text(encoding="utf-8"))
    stored["default"] = encoder_name
    across = stored["encoders"].get(encoder_name, {}).get("across")
    stored["encoders"][encoder_name] = fitted.model_dump() | {"across": across}
    CONFIDENCE_FILE.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
