"""What documents say about themselves: the forms people write, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import DocumentUnreadable
from kb_search.documents import Metadata
from kb_search.reading.front_matter import split_front_matter
from kb_search.reading.metadata import is_web_address, read_metadata, strictest


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("Work in Progress", "work_in_progress"),
        ("WIP", "work_in_progress"),
        ("en cours", "work_in_progress"),
        ("Not Validated", "not_validated"),
        ("not-validated", "not_validated"),
        ("Non validé", "not_validated"),
        ("NON VALIDÉE", "not_validated"),
        ("Validated", "validated"),
        ("validé", "validated"),
        ("Validée", "validated"),
        ("Archived", "archived"),
        ("archivé", "archived"),
    ],
)
def test_states_are_read_as_people_write_them(written: str, state: str) -> None:
    for name in ("state", "État", "Statut", "status"):
        assert read_metadata({name: written}, "a.md").state == state


@pytest.mark.parametrize(
    ("written", "audience"),
    [
        ("Internal", "internal"),
        ("interne", "internal"),
        ("Partner", "partner"),
        ("Partenaires", "partner"),
        ("public", "public"),
        ("Publique", "public"),
        ("customer", "public"),
    ],
)
def test_audiences_are_read_in_both_languages(written: str, audience: str) -> None:
    assert read_metadata({"Audience": written}, "a.md").audience == audience


@pytest.mark.parametrize("name", ["valid_to", "valid-until", "Valable jusqu'au", "fin de validité"])
@pytest.mark.parametrize("day", ["2026-12-31", "31/12/2026", "31.12.2026", "2026-12-31T10:00:00Z"])
def test_days_are_read_with_the_day_first_or_in_iso_order(name: str, day: str) -> None:
    names = {"fin de validité": "fin_validité"}
    assert read_metadata({names.get(name, name): day}, "a.md").valid_to == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("state", "fresh", "Work in Progress (en cours), Not Validated"),
        ("state", ["validated"], "a list, expected"),
        ("état", "validé ?!", None),
        ("audience", "everybody", "internal (interne), partner (partenaire) or public"),
        ("valid_from", "tomorrow", "a day such as 2026-12-31 or 31/12/2026"),
        ("valid_to", "2026-02-30", "a day such as"),
        ("language", "franc ais", "fr, en or fr-FR"),
        ("url", "javascript:alert(1)", "http:// or https://"),
        ("lien", "/aide/box", "http:// or https://"),
    ],
)
def test_a_wrong_value_is_named_with_those_accepted(
    field: str, value: object, expected: str | None
) -> None:
    if expected is None:  # marks around a word do not make it another
        assert read_metadata({field: value}, "a.md").state == "validated"
        return
    with pytest.raises(DocumentUnreadable) as refused:
        read_metadata({field: value}, "a.md")
    assert expected in str(refused.value)
    if isinstance(value, str):
        assert repr(value) in str(refused.value)


def test_what_is_stated_twice_or_never_holds_is_refused() -> None:
    assert read_metadata({"state": "validé", "statut": "Validated"}, "a.md").state == "validated"
    with pytest.raises(DocumentUnreadable, match="states state twice"):
        read_metadata({"state": "validated", "statut": "archivé"}, "a.md")
    with pytest.raises(DocumentUnreadable, match="which is never"):
        read_metadata({"valid_from": "2026-12-31", "valid_to": "2026-01-01"}, "a.md")


def test_hints_fill_what_the_author_left_out_and_never_refuse() -> None:
    hints = {"language": "fr-FR", "url": "/relative", "updated": "2026-05-04"}
    metadata = read_metadata({"updated": "", "date": "un jour"}, "a.html", hints=hints)
    assert (metadata.language, metadata.url) == ("fr", None)
    assert metadata.updated == date(2026, 5, 4)
    assert read_metadata({"language": "en"}, "a.html", hints=hints).language == "en"
    assert read_metadata({}, "a.pdf", hints={"updated": "2000-01-01"}).updated is None
    assert read_metadata({"updated": "2000-01-01"}, "a.md").updated == date(2000, 1, 1)


@pytest.mark.parametrize(
    ("written", "language"), [("Français", "fr"), ("anglais", "en"), ("fr_FR", "fr"), ("de", "de")]
)
def test_languages_are_read_as_people_write_them(written: str, language: str) -> None:
    assert read_metadata({"Langue": written}, "a.md").language == language


def test_a_table_shows_too_little_rather_than_too_much() -> None:
    rows = [
        Metadata(audience="public", state="validated", product="Box"),
        Metadata(audience="partner", state="not_validated", product="Box"),
    ]
    whole = strictest(rows)
    assert (whole.audience, whole.state, whole.product) == ("partner", "not_validated", "Box")


def test_front_matter_keeps_values_as_they_were_written() -> None:
    text = "---\nproduct: 1.10\nowner: yes\nvalid_to: 2026-12-31\n---\nTexte."
    properties, rest = split_front_matter(text, "a.md")
    assert properties == {"product": "1.10", "owner": "yes", "valid_to": "2026-12-31"}
    assert rest == "Texte."


def test_a_front_matter_that_would_burst_is_refused() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(12)
    )
    properties, _ = split_front_matter(f"---\n{bomb}title: *a12\n---\nTexte.", "a.md")
    with pytest.raises(DocumentUnreadable, match="title: a list, expected one line of text"):
        read_metadata(properties, "a.md")
    with pytest.raises(DocumentUnreadable, match="is not closed within 65536 characters"):
        split_front_matter("---\na: " + "x" * 100_000 + "\n---\n", "a.md")
    with pytest.raises(DocumentUnreadable, match="front matter of"):
        split_front_matter("---\na: " + "[" * 20_000 + "\n---\n", "a.md")


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60), max_size=6))
def test_no_properties_crash(properties: dict[str, str]) -> None:
    try:
        metadata = read_metadata(properties, "a.md", hints=properties)
    except DocumentUnreadable:
        return
    assert metadata.url is None or is_web_address(metadata.url)
