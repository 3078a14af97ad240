"""Whether heads trained on the tuning cases decide the default card better than its rules.

    python bench/quality/default_heads.py [--cache DIR]

Reads the cases of `part: tuning` and no other. For each question: the rule alone; a head that
reads words, sentence vectors and figures of the contact but no rule; the rule's finding coded
anew (value, confidence and wording of its reason); the rule's finding beside all of that. Every
answer comes from a head that never saw the scenario; penalty and blocks are chosen by
cross-validation inside each training part (likelihood). Figures are of the cases that the rules
were not written on; those that they were written on only help to train, at a small weight, as
the rules look better there than they are. Intervals are percentile bootstraps over scenarios.
Writes bench/quality/default_heads.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import unicodedata
import warnings
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from default_card import ENCODER, HERE, Judge, found_of, kappa, read_case, truth_of
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

import quality
from models import load_encoder
from quality import measure
from quality.sentences import sentences_of

RESULTS = HERE / "default_heads.json"
FITTED = frozenset(
    [f"fr-{i:03d}" for i in (*range(1, 17), *range(41, 51))] + [f"en-{i:03d}" for i in range(1, 14)]
)
"""Cases that the rules were written on."""
FITTED_WEIGHT = 0.3
ANSWERS = ("1", "0.5", "0", "na")
FINDINGS = (*ANSWERS, "open")
REGIONS = {
    "ACC1": ("first",), "ACC2": ("first",), "IDE2": ("all", "first"), "DEC2": ("asked", "middle"),
    "DEC3": ("middle", "asked"), "TRA2": ("second", "all"), "TRA4": ("hold", "all"),
    "PRO1": ("middle", "second"), "PRO2": ("second",), "OBJ1": ("middle", "upset"),
    "CON1": ("last",), "CON2": ("last",), "CON3": ("last",), "SAV2": ("all", "upset"),
    "CNF1": ("all", "first"),
}  # fmt: skip
BLOCKS = ("finding", "reason", "others", "words", "figures", "vectors")
VARIANTS: dict[str, tuple[tuple[float, ...], ...]] = {
    "head": ((0, 0, 0, 1, 0.5, 0), (0, 0, 0, 0, 0.5, 1), (0, 0, 0, 1, 0.5, 1)),
    "rule_recoded": ((2, 1, 0, 0, 0, 0),),
    "stacked": (
        (2, 1, 0, 1, 0, 0), (2, 1, 0, 0, 0, 1), (2, 1, 0.3, 0, 0.5, 0), (2, 1, 0.3, 1, 0.5, 0),
        (2, 1, 0.3, 1, 0.5, 1),
    ),
}  # fmt: skip
"""Weights of the blocks, in the order of BLOCKS."""
PENALTIES = (1.0, 3.0, 10.0)
FOLDS, INNER, DRAWS = 8, 3, 400
_SHOWN = ("kappa", "interval", "fr", "en", "beyond_rule")


def fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.lower())
    return re.sub(r"\d+", "0", "".join(c for c in plain if not unicodedata.combining(c)))


class Cases:
    """The tuning cases as heads read them."""

    def __init__(self, folder: Path, cache: Path) -> None:
        paths = sorted(folder.glob("*/*.yaml"))
        chosen = [path for path in paths if "\npart: tuning\n" in path.read_text("utf-8")]
        self.cases = [read_case(path) for path in chosen]
        judge = Judge(cache / "sentiment")
        self.found = [judge(case["conversation"]) for case in self.cases]
        self.questions = list(self.found[0])
        self.sentences = [
            [(turn.index, turn.speaker, one.text)
             for turn in case["conversation"].turns for one in sentences_of(turn)]
            for case in self.cases
        ]  # fmt: skip
        self.upset = []
        for case in self.cases:
            read = judge.understanding(case["conversation"]).sentiment
            self.upset.append([(t.turn_index, t.score) for t in read.turns] if read else [])
        self.scenario = np.array([case["scenario"] for case in self.cases])
        self.language = np.array([case["language"] for case in self.cases])
        self.new = np.array([case["id"] not in FITTED for case in self.cases])
        self._vectors = self._encoded(cache)
        self._kept: dict[tuple[str, ...], NDArray[np.float64]] = {}

    def truth(self, question: str) -> NDArray[np.str_]:
        return np.array([truth_of(case, question)[0] for case in self.cases])

    def rule(self, question: str) -> NDArray[np.str_]:
        return np.array([found_of(found[question]) for found in self.found])

    def kernel(self, question: str, gains: tuple[float, ...]) -> NDArray[np.float64]:
        same = (self.language[:, None] == self.language[None]).astype(float)
        total = 0.05 * level(same)
        for block, gain in zip(BLOCKS, gains, strict=True):
            if gain:
                total = total + gain * self._block(block, question)
        return total

    def _block(self, block: str, question: str) -> NDArray[np.float64]:
        key = (block, "" if block in ("others", "figures") else question)
        if key not in self._kept:
            if block == "finding":
                made = gram(self._finding(question))
            elif block == "others":
                made = level(sum(self._block("finding", one) for one in self.questions))
            elif block == "reason":
                said = [fold(re.sub(r"[“\"«].*?[”\"»]", "", found[question].reason_en))
                        for found in self.found]  # fmt: skip
                made = gram(terms(said, (1, 2), 1))
            elif block == "figures":
                made = gram(self._figures())
            else:
                make = self._words if block == "words" else self._meaning
                made = level(sum(
                    gain * make(speaker, where)
                    for where in REGIONS.get(question, ("all",))
                    for speaker, gain in (("agent", 1.0), ("customer", 0.6))
                ))  # fmt: skip
            self._kept[key] = made
        return self._kept[key]

    def _finding(self, question: str) -> NDArray[np.float64]:
        rows = np.zeros((len(self.cases), 2 * len(FINDINGS)))
        for row, found in zip(rows, self.found, strict=True):
            place = FINDINGS.index(found_of(found[question]))
            row[place] = 1
            row[len(FINDINGS) + place] = 2 * ((found[question].confidence or 0) - 0.6)
        return rows

    def _part(self, number: int, speaker: str, where: str) -> list[str]:
        turns = self.cases[number]["conversation"].turns
        n = len(turns)
        inside = set(range(n))
        if where == "first":
            inside = set(range(4))
        elif where == "last":
            inside = set(range(n - 7, n))
        elif where == "middle":
            inside = set(range(3, n - 2))
        elif where == "second":
            inside = set(range(n // 2, n))
        elif where == "hold":
            at = [i for i in range(1, n) if turns[i].start_s - turns[i - 1].end_s > 5]
            inside = {j for i in at for j in range(i - 2, i + 2)}
        elif where == "upset":
            at = [turn for turn, score in self.upset[number] if score < -0.25]
            inside = {j for i in at for j in range(i, i + 3)}
        return [
            text for index, who, text in self.sentences[number]
            if who == speaker and index in inside and (where != "asked" or text.endswith("?"))
        ]  # fmt: skip

    def _words(self, speaker: str, where: str) -> NDArray[np.float64]:
        parts = [self._part(i, speaker, where) for i in range(len(self.cases))]
        return gram(terms([" . ".join(map(fold, part)) for part in parts], (1, 3), 2))

    def _meaning(self, speaker: str, where: str) -> NDArray[np.float64]:
        rows = []
        for i in range(len(self.cases)):
            part = [self._vectors[text] for text in self._part(i, speaker, where)]
            dim = len(next(iter(self._vectors.values())))
            many = np.array(part) if part else np.zeros((1, dim))
            rows.append(np.concatenate([many.mean(axis=0), 0.7 * many.max(axis=0)]))
        return gram(np.array(rows))

    def _figures(self) -> NDArray[np.float64]:
        rows = []
        for case, sentences, upset in zip(self.cases, self.sentences, self.upset, strict=True):
            turns = case["conversation"].turns
            pairs = list(pairwise(turns))
            gaps = [after.start_s - before.end_s for before, after in pairs]
            cut = [sum(gap < -0.1 and b.speaker == "agent" and a.speaker == "customer"
                       and len(b.text.split()) > least
                       for (a, b), gap in zip(pairs, gaps, strict=True))
                   for least in (2, 4, 6)]  # fmt: skip
            said = {who: [text for _, one, text in sentences if one == who]
                    for who in ("agent", "customer")}  # fmt: skip
            words = {who: sum(len(text.split()) for text in part) for who, part in said.items()}
            scores = [score for _, score in upset] or [0.0]
            rows.append([
                *cut, cut[0] == 1, cut[0] >= 2, np.log1p(max(gaps)), max(gaps) > 5,
                max(gaps) > 10, sum(gap > 8 for gap in gaps), len(turns),
                *(np.log1p(len(part)) for part in said.values()),
                *(sum("?" in text for text in part) for part in said.values()),
                words["agent"] / (words["agent"] + words["customer"]),
                words["agent"] / max(1, len(said["agent"])), min(scores), np.mean(scores),
                scores[-1], measure(case["conversation"]).duration_s / 100,
            ])  # fmt: skip
        table = np.array(rows, dtype=float)
        return (table - table.mean(axis=0)) / (table.std(axis=0) + 1e-9)

    def _encoded(self, cache: Path) -> dict[str, NDArray[np.float32]]:
        texts = sorted({text for part in self.sentences for _, _, text in part}, key=len)
        digest = hashlib.sha256("\n".join([ENCODER, *texts]).encode()).hexdigest()[:16]
        kept = cache / f"vectors-{digest}.npy"
        if not kept.is_file():
            encoder = load_encoder(ENCODER)
            parts = [encoder.encode(texts[i : i + 64]) for i in range(0, len(texts), 64)]
            cache.mkdir(parents=True, exist_ok=True)
            np.save(kept, np.concatenate(parts))
        vectors = np.load(kept)
        return dict(zip(texts, vectors - vectors.mean(axis=0), strict=True))


def terms(texts: list[str], span: tuple[int, int], least: int) -> NDArray[np.float64]:
    vectorizer = TfidfVectorizer(
        ngram_range=span, min_df=least, sublinear_tf=True, token_pattern=r"[a-z0-9']+|\?"
    )
    return vectorizer.fit_transform([text or "empty" for text in texts]).toarray()


def gram(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return level(rows @ rows.T)


def level(kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre a kernel and give its diagonal the mean 1."""
    middle = np.eye(len(kernel)) - 1 / len(kernel)
    centred = middle @ kernel @ middle
    mean = np.diag(centred).mean()
    return centred / mean if mean > 1e-12 else centred


def features(kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(kernel)
    kept = values > 1e-8 * values[-1]
    return vectors[:, kept] * np.sqrt(values[kept])


def deal(groups: NDArray[np.str_], folds: int, seed: int) -> NDArray[np.intp]:
    names = np.unique(groups)
    np.random.default_rng(seed).shuffle(names)
    part = {name: number % folds for number, name in enumerate(names)}
    return np.array([part[group] for group in groups])


def predicted(rows, truth, weights, train, test, penalty) -> NDArray[np.float64]:  # noqa: ANN001
    found = np.full((len(test), len(ANSWERS)), 1e-6)
    labels = np.unique(truth[train])
    if len(labels) < 2:
        found[:, ANSWERS.index(labels[0])] = 1
        return found
    model = LogisticRegression(C=penalty, max_iter=200, tol=1e-3)
    model.fit(rows[train], truth[train], sample_weight=weights[train])
    found[:, [ANSWERS.index(label) for label in model.classes_]] = model.predict_proba(rows[test])
    return np.maximum(found, 1e-6)


def held_out(data, tables, truth, weights, part) -> NDArray[np.str_]:  # noqa: ANN001
    """Answer each new case by a head and settings that never saw its scenario."""
    answers = np.full(len(truth), "open", dtype="<U4")
    for number in range(FOLDS):
        test = np.flatnonzero((part == number) & data.new)
        train = np.flatnonzero((part != number) & (weights > 0))
        best, chosen = -np.inf, (tables[0], PENALTIES[0])
        inner = deal(data.scenario[train], INNER, number)
        tried = [(rows, penalty) for rows in tables for penalty in PENALTIES]
        for rows, penalty in tried:
            score = 0.0
            for one in range(INNER):
                judged = train[(inner == one) & data.new[train]]
                seen = train[inner != one]
                if len(judged) and len(seen):
                    said = predicted(rows, truth, weights, seen, judged, penalty)
                    places = [ANSWERS.index(answer) for answer in truth[judged]]
                    score += np.log(said[np.arange(len(judged)), places]).sum()
            if score > best:
                best, chosen = score, (rows, penalty)
        said = predicted(chosen[0], truth, weights, train, test, chosen[1])
        answers[test] = np.array(ANSWERS)[said.argmax(axis=1)]
    return answers


def agreed(truth: NDArray[np.str_], found: NDArray[np.str_]) -> float:
    return kappa(list(zip(truth.tolist(), found.tolist(), strict=True))) or 0.0


def interval(values: list[float]) -> list[float]:
    return [round(float(x), 3) for x in np.percentile(values, [2.5, 97.5])]


def draws_of(groups: NDArray[np.str_]) -> list[NDArray[np.intp]]:
    names = np.unique(groups)
    members = {name: np.flatnonzero(groups == name) for name in names}
    random = np.random.default_rng(6)
    return [np.concatenate([members[name] for name in random.choice(names, len(names))])
            for _ in range(DRAWS)]  # fmt: skip


def compare(data: Cases) -> dict:
    part, new = deal(data.scenario, FOLDS, 0), data.new
    draws = draws_of(data.scenario[new])
    record = {}
    for question in data.questions:
        truth, rule = data.truth(question), data.rule(question)
        ways = {"rule": rule}
        for way, gains in VARIANTS.items():
            weights = np.where(new, 1.0, 1.0 if way == "head" else FITTED_WEIGHT)
            tables = [features(data.kernel(question, one)) for one in gains]
            ways[way] = held_out(data, tables, truth, weights, part)
        right, figures = truth[new], {}
        for way, answers in ways.items():
            given = answers[new]
            figures[way] = {
                "kappa": round(agreed(right, given), 3),
                "interval": interval([agreed(right[d], given[d]) for d in draws]),
                **{name: round(agreed(right[data.language[new] == name],
                                      given[data.language[new] == name]), 3)
                   for name in ("fr", "en")},
            }  # fmt: skip
        for way in VARIANTS:
            more = [agreed(right[d], ways[way][new][d]) - agreed(right[d], rule[new][d])
                    for d in draws]  # fmt: skip
            figures[way]["beyond_rule"] = interval(more)
        figures["prevalence"] = dict(Counter(right.tolist()))
        record[question] = figures
        for way in ways:
            one = figures[way]
            print(question, way, *(one.get(name) for name in _SHOWN), flush=True)
    return record


def learning_curve(data: Cases) -> dict:
    """Kappa of the stacked head (all blocks, penalty 3) by how many new cases train it."""
    part, table = deal(data.scenario, FOLDS, 0), {}
    for asked in (0.25, 0.5, 0.75, 1.0):
        sizes, values = [], {question: [] for question in data.questions}
        for seed in range(3):
            random = np.random.default_rng(seed)
            for question in data.questions:
                truth = data.truth(question)
                rows = features(data.kernel(question, VARIANTS["stacked"][-1]))
                answers = np.full(len(truth), "open", dtype="<U4")
                for number in range(FOLDS):
                    others = np.unique(data.scenario[(part != number) & data.new])
                    kept = random.permutation(others)[: max(2, round(asked * len(others)))]
                    train = np.flatnonzero(np.isin(data.scenario, kept))
                    test = np.flatnonzero((part == number) & data.new)
                    said = predicted(rows, truth, np.ones(len(truth)), train, test, 3.0)
                    answers[test] = np.array(ANSWERS)[said.argmax(axis=1)]
                    sizes.append(len(train))
                values[question].append(agreed(truth[data.new], answers[data.new]))
        means = {question: round(float(np.mean(one)), 3) for question, one in values.items()}
        table[str(round(float(np.mean(sizes))))] = {
            "mean": round(float(np.mean(list(means.values()))), 3), **means
        }  # fmt: skip
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", type=Path, default=HERE / "cases")
    parser.add_argument("--cache", type=Path, required=True, help="keeps sentiment and vectors")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    data = Cases(options.cases, options.cache)
    rules = Path(quality.__file__).parent
    files = sorted([*rules.glob("detectors/*.py"), *rules.glob("lexicon/*.yaml")])
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
    record = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "encoder": ENCODER,
        "rules_sha256": digest,
        "judged": dict(Counter(data.language[data.new].tolist())),
        "scenarios": len(set(data.scenario[data.new])),
        "questions": compare(data),
    }
    ways = ("rule", *VARIANTS)
    record["mean_kappa"] = {
        way: round(float(np.mean([one[way]["kappa"] for one in record["questions"].values()])), 3)
        for way in ways
    }
    record["questions_with_kappa_0.7"] = {
        way: sum(one[way]["kappa"] >= 0.7 for one in record["questions"].values()) for way in ways
    }
    RESULTS.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    record["learning_curve"] = learning_curve(data)
    RESULTS.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for key in ("mean_kappa", "questions_with_kappa_0.7", "learning_curve"):
        print(key, record[key])


if __name__ == "__main__":
    main()
