"""Choose the word pieces that French and English need, by how often texts use them.

    pip install --target PACKAGES --no-deps wordfreq msgpack ftfy langcodes locate regex wcwidth
    PYTHONPATH=PACKAGES python bench/kb_search/encoder_vocabulary.py --data DATA \
        --texts FOLDER … --out pieces.txt --report bench/kb_search/encoder_vocabulary.json

Counted are: the two large word lists of ``wordfreq`` (some 320,000 words of each language with
their frequency, code Apache-2.0, data CC-BY-SA-4.0; only which pieces its words are made of is
used), the sets of texts that may be trained on, Entendu's own texts, and any folder of texts
(Debian's ``manpages-fr`` and ``debian-handbook`` were given). A piece counts as its highest
share of a source. Letters, digits, punctuation, currency signs, arrows and emoji are always kept.
What is held (CNIL, bank FAQ, reviews, tweets) is only measured: how many of its pieces and words
are no longer the same.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tokenizers import Tokenizer

from models import ModelStore
from models.vocabulary_cut import cut_tokenizer, unigram_pieces

ROOT = Path(__file__).resolve().parents[2]
COUNTED = (
    "retrieval/piaf_fr/corpus.jsonl",
    "retrieval/piaf_fr/dev/queries.jsonl",
    "intent/minds14_text/dev/fr.jsonl",
    "intent/minds14_text/dev/en.jsonl",
    "intent/banking77_en/dev/train.jsonl",
    "intent/clinc150_en/dev/train_val.jsonl",
    "intent/natcs_dstc11_en/dev/banking.jsonl",
    "intent/natcs_dstc11_en/dev/finance_train.jsonl",
    "intent/natcs_dstc11_en/dev/insurance.jsonl",
    "intent/nlupp_en/dev/banking.jsonl",
)
HELD = (
    "retrieval/cnil_faq_fr/corpus.jsonl",
    "retrieval/cnil_faq_fr/dev/queries.jsonl",
    "retrieval/bankfaq_en/corpus.jsonl",
    "intent/hint3_live_chatbots_en/dev/curekart.jsonl",
    "sentiment/ftdataset_restaurant_fr/dev/train.jsonl",
    "sentiment/umsab_tweets/dev/fr_train.jsonl",
    "sentiment/umsab_tweets/dev/en_train.jsonl",
)
OWN = ("docs/**/*.md", "examples/**/*.md", "examples/**/*.json", "nlu/**/*.jsonl", "nlu/**/*.yaml",
       "nlu/**/*.txt", "quality/**/*.yaml", "README.md")  # fmt: skip
ALWAYS = {"Sc", "Nd", "Po", "Pd", "Ps", "Pe", "Pi", "Pf", "Pc", "Sm", "So", "Sk"}


def main() -> None:
    """Count, choose, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    parser.add_argument("--pieces", type=int, default=52_000)
    parser.add_argument("--model", default="multilingual-e5-small")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    folder = ModelStore().path(options.model)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    vocabulary = unigram_pieces(folder / "tokenizer.json")

    share: Counter[int] = Counter()
    sizes: dict[str, int] = {}
    for name, counted in sources(tokenizer, options):
        total = sum(counted.values())
        sizes[name] = int(total)
        for number, count in counted.items():
            share[number] = max(share[number], count / total)
    seen = {number for number, value in share.items() if value > 0}
    always = {number for number, (piece, _) in enumerate(vocabulary) if is_always_kept(piece)}
    latin = [number for number, (piece, _) in enumerate(vocabulary) if is_latin(piece)]
    order = sorted(seen - always, key=lambda number: (-share[number], number))
    order += [number for number in latin if number not in seen and number not in always]
    chosen = sorted(always | set(order[: options.pieces - len(always)]))
    pieces = [vocabulary[number][0] for number in chosen]
    options.out.write_text("\n".join(pieces) + "\n", encoding="utf-8")
    report = {
        "model": options.model,
        "pieces": len(pieces),
        "always_kept": len(always),
        "seen_in_counted_texts": len(seen),
        "kept_of_the_seen": len(seen & set(chosen)),
        "pieces_counted": sizes,
        "held": held_figures(folder, tokenizer, set(pieces), options.data),
    }
    text = json.dumps(report, indent=2, ensure_ascii=False)
    if options.report:
        options.report.write_text(text + "\n", encoding="utf-8")
    print(text)


def sources(
    tokenizer: Tokenizer, options: argparse.Namespace
) -> Iterator[tuple[str, Counter[int]]]:
    """Count the pieces of each source."""
    import wordfreq

    for language in ("fr", "en"):
        words = wordfreq.get_frequency_dict(language, wordlist="large")
        yield f"wordfreq {language}", count_words(tokenizer, words)
    yield "sets of texts", count(tokenizer, lines(options.data / name for name in COUNTED))
    own = (path for pattern in OWN for path in sorted(ROOT.glob(pattern)))
    yield "Entendu's texts", count(tokenizer, lines(own))
    for folder in options.texts:
        yield folder.name, count(tokenizer, lines(sorted(folder.rglob("*"))))


def count_words(tokenizer: Tokenizer, words: dict[str, float]) -> Counter[int]:
    """Count the pieces of words in five spellings, each word with its frequency."""
    counted: Counter[int] = Counter()
    spellings: tuple[tuple[Callable[[str], str], float], ...] = (
        (str.lower, 1.0),
        (str.capitalize, 0.3),
        (str.upper, 0.03),
        (lambda word: f"-{word}", 0.05),
        (lambda word: f"'{word.capitalize()}", 0.05),  # as inside NetBanking and after a quote
    )
    for change, weight in spellings:
        listed = list(words)
        for start in range(0, len(listed), 10_000):
            part = listed[start : start + 10_000]
            encoded = tokenizer.encode_batch_fast(
                [change(word) for word in part], add_special_tokens=False
            )
            for word, encoding in zip(part, encoded, strict=True):
                for number in encoding.ids:
                    counted[number] += words[word] * weight * 1e9
    return counted


def count(tokenizer: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    """Count the pieces of texts."""
    counted: Counter[int] = Counter()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == 2000:
            count_batch(tokenizer, batch, counted)
            batch = []
    count_batch(tokenizer, batch, counted)
    return counted


def count_batch(tokenizer: Tokenizer, batch: list[str], counted: Counter[int]) -> None:
    """Count the pieces of some texts, as written and in lower case (as a transcript is)."""
    for text in (batch, [text.lower() for text in batch]):
        for encoding in tokenizer.encode_batch_fast(text, add_special_tokens=False):
            counted.update(encoding.ids)


def lines(paths: Iterable[Path]) -> Iterator[str]:
    """Read the texts of files: every string of JSON lines, the words of the others."""
    for path in paths:
        if not path.is_file() or path.suffix not in {
            ".jsonl", ".json", ".md", ".txt", ".html", ".gz", ".yaml",
        }:  # fmt: skip
            continue
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8", errors="ignore") as file:
            for line in file:
                if path.suffix == ".jsonl":
                    yield from strings(json.loads(line))
                else:
                    yield re.sub(r"<[^>]*>|^\.\S+|\\f[BIRP]", " ", line).strip()


def strings(value: object) -> Iterator[str]:
    """Yield the texts of a record, not its keys and numbers."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"text", "query", "title", "translation_en", "customer", "agent"}:
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def is_latin(piece: str) -> bool:
    """Say whether all letters of a piece are Latin."""
    letters = [character for character in piece if character.isalpha()]
    return bool(letters) and all("LATIN" in unicodedata.name(c, "") for c in letters)


def is_always_kept(piece: str) -> bool:
    """Say whether a piece is a Latin or Greek letter, a figure, a sign or an emoji."""
    bare = piece.replace("▁", "")
    if not bare:
        return True
    if all(unicodedata.category(character) in ALWAYS or character in "️‍" for character in bare):
        return (
            ord(max(bare)) < 0x0590
            or 0x2000 <= ord(max(bare)) < 0x2C00
            or (ord(max(bare)) >= 0x1F000)
        )
    name = unicodedata.name(bare, "") if len(bare) == 1 else ""
    return name.startswith(("LATIN", "GREEK SMALL", "GREEK CAPITAL")) and piece == bare


def held_figures(
    folder: Path, tokenizer: Tokenizer, keep: set[str], data: Path
) -> dict[str, dict[str, float]]:
    """Say how the texts that were not counted are cut into pieces before and after."""
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    unknown_before = content["model"]["unk_id"]
    numbers = cut_tokenizer(content, keep)
    cut = Tokenizer.from_str(json.dumps(content))
    kept = set(numbers)
    figures = {}
    for name in HELD:
        texts = list(lines([data / name]))
        if not texts:
            continue
        before = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        after = cut.encode_batch_fast(texts, add_special_tokens=False)
        ids = [number for encoding in before for number in encoding.ids]
        new = [numbers[number] for encoding in after for number in encoding.ids]
        same = sum(
            a.ids == [numbers[number] for number in b.ids]
            for a, b in zip(before, after, strict=True)
        )
        figures[name] = {
            "texts": len(texts),
            "pieces": len(ids),
            "no longer there": round(sum(number not in kept for number in ids) / len(ids), 6),
            "more pieces": round(len(new) / len(ids) - 1, 6),
            "unknown before": round(ids.count(unknown_before) / len(ids), 6),
            "unknown after": round(new.count(unknown_before) / len(new), 6),
            "texts cut the same": round(same / len(texts), 4),
        }
    return figures


if __name__ == "__main__":
    main()
