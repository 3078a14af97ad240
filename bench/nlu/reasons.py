"""Contact reasons on public sets, beside a floor run in the same bench and the published figures.

    python bench/nlu/reasons.py DATA [PART…] [--encoder NAME] [--seen PAIRS] [--vectors FILE]
        [--threads N] [--epochs N]

DATA is the folder of the intent sets (development halves only). PART is one of the functions
below without ``measure_`` (all but ``finetune`` if left). Each part replaces its own entry in
reasons.json, with versions, seeds and date. The encoder that ships was trained on some texts of
BANKING77, CLINC150 and MInDS-14: its entries, named after it, are on the test texts that are not
among the pairs it was trained on (``--seen``, as encoder_pairs.py writes them), and its intents
are not new to it; those of multilingual-e5-small, which has seen none of it, carry no name.
Nothing measured here is shipped; the kernel's three numbers (nlu/reason_head.py) were chosen on
HINT3's folds and on the fifth of BANKING77 that are measured here, so these two figures are on
data that has been seen; the official test halves have not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from conversation import Conversation, Turn
from models import Encoder, ModelStore, load_encoder, resolve_compute
from models.finetuning import FineTuning
from nlu.evaluation_reasons import evaluate_reasons
from nlu.reason_finetuning import FineTuneRequest
from nlu.reason_fitting import elsewhere_of, fit_reasons
from nlu.reason_scorer import TaxonomyScorer
from nlu.reason_votes import texts_to_encode
from nlu.reasons import find_reasons
from nlu.taxonomy import Bilingual, Reason, Taxonomy

HERE = Path(__file__).parent
BOTS = ("curekart", "powerplay11", "sofmattress")
SEED = 0

# What one bot can answer as well as the other: an order's status is asked of a mattress shop and of
# a shop for food supplements in the same words. Written from the names of the labels alone.
SHARED = {
    "curekart": {
        "CALL_CENTER", "CANCEL_ORDER", "CHAT_WITH_AGENT", "CHECK_PINCODE", "CONTACT_NUMBER",
        "CHAT_WITH_AN_AGENT", "COD", "DELAY_IN_DELIVERY", "DISTRIBUTORS", "OFFERS_AND_REFERRALS",
        "ORDER_STATUS", "RETURN_EXCHANGE", "LEAD_GEN",
    },
    "powerplay11": {
        "CALL_CENTER", "CHAT_WITH_AGENT", "REFER_EARN", "OFFERS", "REFUNDS_RETURNS_REPLACEMENTS",
        "SIGN_UP",
    },
    "sofmattress": {
        "CANCEL_ORDER", "CHECK_PINCODE", "DELAY_IN_PARCEL", "FRANCHISE", "MODES_OF_PAYMENTS",
        "OFFERS_AND_REFERRALS", "ORDER_STATUS", "ORDER_TAKING", "REFUNDS_RETURNS_REPLACEMENTS",
        "STORE_INFORMATION", "RECOMMEND_PRODUCT", "ORDER_QUERY",
    },
}  # fmt: skip

# One label and one line each, written from the names of the intents.
MINDS_FR = {
    "abroad": (
        "Carte à l'étranger",
        "Utiliser sa carte à l'étranger, en voyage, et savoir ce que cela coûte.",
    ),
    "address": (
        "Changement d'adresse",
        "Changer d'adresse après un déménagement.",
    ),
    "app_error": (
        "Problème d'application",
        "L'application de la banque ne fonctionne pas ou affiche une erreur.",
    ),
    "atm_limit": (
        "Plafond de retrait",
        "Savoir combien d'argent on peut retirer au distributeur, ou augmenter ce plafond.",
    ),
    "balance": (
        "Solde du compte",
        "Demander combien il reste sur le compte, le solde disponible.",
    ),
    "business_loan": (
        "Prêt professionnel",
        "Demander un prêt ou un crédit pour créer ou développer son entreprise.",
    ),
    "card_issues": (
        "Problème de carte",
        "La carte bancaire ne marche pas, elle est refusée, avalée ou abîmée.",
    ),
    "cash_deposit": (
        "Dépôt d'espèces",
        "Déposer des espèces, de l'argent liquide, sur son compte.",
    ),
    "direct_debit": (
        "Prélèvement automatique",
        "Mettre en place ou arrêter un prélèvement automatique.",
    ),
    "freeze": (
        "Blocage du compte ou de la carte",
        "Faire bloquer ou geler sa carte ou son compte, après une perte ou un vol.",
    ),
    "high_value_payment": (
        "Paiement d'un montant élevé",
        "Faire un virement ou un paiement d'un montant important.",
    ),
    "joint_account": (
        "Compte joint",
        "Ouvrir un compte joint, à deux, avec son conjoint.",
    ),
    "latest_transactions": (
        "Dernières opérations",
        "Consulter les dernières opérations, les derniers achats ou paiements.",
    ),
    "pay_bill": (
        "Paiement d'une facture",
        "Payer ou régler une facture.",
    ),
}


class RememberingEncoder:
    """Keeps every vector in a file, since the sets take minutes to encode."""

    def __init__(self, encoder: Encoder, file: Path | None) -> None:
        self.name, self.dim, self.reference = encoder.name, encoder.dim, encoder.reference
        self._encoder, self._file = encoder, file
        self._vectors: dict[str, np.ndarray] = {}
        if file is not None and file.exists():
            with np.load(file) as stored:
                self._vectors = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))

    def encode(self, texts: Sequence[str], *, kind: str = "query") -> np.ndarray:
        keys = [hashlib.sha1(f"{kind}|{text}".encode()).hexdigest() for text in texts]
        fresh = [n for n, key in enumerate(keys) if key not in self._vectors]
        if fresh:
            vectors = self._encoder.encode([texts[n] for n in fresh], kind=kind)
            self._vectors.update(zip((keys[n] for n in fresh), vectors, strict=True))
            if self._file is not None:
                names = np.array(list(self._vectors))
                np.savez(self._file, keys=names, vectors=np.stack(list(self._vectors.values())))
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._vectors[key] for key in keys]).astype(np.float32)


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def written(path: Path, items: Sequence[dict]) -> Path:
    path.write_text("\n".join(json.dumps(item) for item in items) + "\n", "utf-8")
    return path


def fifth(items: list[dict]) -> tuple[list[dict], list[dict]]:
    """Return training and test: the split of bench/evaluation/run.py."""
    shuffled = list(items)
    random.Random(SEED).shuffle(shuffled)
    return [item for i, item in enumerate(shuffled) if i % 5], shuffled[::5]


def floor() -> Any:  # noqa: ANN401
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    return make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        ),
        LogisticRegression(C=10.0, max_iter=1000, random_state=SEED),
    )


def unseen(items: list[dict], options: argparse.Namespace) -> list[dict]:
    """Return the texts that the encoder was not trained on."""
    if options.seen is None:
        return items
    seen = {str(pair[side]).strip() for pair in rows(options.seen) for side in ("query", "passage")}
    return [item for item in items if item["text"].strip() not in seen]


def evaluated(
    train: list[dict],
    test: list[dict],
    encoder: Encoder,
    *,
    baseline: bool = False,
    finetune: FineTuneRequest | None = None,
) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        result = evaluate_reasons(
            written(Path(folder) / "train.jsonl", train),
            written(Path(folder) / "test.jsonl", test),
            encoder,
            seed=SEED,
            baseline=baseline,
            finetune=finetune,
        )
    return result.model_dump(mode="json")


def measure_banking77(data: Path, encoder: Encoder, options: argparse.Namespace) -> dict:
    train, test = fifth(rows(data / "banking77_en/dev/train.jsonl"))
    test = unseen(test, options)
    return {
        "split": "a fifth of the training half (2,001 texts) as test, seed 0",
        "published": "93.66 (S), ConveRT+USE, official test: Casanueva et al. 2020",
        "result": evaluated(train, test, encoder, baseline=True),
    }


def measure_banking77_10shot(data: Path, encoder: Encoder, options: argparse.Namespace) -> dict:
    train, test = fifth(rows(data / "banking77_en/dev/train.jsonl"))
    test = unseen(test, options)
    by_label: dict[str, list[dict]] = {}
    for item in train:
        by_label.setdefault(item["intent"], []).append(item)
    figures = []
    for seed in range(3):
        chosen = random.Random(seed)
        few = [item for label in sorted(by_label) for item in chosen.sample(by_label[label], 10)]
        result = evaluated(few, test, encoder, baseline=True)
        figures.append(
            {
                "seed": seed,
                "all_answered": result["in_scope_accuracy_all_answered"],
                "in_scope_accuracy": result["in_scope_accuracy"],
                "floor": result["baseline"]["in_scope_accuracy"],
            }
        )
    return {
        "split": "ten texts of each label drawn three times, the same 2,001 test texts",
        "published": "85.19 ConveRT+USE (Casanueva et al. 2020); 89.79 ICDA (P)",
        "result": figures,
    }


def measure_finetune(data: Path, encoder: Encoder, options: argparse.Namespace) -> dict:
    train, test = fifth(rows(data / "banking77_en/dev/train.jsonl"))
    compute = resolve_compute("cpu", threads=options.threads)
    request = FineTuneRequest(
        ModelStore().path("multilingual-e5-small"), compute, FineTuning(epochs=options.epochs)
    )
    return {
        "split": "a fifth of the training half (2,001 texts) as test, seed 0",
        "epochs": options.epochs,
        "published": "93.66 (S), ConveRT+USE, official test: Casanueva et al. 2020",
        "result": evaluated(train, test, encoder, finetune=request),
    }


def measure_clinc150(data: Path, encoder: Encoder, options: argparse.Namespace) -> dict:
    items = rows(data / "clinc150_en/dev/train_val.jsonl")
    train = [item for item in items if item["split"] in {"train", "oos_train"}]
    test = unseen([item for item in items if item["split"] in {"val", "oos_val"}], options)
    return {
        "split": "published train with its 100 out-of-scope queries; validation with its 100",
        "published": "out-of-scope recall 59.2 at in-scope accuracy 96.7; 52.3 at 96.2 (S): "
        "Larson et al. 2019",
        "result": evaluated(train, test, encoder, baseline=True),
    }


def measure_hint3(data: Path, encoder: Encoder, _: argparse.Namespace) -> dict:
    sets = {
        bot: [
            item
            for item in rows(data / f"hint3_live_chatbots_en/dev/{bot}.jsonl")
            if item["intent"] != "NO_NODES_DETECTED"
        ]
        for bot in BOTS
    }
    return {
        "split": "five stratified folds of each bot's training half, seed 0",
        "published": "best product, in-scope accuracy on the test half, v1 labels: "
        ".841/.665/.736; MCC .603/.425/.638 (P)",
        "result": {bot: _hint3(bot, sets, encoder) for bot in BOTS},
    }


def _hint3(bot: str, sets: dict[str, list[dict]], encoder: Encoder) -> dict:
    from sklearn.model_selection import StratifiedKFold

    own = sets[bot]
    texts = [item["text"] for item in own]
    labels = [item["intent"] for item in own]
    seen = {text.lower().strip() for text in texts}
    foreign = [
        item
        for other in BOTS
        if other != bot
        for item in sets[other]
        if item["text"].lower().strip() not in seen
    ]
    strange = np.array([item["intent"] not in SHARED[bot] for item in foreign])
    foreign_texts = [item["text"] for item in foreign]
    vectors, foreign_vectors = encoder.encode(texts), encoder.encode(foreign_texts)
    elsewhere = elsewhere_of(encoder)
    part = np.random.default_rng(SEED).integers(5, size=len(foreign))
    right, floor_right, given, sure = [], [], [], {"alone": [], "examples": []}
    rejected: dict[str, list[np.ndarray]] = {"alone": [], "examples": []}
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED).split(texts, labels)
    for number, (learnt, tested) in enumerate(folds):
        asked = [texts[i] for i in tested]
        expected = [labels[i] for i in tested]
        few = [texts[i] for i in learnt]
        named = [labels[i] for i in learnt]
        alone = fit_reasons(few, named, vectors[learnt], elsewhere, seed=SEED).classifier
        known = part != number
        examples = fit_reasons(
            [*few, *(t for t, k in zip(foreign_texts, known, strict=True) if k)],
            [*named, *[None] * int(known.sum())],
            np.concatenate([vectors[learnt], foreign_vectors[known]]),
            elsewhere,
            seed=SEED,
        ).classifier
        predicted = alone.predict(asked, vectors[tested])
        right += [p.best == e for p, e in zip(predicted, expected, strict=True)]
        given += [p.label == e for p, e in zip(predicted, expected, strict=True)]
        floor_right += list(floor().fit(few, named).predict(asked) == np.array(expected))
        for name, classifier in (("alone", alone), ("examples", examples)):
            sure[name] += [p.confidence for p in classifier.predict(asked, vectors[tested])]
            confidence = [p.confidence for p in classifier.predict(foreign_texts, foreign_vectors)]
            rejected[name].append(np.array(confidence))
    result = {
        "n_texts": len(texts),
        "n_labels": len(set(labels)),
        "floor": round(float(np.mean(floor_right)), 4),
        "all_answered": round(float(np.mean(right)), 4),
        "with_threshold": round(float(np.mean(given)), 4),
        "n_foreign": len(foreign),
        "n_foreign_of_other_subjects": int(strange.sum()),
    }
    limits = {name: np.quantile(values, 0.05) for name, values in sure.items()}
    alone_below = np.mean([c < limits["alone"] for c in rejected["alone"]], axis=0)
    unseen = np.array([rejected["examples"][part[i]][i] for i in range(len(foreign))])
    result["rejected_at_5_percent_false_rejection"] = {
        "all_foreign": round(float(alone_below.mean()), 4),
        "foreign_of_other_subjects": round(float(alone_below[strange].mean()), 4),
        "all_foreign_with_out_of_scope_examples": round(
            float(np.mean(unseen < limits["examples"])), 4
        ),
    }
    return result


def measure_minds14_fr(data: Path, encoder: Encoder, _: argparse.Namespace) -> dict:
    items = rows(data / "minds14_text/dev/fr.jsonl")
    texts = [item["text"] for item in items]
    taxonomy = Taxonomy(
        name="minds14", version="1",
        reasons=tuple(
            Reason(code=code, label=Bilingual(fr=label), definition=Bilingual(fr=line))
            for code, (label, line) in MINDS_FR.items()
        ),
    )  # fmt: skip
    scorer = TaxonomyScorer(taxonomy, encoder)
    best = scorer.score(texts, encoder.encode(texts)).reasons.argmax(axis=1)
    right = [list(MINDS_FR)[b] == item["intent"] for b, item in zip(best, items, strict=True)]
    as_calls, given = [], []
    for item in items:
        call = Conversation(
            id="call", channel="phone",
            turns=(Turn(index=0, speaker="customer", text=item["text"]),),
        )  # fmt: skip
        pieces = texts_to_encode(call)
        vectors = dict(zip(pieces, encoder.encode(pieces), strict=True))
        found = find_reasons(call, scorer=scorer, vectors=vectors)
        as_calls.append(found.candidates[0].code == item["intent"])
        given.append(found.primary is not None)
    return {
        "split": "the development half, nothing trained: French labels and one-line definitions",
        "published": "none comparable",
        "result": {
            "n_texts": len(texts),
            "accuracy_of_whole_texts": round(float(np.mean(right)), 4),
            "accuracy_as_calls": round(float(np.mean(as_calls)), 4),
            "answered_as_calls": round(float(np.mean(given)), 4),
            "right_among_answered": round(
                float(np.mean([r for r, g in zip(as_calls, given, strict=True) if g])), 4
            ),
        },
    }


PARTS = {
    name.removeprefix("measure_"): function
    for name, function in list(globals().items())
    if name.startswith("measure_")
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--encoder", default="multilingual-e5-small")
    parser.add_argument("--seen", type=Path, help="pairs that the encoder was trained on")
    parser.add_argument("--vectors", type=Path, help="NPZ file that keeps vectors between runs")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()
    compute = resolve_compute("cpu", threads=options.threads)
    encoder = RememberingEncoder(load_encoder(options.encoder, compute=compute), options.vectors)
    path = HERE / "reasons.json"
    for name in options.parts or [part for part in PARTS if part != "finetune"]:
        measured = PARTS[name](options.data, encoder, options)
        record = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        entry = name if options.seen is None else f"{name}, {options.encoder}"
        record[entry] = {
            **measured,
            "seed": SEED,
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, no GPU, shared: the times "
            "are upper bounds",
            "versions": {
                package: version(package)
                for package in ("entendu", "scikit-learn", "numpy", "torch", "ctranslate2")
            },
        }
        path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
        print(name, json.dumps(measured["result"])[:400], flush=True)


if __name__ == "__main__":
    main()
