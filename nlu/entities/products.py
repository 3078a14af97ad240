"""Products of the centre's list, in the plural, misheard or mistyped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu.entities.entity import Product
from nlu.entities.found import Found
from nlu.entities.written_text import WrittenText, fold

_TOKEN = re.compile(r"[^\W_]+")
_EXACT_UP_TO = 4  # characters; shorter names are too near to other words to forgive a typo
_LEAST_LIKENESS = 84.0
"""Of rapidfuzz's ratio, 0 to 100: one wrong letter in seven, two in thirteen."""


@dataclass(frozen=True)
class _Name:
    """One way to say a product.

    Attributes:
        key: Its letters and digits, folded, without plural marks.
        words: How many words it has.
        product: The name in the list.
    """

    key: str
    words: int
    product: str


def product_names(products: Sequence[Product | str]) -> tuple[_Name, ...]:
    """Prepare a list of products, longest name first.

    Args:
        products: Names, or products with aliases.
    """
    names: dict[str, _Name] = {}
    for given in products:
        product = Product(name=given) if isinstance(given, str) else given
        for name in (product.name, *product.aliases):
            tokens = [_stem(token) for token in _TOKEN.findall(fold(name))]
            key = "".join(tokens)
            if key:
                names.setdefault(key, _Name(key, len(tokens), product.name))
    return tuple(sorted(names.values(), key=lambda name: -len(name.key)))


def find_products(written: WrittenText, names: Sequence[_Name]) -> Iterator[Found]:
    """Find products, the longest and most alike first."""
    if not names:
        return
    from rapidfuzz.fuzz import ratio

    tokens = [(match.start(), match.end(), _stem(match[0]))
              for match in _TOKEN.finditer(written.folded)]  # fmt: skip
    hits: list[tuple[float, int, Found]] = []
    for name in names:
        for width in {max(1, name.words - 1), name.words, name.words + 1}:
            for at in range(len(tokens) - width + 1):
                window = tokens[at : at + width]
                said = "".join(token for _, _, token in window)
                if abs(len(said) - len(name.key)) > 3:
                    continue
                likeness = 100.0 if said == name.key else 0.0
                if not likeness and len(name.key) > _EXACT_UP_TO and _same_digits(said, name.key):
                    likeness = ratio(said, name.key, score_cutoff=_LEAST_LIKENESS)
                if likeness:
                    found = Found(window[0][0], window[-1][1], "product", name.product)
                    hits.append((likeness, len(name.key), found))
    yield from (found for *_, found in sorted(hits, key=lambda hit: (-hit[1], -hit[0])))


def _same_digits(one: str, other: str) -> bool:
    """An iPhone 15 is no iPhone 16."""
    return re.findall(r"\d", one) == re.findall(r"\d", other)


def _stem(token: str) -> str:
    is_plural = len(token) > 3 and token.endswith(("s", "x")) and not token[-2].isdigit()
    return token[:-1] if is_plural else token
