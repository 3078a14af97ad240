from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation.errors import DefinitionInvalid, EntenduError, NotFound
from nlu.taxonomy import (
    MAX_REASONS,
    SHIPPED,
    Bilingual,
    Reason,
    Taxonomy,
    join_taxonomies,
    load_taxonomy,
)

REASON = """
  - code: {code}
    label:
      fr: {code} en clair
    definition:
      fr: Le client parle de {code}.
"""


def written(*codes: str, head: str = "name: essai\nversion: 1.10\n") -> str:
    return head + "reasons:" + "".join(REASON.format(code=code) for code in codes)


def load(folder: Path, text: str) -> Taxonomy:
    path = folder / "essai.yaml"
    path.write_text(text, encoding="utf-8")
    return load_taxonomy(path)


def refused(folder: Path, text: str) -> DefinitionInvalid:
    with pytest.raises(DefinitionInvalid) as caught:
        load(folder, text)
    assert "essai.yaml" in caught.value.message
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_taxonomies_keep_the_rules_of_the_domain(name: str) -> None:
    taxonomy = load_taxonomy(name)
    assert taxonomy.name == name
    roles = [reason.role for reason in taxonomy.reasons]
    assert roles.count("reason") <= MAX_REASONS
    assert roles.count("other") == roles.count("out_of_scope") == 1
    assert len({reason.sector for reason in taxonomy.reasons}) == 1
    for reason in taxonomy.reasons:
        for part in (reason, *reason.subreasons):
            assert part.label.fr
            assert part.label.en
            assert part.definition.fr
            assert part.definition.en
            least = 5 if part is reason else 1
            assert len(part.examples.fr) >= least, part.code
            assert len(part.examples.en) >= least, part.code
        texts = [t for part in (reason, *reason.subreasons) for t in part.examples.texts()]
        assert len(texts) == len(set(texts)), reason.code


def test_shipped_codes_are_those_of_the_domain() -> None:
    telecom, bank, shop = (load_taxonomy(name) for name in SHIPPED)
    assert telecom.reason("tel.panne_fixe.coupure").label.fr == "Coupure totale"
    assert bank.reason("bq.fraude").label.en == "Fraud, unrecognised transaction"
    assert shop.reason("ec.suivi.point_relais").label.fr == "Point relais"
    parent = telecom.parent("tel.panne_fixe.coupure")
    assert parent is not None
    assert parent.code == "tel.panne_fixe"
    assert telecom.parent("tel.panne_fixe") is None


def test_no_source_joins_the_shipped_ones_with_one_out_of_scope() -> None:
    everything = load_taxonomy()
    assert everything.name == "telecom+banque+ecommerce"
    codes = [reason.code for reason in everything.reasons]
    assert len(codes) == len(set(codes))
    assert [r.code for r in everything.reasons if r.role == "out_of_scope"] == ["hors_perimetre"]
    assert {"tel.autre", "bq.autre", "ec.autre"} <= set(codes)


def test_a_code_that_does_not_exist_is_named() -> None:
    with pytest.raises(NotFound, match=r"tel\.panne'"):
        load_taxonomy("telecom").reason("tel.panne")


def test_a_source_that_is_neither_name_nor_file_is_named() -> None:
    with pytest.raises(NotFound, match=r"assurance.*telecom, banque, ecommerce"):
        load_taxonomy("assurance")


def test_a_file_in_french_only_is_enough(tmp_path: Path) -> None:
    taxonomy = load(tmp_path, written("facture", "autre", "hors_perimetre"))
    reason = taxonomy.reason("facture")
    assert reason.label.text("en") == "facture en clair"
    assert taxonomy.version == "1.10"
    assert taxonomy.reasons[0].sector == ""


def test_words_that_yaml_takes_for_booleans_stay_words(tmp_path: Path) -> None:
    text = written("oui", "autre", "hors_perimetre") + "    examples:\n      en: [no, yes, off]\n"
    assert load(tmp_path, text).reasons[-1].examples.en == ("no", "yes", "off")


def test_two_contents_have_two_hashes(tmp_path: Path) -> None:
    one = load(tmp_path, written("facture", "autre", "hors_perimetre"))
    same = load(tmp_path, "# a comment\n" + written("facture", "autre", "hors_perimetre"))
    other = load(tmp_path, written("factures", "autre", "hors_perimetre"))
    assert one.sha256 == same.sha256 != other.sha256


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (written("a", "b", "a", "autre", "hors_perimetre"), 16, "'a' stands twice"),
        (written(*"abcdefghijklm", "autre", "hors_perimetre"), 3, "13 reasons at level 1"),
        (written("a", "hors_perimetre"), 3, "'autre'"),
        (written("a", "autre"), 3, "'hors_perimetre'"),
        (written("autre", "hors_perimetre"), 3, "no reason at level 1"),
        (written("Facture!", "autre", "hors_perimetre"), 4, "reasons[0].code"),
        (written("a", "autre", "hors_perimetre") + "    exemples: [x]\n", 21, "not known"),
        (written("a") + "    label:\n      fr: x\n", 9, "stands twice"),
        ("name: essai\nreasons:\n", 1, "version: this field is missing"),
        ("name: essai\nreasons: [\n", 3, "not valid YAML"),
        ("", 1, "empty"),
        ("name: x\nversion: 1\nreasons: facture\n", 3, "expected a list"),
        ("- telecom\n", 1, "expected fields with names"),
        (
            written("a", "autre", "hors_perimetre")
            + "    subreasons:\n      - code: b.c\n        label: {fr: x}\n"
            + "        definition: {fr: x}\n",
            22,
            "'b.c' under 'hors_perimetre'",
        ),
        (
            written("a", "autre").replace("      fr: a en clair\n", "      de: a\n"),
            6,
            "reasons[0].label",
        ),
    ],
)
def test_what_breaks_a_rule_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    error = refused(tmp_path, text)
    assert f"line {line}" in error.message
    assert said in error.message


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "essai.yaml"
    path.write_bytes("name: été".encode("latin-1"))
    with pytest.raises(DefinitionInvalid, match="UTF-8"):
        load_taxonomy(path)


def test_aliases_that_multiply_are_refused(tmp_path: Path) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(8)
    )
    assert "aliases" in refused(tmp_path, bomb).message


def test_taxonomies_that_share_a_code_are_not_joined() -> None:
    label = Bilingual(fr="Facture")
    reason = Reason(code="facture", label=label, definition=label)
    one, two = (Taxonomy(name=name, version="1", reasons=(reason,)) for name in ("un", "deux"))
    with pytest.raises(DefinitionInvalid, match=r"'facture'.*un, deux"):
        join_taxonomies([one, two])
    with pytest.raises(DefinitionInvalid, match="no taxonomy"):
        join_taxonomies([])


@given(st.binary(max_size=200) | st.text(alphabet="-:[]{}&*!|>'\"%@`# \nabc", max_size=80))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_content_gives_anything_but_a_typed_error(tmp_path: Path, content: bytes | str) -> None:
    path = tmp_path / "essai.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(EntenduError):
        load_taxonomy(path)
