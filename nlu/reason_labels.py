"""From labels of a data set to the reasons of a taxonomy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from conversation.errors import DatasetInvalid
from nlu.reason_data import LabelledText
from nlu.reason_fitting import Hints
from nlu.reason_vectors import encode_sentences
from nlu.taxonomy import Bilingual, Reason, Taxonomy

if TYPE_CHECKING:
    from models import Encoder

_MOST_NAMED = 5


def taxonomy_of_labels(labels: Sequence[str], name: str) -> Taxonomy:
    """Make a taxonomy of labels that have none: one reason of level 1 for each.

    Args:
        labels: Names of the reasons.
        name: Of the taxonomy.

    Returns:
        The taxonomy: codes are the labels in lower case with ``_`` between words, names shown to
        readers the labels as they stand, and ``hors_perimetre`` is added.
    """
    reasons = [
        Reason(code=code, label=_named(label), definition=_named(label))
        for label, code in codes_of_labels(labels).items()
    ]
    if all(reason.role != "out_of_scope" for reason in reasons):
        outside = Bilingual(fr="Hors périmètre", en="Out of scope")
        reasons.append(Reason(code="hors_perimetre", label=outside, definition=outside))
    plain = re.sub(r"[^A-Za-z0-9 _.+-]", "_", name).strip(" _.+-")[:80]
    return Taxonomy(name=plain or "trained", version="1", reasons=tuple(reasons))


def codes_of_labels(labels: Sequence[str]) -> dict[str, str]:
    """Return a code for each label; labels that differ have codes that differ."""
    codes: dict[str, str] = {}
    for label in sorted(set(labels)):
        plain = unicodedata.normalize("NFKD", label.lower()).encode("ascii", "ignore").decode()
        parts = [re.sub(r"[^a-z0-9]+", "_", part).strip("_") for part in plain.split(".")]
        code = ".".join(part for part in parts if part) or "reason"
        number = 2
        chosen = code
        while chosen in codes.values():
            chosen, number = f"{code}_{number}", number + 1
        codes[label] = chosen
    return codes


def hints_of_labels(labels: Iterable[str], encoder: Encoder) -> Hints:
    """Return the names of labels as sentences: ``card_arrival`` says "card arrival"."""
    distinct = sorted(set(labels))
    return _hints([(_words(label), label) for label in distinct], encoder)


def hints_of_taxonomy(taxonomy: Taxonomy, encoder: Encoder) -> Hints:
    """Return the labels, definitions and examples of both levels."""
    said: list[tuple[str, str]] = []
    for reason in taxonomy.reasons:
        parts = (reason.label, reason.definition, reason.include, reason.examples)
        said += [(text, reason.code) for part in parts for text in part.texts()]
        for sub in reason.subreasons:
            said += [
                (text, sub.code)
                for part in (sub.label, sub.definition, sub.examples)
                for text in part.texts()
            ]
    return _hints(said, encoder)


def check_labels(items: Sequence[LabelledText], taxonomy: Taxonomy, source: str) -> None:
    """Check that each label is a code of the taxonomy, of either level.

    Args:
        items: Labelled texts.
        taxonomy: The reasons.
        source: Name of the file, for the message.

    Raises:
        DatasetInvalid: A label is not; the message names line and label.
    """
    known = {code for reason in taxonomy.reasons for code in _codes(reason)}
    bad = [item for item in items if item.label is not None and item.label not in known]
    if bad:
        said = "; ".join(
            f"{source}, line {item.line}: got the reason {item.label!r}"
            for item in bad[:_MOST_NAMED]
        )
        more = f"; and {len(bad) - _MOST_NAMED} more lines" if len(bad) > _MOST_NAMED else ""
        raise DatasetInvalid(
            f"{said}{more}, expected codes of the taxonomy {taxonomy.name!r}",
            remedy="use " + ", ".join(sorted(known)[:12]) + (", …" if len(known) > 12 else ""),
        )


def _hints(said: Sequence[tuple[str, str]], encoder: Encoder) -> Hints:
    kept = [pair for pair in dict.fromkeys(said) if re.search(r"[^\W\d_]{2}", pair[0])]
    texts = tuple(text for text, _ in kept)
    vectors = (
        encode_sentences(texts, encoder) if texts else np.zeros((0, encoder.dim), dtype=np.float32)
    )
    return Hints(texts, tuple(label for _, label in kept), vectors)


def _words(label: str) -> str:
    """Return a label's words: ``CancelOrder`` and ``cancel_order`` say "cancel order"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)
    return re.sub(r"[\W_]+", " ", apart).strip().lower()


def _codes(reason: Reason) -> list[str]:
    return [reason.code, *(sub.code for sub in reason.subreasons)]


def _named(label: str) -> Bilingual:
    words = label.replace("_", " ").strip() or label
    return Bilingual(fr=words, en=words)
