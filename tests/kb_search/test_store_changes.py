"""Documents put into a store one by one, and what is changed about them."""

from __future__ import annotations

from datetime import date

import pytest

from conversation.errors import BadInput, Conflict, NotFound
from kb_search import KnowledgeStore, read_document
from kb_search.store.putting import MetadataChange


@pytest.fixture
def article(tmp_path):
    def make(name="remise.md", text="Une remise de 15 euros est accordée après une coupure."):
        file = tmp_path / "read.md"
        file.write_text(f"# Remise\n\n{text}\n")
        return read_document(file, path=name)

    return make


@pytest.fixture
def store(tmp_path, hashing_encoder):
    return KnowledgeStore.open(tmp_path / "store", hashing_encoder)


def found(store, query="remise coupure"):
    return {hit.passage.document for hit in store.knowledge_base().search(query)}


def test_what_is_put_in_is_found_listed_and_kept_under_its_own_path(store, article):
    report = store.put([article("a/remise.md"), article("b.md", "Le prix est de 20 euros.")])
    assert report.added == ("a/remise.md", "b.md")
    assert found(store) >= {"a/remise.md"}
    assert [one.path for one in store.listed()] == ["a/remise.md", "b.md"]
    assert store.document("a/remise.md") == article("a/remise.md")
    assert [one.passages for one in store.listed()] == [1, 1]


def test_all_go_in_or_none(store, article):
    store.put([article("b.md")])
    with pytest.raises(Conflict):
        store.put([article("a.md"), article("b.md")], only_new=True)
    with pytest.raises(BadInput):
        store.put([article("c.md"), article("c.md")])
    assert [one.path for one in store.listed()] == ["b.md"]
    assert store.put([article("b.md", "Autre texte.")]).updated == ("b.md",)
    assert "Autre" in store.document("b.md").text


def test_a_change_of_state_is_searched_at_once_and_encodes_nothing_again(
    store, article, hashing_encoder
):
    store.put([article()])
    before, revision = len(hashing_encoder.encoded), store.revision
    changed = store.change("remise.md", MetadataChange(state="archived", product="Fibre"))
    assert changed.metadata.product == "Fibre"
    assert store.revision == revision + 1
    assert found(store) == set()
    store.change("remise.md", MetadataChange(state="validated", product=None))
    assert len(hashing_encoder.encoded) - before <= 2  # the two questions
    assert found(store) == {"remise.md"}
    assert store.document("remise.md").metadata.product is None
    assert store.document("remise.md").passages == article().passages


def test_what_cannot_be_changed_leaves_the_base_as_it_was(store, article):
    store.put([article()])
    with pytest.raises(NotFound):
        store.change("nothing.md", MetadataChange(state="archived"))
    dates = {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}
    with pytest.raises(BadInput):
        store.change("remise.md", MetadataChange.model_validate(dates))
    assert store.document("remise.md").metadata.valid_from is None


def test_rows_of_a_table_follow_their_document(store, tmp_path):
    table = tmp_path / "faq.csv"
    table.write_text("question,réponse,audience\nQuel prix ?,Le prix est de 20 euros.,internal\n")
    store.put([read_document(table)])
    changed = store.change("faq.csv", MetadataChange(audience="public"))
    assert {changed.metadata_of(one).audience for one in changed.passages} == {"public"}


def test_a_folder_that_is_added_again_leaves_what_was_put_in(store, article, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "remise.md").write_text("# Remise\n\nAncien texte de la remise.\n")
    (folder / "prix.md").write_text("# Prix\n\nLe prix est de 20 euros.\n")
    store.add([folder])
    store.put([article()])
    report = store.add([folder])
    assert [one.path for one in report.problems] == ["remise.md"]
    assert "15 euros" in store.document("remise.md").text


def test_a_base_is_tried_with_an_article_and_nothing_of_it_is_kept(store, article, hashing_encoder):
    store.put([article(), article("b.md", "Le prix est de 20 euros.")])
    revision, encoded = store.revision, len(hashing_encoder.encoded)
    draft = article("remise.md", "Le zèbre reçoit 40 euros.")
    tried = store.tried([draft, article("c.md", "Un second zèbre arrive.")])
    names = {hit.passage.document for hit in tried.search("zèbre")}
    assert names >= {"remise.md", "c.md"}
    assert not any("coupure" in one.passage.text for one in tried.search("remise coupure"))
    assert len(hashing_encoder.encoded) == encoded + 4  # the two drafts and the two queries
    assert store.revision == revision
    assert [one.path for one in store.listed()] == ["b.md", "remise.md"]
    assert "15 euros" in store.document("remise.md").text
    again = len(hashing_encoder.encoded)
    store.tried([draft])
    assert len(hashing_encoder.encoded) == again + 1  # its vector was not kept


def test_markdown_is_kept_as_it_was_written_with_owner_and_day_of_review(tmp_path):
    file = tmp_path / "a.md"
    written = "---\nresponsable: Équipe\nà revoir le: 15/01/2027\n---\n# A\n\nDu *texte*.\n"
    file.write_text(written, "utf-8")
    read = read_document(file)
    assert read.source == written
    assert (read.metadata.owner, read.metadata.review_on) == ("Équipe", date(2027, 1, 15))
    other = tmp_path / "a.txt"
    other.write_text("Du texte.", "utf-8")
    assert read_document(other).source is None
