"""A centre's products and numbers, read from its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversation.errors import DefinitionInvalid, NotFound
from nlu.centre import NO_VOCABULARY, load_centre


def written(folder: Path, text: str) -> Path:
    path = folder / "centre.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_products_and_numbers_are_read(tmp_path: Path) -> None:
    centre = load_centre(
        written(
            tmp_path,
            "products:\n  - {name: Livebox, aliases: [live box]}\n  - {name: Sosh}\n"
            "order_numbers: ['CMD-\\d{5}']\ncustomer_numbers: ['CL\\d{6}']\n",
        )
    )
    assert [product.name for product in centre.products] == ["Livebox", "Sosh"]
    data = centre.personal_data
    assert data.never_names == ("Livebox", "live box", "Sosh")
    assert data.order_number_patterns == ("CMD-\\d{5}",)
    assert data.customer_number_patterns == ("CL\\d{6}",)


def test_each_part_may_be_left_out(tmp_path: Path) -> None:
    centre = load_centre(written(tmp_path, "customer_numbers: ['CL\\d{6}']\n"))
    assert (centre.products, centre.order_numbers) == ((), ())
    assert NO_VOCABULARY.personal_data.never_names == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customer_numbers: ['(']\n", r"centre\.yaml, line 1.*'\('"),
        ("order_numbers: ['(a)\\1']\n", r"centre\.yaml, line 1.*cannot be used"),
        ("products: []\nproduits: []\n", r"centre\.yaml, line 2, produits"),
        ("products:\n  - {aliases: [a]}\n", r"centre\.yaml, line 2, products\[0\]\.name"),
        ("products: [\n", r"centre\.yaml, line 2: not valid YAML"),
        ("", r"centre\.yaml, line 1: the file is empty"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DefinitionInvalid, match=said):
        load_centre(written(tmp_path, text))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="gone"):
        load_centre(tmp_path / "gone.yaml")
