"""Make the pairs that the encoder is trained on, from sets whose licence allows to ship it.

    python bench/kb_search/encoder_pairs.py --data DATA --out pairs.jsonl --piaf-measured titles.txt

| source | query | passage | held out |
|---|---|---|---|
| piaf_fr (dev) | question | title and passage | two fifths of the articles (``--piaf-measured``) |
| minds14 (dev) | French call, or its English translation | the other of the two | a fifth |
| minds14, banking77, clinc150, natcs (dev) | what was said | what the intent means | a fifth of the
intents |
| needs | what a customer says or writes | title and passage of a self-care article, in the same and
in the other language | a sixth of the needs |

The needs (``encoder_needs/*.txt``) were written for Entendu, Apache-2.0: telecom, bank, energy,
insurance, shop, public services, work, health, travel, housing, software, accounts, education.
Each question also comes once as it might be typed or spoken: without accents, with a slip of the
fingers, with the words that people begin with. The texts of BANKING77 on which ``encoder.py``
measures are left out. The CNIL and the bank FAQ are not read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from encoder import banking77, rows_of

NEEDS = Path(__file__).parent / "encoder_needs"
MOST_PER_INTENT = {"banking77": 20, "clinc150": 8, "natcs": 30}
FILLERS = {
    "fr": ("bonjour ", "oui bonjour ", "bonjour euh ", "allô bonjour voilà ", "alors euh ",
           "en fait ", "bonjour madame, ", "je vous appelle parce que ", "bonsoir, ", "oui alors "),
    "en": ("hello ", "hi there, ", "yeah hi um ", "good morning, ", "so basically ",
           "I'm calling because ", "hi, ", "well uh ", "okay so ", "hiya "),
}  # fmt: skip
SHORTER = {
    "fr": ((r"\bje suis\b", "jsuis"), (r"\bj'ai\b", "jai"), (r"\bc'est\b", "cest"),
           (r"\bquoi\b", "koi"), (r"\bpourquoi\b", "pk"), (r"\bbeaucoup\b", "bcp"),
           (r"\bquelqu'un\b", "qqn"), (r"\bje peux\b", "jpeux"), (r"\btoujours\b", "tjrs")),
    "en": ((r"\byou\b", "u"), (r"\byour\b", "ur"), (r"\bplease\b", "pls"), (r"\bI'm\b", "im"),
           (r"\bcan't\b", "cant"), (r"\bbecause\b", "cos"), (r"\bpeople\b", "ppl")),
}  # fmt: skip
MINDS14 = {
    "abroad": ("Utiliser sa carte bancaire à l'étranger", "Using the bank card abroad"),
    "address": ("Changer d'adresse postale auprès de la banque", "Changing the postal address"),
    "app_error": ("L'application de la banque affiche une erreur ou ne marche pas",
                  "The banking app shows an error or does not work"),
    "atm_limit": ("Plafond de retrait au distributeur", "Withdrawal limit at cash machines"),
    "balance": ("Connaître le solde de son compte", "Finding out the balance of the account"),
    "business_loan": ("Demander un prêt pour une entreprise", "Applying for a business loan"),
    "card_issues": ("La carte ne fonctionne pas ou est refusée",
                    "The card does not work or is declined"),
    "cash_deposit": ("Déposer des espèces sur son compte", "Paying cash into the account"),
    "direct_debit": ("Mettre en place ou arrêter un prélèvement automatique",
                     "Setting up or stopping a direct debit"),
    "freeze": ("Bloquer son compte ou sa carte", "Freezing the account or the card"),
    "high_value_payment": ("Faire un paiement ou un virement d'un gros montant",
                           "Making a payment or transfer of a large amount"),
    "joint_account": ("Ouvrir un compte joint à deux", "Opening a joint account for two"),
    "latest_transactions": ("Voir les dernières opérations du compte",
                            "Seeing the latest transactions of the account"),
    "pay_bill": ("Payer une facture", "Paying a bill"),
}  # fmt: skip


@dataclass(frozen=True)
class Need:
    """One need of customers: an article and questions in each language."""

    name: str
    articles: dict[str, str]
    asks: dict[str, list[str]]


def main() -> None:
    """Make the pairs of each source and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--piaf-measured", type=Path, required=True)
    options = parser.parse_args()
    pairs = [
        *piaf(options.data, options.piaf_measured),
        *minds14(options.data),
        *intents(options.data),
        *needs(),
    ]
    distinct = {(pair["query"], pair["passage"]): pair for pair in pairs}
    text = "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in distinct.values())
    options.out.write_text(text, encoding="utf-8")
    counts = Counter((p["source"], p["lang"], p["held_out"]) for p in distinct.values())
    for (source, lang, held_out), count in sorted(counts.items()):
        print(f"{source:20} {lang:6} {'held out' if held_out else 'trained on':11} {count}")
    print(len(distinct))


def pair(
    query: str, passage: str, lang: str, licence: str, source: str, *, held_out: bool
) -> dict[str, Any]:
    """Return one line of the file."""
    return {
        "query": query, "passage": passage, "lang": lang, "licence": licence, "source": source,
        "held_out": held_out,
    }  # fmt: skip


def piaf(data: Path, measured: Path) -> Iterator[dict[str, Any]]:
    """Questions on Wikipedia; the articles that are measured on are written to a file."""
    folder = data / "retrieval/piaf_fr"
    documents = {row["id"]: row for row in rows_of(folder / "corpus.jsonl")}
    titles = set()
    for row in rows_of(folder / "dev/queries.jsonl"):
        document = documents[row["relevant"][0]]
        held_out = drawn_out(document["title"], 0.4)
        if held_out:
            titles.add(document["title"])
        yield pair(
            row["query"], f"{document['title']}\n{document['text']}", "fr",
            "Licence Ouverte 2.0 / CC-BY-SA-4.0", "piaf_fr", held_out=held_out,
        )  # fmt: skip
    measured.write_text("\n".join(sorted(titles)) + "\n", encoding="utf-8")


def minds14(data: Path) -> Iterator[dict[str, Any]]:
    """Calls to a bank: across languages by their translation, and what their intent means."""
    for language in ("fr", "en"):
        for row in rows_of(data / f"intent/minds14_text/dev/{language}.jsonl"):
            text, translation, intent = row["text"], row["translation_en"], row["intent"]
            if language == "fr" and text != translation:
                held_out = drawn_out(text, 0.2)
                for one, other, lang in (
                    (text, translation, "fr-en"),
                    (translation, text, "en-fr"),
                ):
                    yield pair(one, other, lang, "CC-BY-4.0", "minds14 translations",
                               held_out=held_out)  # fmt: skip
            for meaning, lang in zip(MINDS14[intent], ("fr", "en"), strict=True):
                both = language if lang == language else f"{language}-{lang}"
                yield pair(text, meaning, both, "CC-BY-4.0", "minds14",
                           held_out=drawn_out(intent, 0.2))  # fmt: skip


def intents(data: Path) -> Iterator[dict[str, Any]]:
    """Utterances and the name of their intent, in words."""
    rows, held, _ = banking77(data)
    measured = {rows[number]["text"] for number in held}
    sets: list[tuple[str, str, list[dict[str, Any]]]] = [
        ("banking77", "CC-BY-4.0", [
            row for row in rows_of(data / "intent/banking77_en/dev/train.jsonl")
            if row["text"] not in measured
        ]),
        ("clinc150", "CC-BY-3.0", [
            row for row in rows_of(data / "intent/clinc150_en/dev/train_val.jsonl")
            if row["intent"] != "oos"
        ]),
        ("natcs", "CDLA-Permissive-2.0", [
            row for name in ("banking", "finance_train", "insurance")
            for row in rows_of(data / f"intent/natcs_dstc11_en/dev/{name}.jsonl")
        ]),
    ]  # fmt: skip
    for source, licence, found in sets:
        by_intent: dict[str, list[str]] = defaultdict(list)
        for row in found:
            by_intent[row["intent"]].append(row["text"])
        for intent, texts in sorted(by_intent.items()):
            drawn = sorted(set(texts))
            random.Random(intent).shuffle(drawn)
            for text in drawn[: MOST_PER_INTENT[source]]:
                yield pair(text, in_words(intent), "en", licence, source,
                           held_out=drawn_out(intent, 0.2))  # fmt: skip


def needs() -> Iterator[dict[str, Any]]:
    """Questions of customers and the articles that help them, within and across languages."""
    for need in read_needs():
        held_out = drawn_out(need.name, 0.17)
        for language, asks in need.asks.items():
            for ask in asks:
                for other, article in need.articles.items():
                    lang = language if other == language else f"{language}-{other}"
                    source = "needs" if other == language else "needs across languages"
                    yield pair(ask, article, lang, "Apache-2.0", source, held_out=held_out)
                yield pair(rough(ask, language), need.articles[language], language, "Apache-2.0",
                           "needs, rough", held_out=held_out)  # fmt: skip


def read_needs() -> Iterator[Need]:
    """Read the files of needs: ``@`` a name, ``F`` or ``E`` an article, ``-`` a question."""
    languages = {"F": "fr", "E": "en"}
    for path in sorted(NEEDS.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("@ ")[1:]:
            name, *lines = block.strip().split("\n")
            articles: dict[str, str] = {}
            asks: dict[str, list[str]] = {}
            language = ""
            for line in lines:
                mark, _, content = line.partition(" ")
                if mark == "-":
                    asks[language].append(content)
                else:
                    language = languages[mark]
                    title, _, text = content.partition(" | ")
                    articles[language] = f"{title}\n{text}"
                    asks[language] = []
            yield Need(f"{path.stem}.{name}", articles, asks)


def rough(text: str, language: str) -> str:
    """Return a text as somebody might type or say it in haste; the same text gives the same."""
    rng = random.Random(text)
    kind = rng.choice(("spoken", "typed", "slip", "short"))
    bare = text.rstrip(".?!")
    if kind == "spoken":
        words = re.sub(r"[,;:!?.]", "", bare).split()
        at = rng.randrange(1, len(words)) if len(words) > 1 else 0
        words.insert(at, "euh" if language == "fr" else "um")
        return rng.choice(FILLERS[language]) + " ".join(words).lower()
    if kind == "short":
        for pattern, short in SHORTER[language]:
            bare = re.sub(pattern, short, bare, flags=re.IGNORECASE)
    hasty = slip(bare, rng) if kind == "slip" else without_accents(bare.lower())
    return slip(bare, rng) if hasty == text else hasty


def slip(text: str, rng: random.Random) -> str:
    """Return a text with two slips of the fingers: letters swapped, left out or doubled."""
    letters = list(text)
    for _ in range(2):
        inner = [n for n in range(1, len(letters) - 1) if letters[n - 1 : n + 2] == [
            c for c in letters[n - 1 : n + 2] if c.isalpha()
        ]]  # fmt: skip
        if not inner:
            break
        at = rng.choice(inner)
        kind = rng.randrange(3)
        if kind == 0:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif kind == 1:
            del letters[at]
        else:
            letters.insert(at, letters[at])
    return "".join(letters)


def without_accents(text: str) -> str:
    """Return a text without the marks on its letters."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def in_words(intent: str) -> str:
    """Return an intent's name as words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", intent).replace("_", " ").lower()
    return words[:1].upper() + words[1:]


def drawn_out(name: str, share: float) -> bool:
    """Say whether something is held out, by a hash of its name."""
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


if __name__ == "__main__":
    main()
