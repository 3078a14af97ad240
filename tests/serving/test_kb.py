"""``entendu kb``: documents in and out, searched and asked; gaps with their drafts."""

from __future__ import annotations

import json
import re
import zlib

import numpy as np
import pytest
from typer.testing import CliRunner

from conversation import ModelReference
from conversation.errors import BadInput, DocumentUnreadable, NotFound
from kb_search import Answer, Citation, read_document
from kb_search.answers import Choice, Clarification
from kb_search.gaps import GapReport
from serving.commands.kb import app

CARD = """---
title: Bloquer sa carte
audience: public
valid_from: 2026-01-01
---

# Bloquer sa carte

La carte bancaire se bloque dans l'application, rubrique Mes cartes. Le blocage est gratuit.
"""
OLD = """---
title: Ancien tarif
state: archived
---

# Ancien tarif

Le répéteur wifi coûtait deux euros par mois jusqu'en janvier.
"""


class Words:
    """A bag of words in 256 directions."""

    name = "words"
    dim = 256
    reference = ModelReference(name="words", sha256="0" * 64)

    def encode(self, texts, *, kind="query"):
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % self.dim] += 1
            vectors[row, 0] += 0.1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def _word_encoder(monkeypatch):
    monkeypatch.setattr("models.load_encoder", lambda *args, **kwargs: Words())
    monkeypatch.setattr(
        "serving.knowledge_bases.ModelStore.reference", lambda *args: Words.reference
    )


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "carte.md").write_text(CARD, "utf-8")
    (folder / "ancien.md").write_text(OLD, "utf-8")
    return folder


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


def value(*arguments):
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_documents_that_were_added_are_listed_found_and_asked(folder):
    assert value("add", folder)["added"] == ["ancien.md", "carte.md"]
    listed = {one["path"]: one for one in value("list")["documents"]}
    assert listed["carte.md"]["audience"] == "public"
    assert (listed["carte.md"]["in_force"], listed["ancien.md"]["in_force"]) == (True, False)
    hits = value("search", "bloquer la carte bancaire", "-k", "1")["hits"]
    assert [hit["passage"]["document"] for hit in hits] == ["carte.md"]
    assert value("ask", "comment bloquer ma carte ?")["question"] == "comment bloquer ma carte ?"


def test_a_folder_given_again_is_brought_up_to_date(folder):
    run("add", folder)
    (folder / "carte.md").write_text(CARD + "\nElle est gratuite.\n", "utf-8")
    (folder / "ancien.md").unlink()
    (folder / "neuf.md").write_text("# Neuf\n\nUn texte tout neuf sur le wifi.\n", "utf-8")
    report = value("add", folder)
    assert (report["added"], report["updated"], report["removed"]) == (
        ["neuf.md"], ["carte.md"], ["ancien.md"],
    )  # fmt: skip
    assert "1 unchanged" not in run("add", folder).stdout.replace("2 unchanged", "")


def test_what_was_removed_is_found_no_more(folder):
    run("add", folder)
    assert value("remove", "ancien.md")["removed"] == ["ancien.md"]
    assert [one["path"] for one in value("list")["documents"]] == ["carte.md"]
    assert (folder / "ancien.md").is_file()
    assert isinstance(run("remove", "ancien.md").exception, NotFound)


def test_bases_of_other_names_are_kept_apart(folder):
    run("add", folder, "--base", "banque")
    done = run("list")
    assert isinstance(done.exception, NotFound)
    assert "banque" in done.exception.remedy
    assert len(value("list", "--base", "banque")["documents"]) == 2


def test_a_folder_can_be_read_as_it_stands(folder):
    assert len(value("list", "--kb", folder)["documents"]) == 2
    hits = value("search", "bloquer la carte", "--kb", folder)["hits"]
    assert hits[0]["passage"]["document"] == "carte.md"


@pytest.mark.parametrize("command", ["add", "remove"])
def test_a_folder_that_is_read_as_it_stands_is_not_changed(folder, command):
    done = run(command, folder, "--kb", folder)
    assert isinstance(done.exception, BadInput)
    assert "--base" in done.exception.remedy


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_in(folder):
    (folder / "b.pdf").write_bytes(b"no PDF")
    done = run("add", folder)
    assert done.exit_code == 1
    assert "b.pdf" in done.stdout
    assert "2 added" in done.stdout


def test_nothing_that_can_be_read_is_an_error(tmp_path):
    (tmp_path / "image.png").write_bytes(b"x")
    assert isinstance(run("add", tmp_path / "image.png").exception, DocumentUnreadable)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("add", "no/such"), NotFound),
        (("search", "carte"), NotFound),
        (("ask", "carte", "--kb", "no/such"), NotFound),
        (("ask", "???"), BadInput),
        (("ask", "carte", "--channel", "fax"), BadInput),
        (("search", "carte", "--audience", "everyone"), BadInput),
        (("search", "carte", "--state", "archived"), BadInput),
        (("search", "carte", "--base", "../x"), BadInput),
        (("search", "carte", "--base", "a", "--kb", "b"), BadInput),
        (("gaps", "no/such"), NotFound),
    ],
)
def test_mistakes_are_told_with_what_to_do(arguments, error):
    done = run(*arguments)
    assert isinstance(done.exception, error), done.output
    assert done.exception.remedy


def test_an_answer_is_written_for_its_channel(folder, monkeypatch):
    asked = ("ask", "comment bloquer ma carte bancaire dans l'application ?", "--kb", folder)
    monkeypatch.setattr("kb_search.knowledge_base.KnowledgeBase.answer", answered)
    written = value(*asked, "--channel", "email")["written"]
    assert written["text"].startswith("Bonjour,")
    assert written["text"].endswith("Source : Bloquer sa carte")
    assert "For sms" in run(*asked, "--channel", "sms").stdout
    assert "written" not in value(*asked)


def test_a_language_model_that_cannot_be_reached_leaves_the_words_of_the_document(
    folder, monkeypatch
):
    monkeypatch.setattr("kb_search.knowledge_base.KnowledgeBase.answer", answered)
    monkeypatch.setenv("ENTENDU_LLM_URL", "http://127.0.0.1:9/v1")
    written = value("ask", "carte ?", "--kb", folder, "--channel", "chat")["written"]
    assert (written["origin"], written["text"]) == ("extract", QUOTE)
    assert written["not_rewritten"]


def test_a_question_back_shows_its_choices(folder, monkeypatch):
    monkeypatch.setattr("kb_search.knowledge_base.KnowledgeBase.answer", asked_back)
    done = run("ask", "carte ?", "--kb", folder)
    assert "Parlez-vous de la carte ou du virement ?" in done.stdout
    assert "1. La carte" in done.stdout
    assert "2. Le virement" in done.stdout


def test_two_documents_that_disagree_are_both_shown(folder, monkeypatch):
    monkeypatch.setattr("kb_search.knowledge_base.KnowledgeBase.answer", disagreed)
    done = run("ask", "carte ?", "--kb", folder)
    assert QUOTE in done.stdout
    assert "Another document says something else" in done.stdout
    assert "Le blocage coûte 5 euros." in done.stdout
    assert "https://example.org/b" in done.stdout


QUOTE = "Le blocage de la carte est gratuit."


def citation(document, quote, **more):
    return Citation(
        document=document, title="Bloquer sa carte", passage_id=f"{document}#1", quote=quote, **more
    )


def answered(self, question, **_):
    return Answer(
        question=question, answered=True, confidence=0.9, threshold=0.5, text=QUOTE,
        citation=citation("a.md", QUOTE),
    )  # fmt: skip


def disagreed(self, question, **_):
    other = citation("b.md", "Le blocage coûte 5 euros.", link="https://example.org/b")
    return answered(self, question).model_copy(update={"other": (other,), "disagreement": True})


def asked_back(self, question, **_):
    choices = (
        Choice(label="La carte", citation=citation("a.md", QUOTE)),
        Choice(label="Le virement", citation=citation("b.md", QUOTE)),
    )
    back = "Parlez-vous de la carte ou du virement ?"
    return Answer(
        question=question, outcome="clarify", reason="two come equally close", confidence=0.4,
        threshold=0.5, clarification=Clarification(question=back, choices=choices),
    )  # fmt: skip


def test_filters_leave_out_other_documents(folder):
    assert value("search", "carte", "--kb", folder, "--audience", "internal")["hits"] == []
    assert "filters" in run("search", "carte", "--kb", folder, "--product", "x").stdout


def test_a_day_decides_what_is_in_force(folder):
    done = run("search", "carte", "--kb", folder, "--today", "2025-06-01")
    assert isinstance(done.exception, DocumentUnreadable)


def test_what_documents_hold_is_no_markup(folder):
    (folder / "carte.md").write_text(
        "# [red]Carte[/red]\n\nLe mot [bold]carte[/bold] [/].", "utf-8"
    )
    assert "[red]Carte[/red]" in run("list", "--kb", folder).stdout
    done = run("search", "carte", "--kb", folder)
    assert done.exit_code == 0
    assert "[bold]carte[/bold]" in done.stdout


ASKED = (
    "Combien coûte le répéteur wifi ?", "le répéteur wifi coûte combien ?",
    "Quel est le prix du répéteur wifi ?",
)  # fmt: skip


PRICE = "Monsieur Dubois, le répéteur wifi coûte 3 euros par mois."


def write_result(folder, number, text, *, said=PRICE, kb="kb", customer=None, day=1):
    name = f"chat-{number}"
    said = (
        ("customer", text), ("agent", "Un instant, je regarde."), ("agent", said),
        ("customer", "Merci beaucoup."),
    )  # fmt: skip
    conversation = {
        "id": name, "channel": "chat", "language": "fr",
        "started_at": f"2026-09-{day:02d}T09:00:00Z",
        "metadata": {"customer_key": customer} if customer else {},
        "turns": [
            {"index": i, "speaker": who, "text": line, "at": f"2026-09-{day:02d}T09:0{i}:00Z"}
            for i, (who, line) in enumerate(said)
        ],
    }  # fmt: skip
    asked = {
        "text": text, "kind": "question", "context": None,
        "evidence": {"turn_index": 0, "quote": text},
    }  # fmt: skip
    answer = {"question": text, "answered": False, "reason": "x", "confidence": 0.1,
              "threshold": 0.5}  # fmt: skip
    values = {
        "conversation": conversation,
        "knowledge_base": kb,
        "questions": [{"question": asked, "answer": answer}] if kb else [],
        "understanding": {
            "language": "fr", "questions": [asked],
            "reasons": {"primary": {"code": "tel.panne_fixe", "parent_code": None}},
            "personal_data": [
                {"type": "person", "turn_index": 2, "start": 9, "end": 15, "text": "Dubois",
                 "confidence": 0.9}
            ],
        },
    }  # fmt: skip
    (folder / f"{name}.json").write_text(json.dumps(values), "utf-8")


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    for number, text in enumerate(ASKED):
        write_result(folder, number, text, day=1 + number)
    write_result(folder, 9, "Le musée des trains ouvre quand ?", said="Le mardi, dès dix heures.")
    (folder / "notes.json").write_text("{}", "utf-8")
    return folder


def test_gaps_are_ranked_and_their_drafts_written(results, tmp_path):
    out = tmp_path / "out"
    done = run("gaps", results, "--out", out)
    assert done.exit_code == 0, done.output
    assert "4 conversations with 4 questions, 4 without a good answer" in done.stdout
    report = GapReport.model_validate_json((out / "gaps.json").read_text("utf-8"))
    (gap,) = report.gaps
    assert (gap.handling_s, gap.handling_known) == (540.0, 3)
    (draft,) = (out / "drafts").iterdir()
    assert read_document(draft).metadata.state == "work_in_progress"
    text = draft.read_text("utf-8")
    assert "le répéteur wifi coûte 3 euros par mois." in text
    assert "Dubois" not in text
    assert "Un instant" not in text


def test_a_draft_that_is_there_is_not_written_over(results, tmp_path):
    out = tmp_path / "out"
    run("gaps", results, "--out", out)
    (draft,) = (out / "drafts").iterdir()
    draft.write_text("worked on", "utf-8")
    assert "stay as they are" in run("gaps", results, "--out", out).stdout
    assert draft.read_text("utf-8") == "worked on"
    run("gaps", results, "--out", out, "--force")
    assert draft.read_text("utf-8") != "worked on"


def test_gaps_are_one_json_object_when_asked(results):
    assert len(GapReport.model_validate(value("gaps", results)).gaps) == 1


def test_results_without_a_knowledge_base_need_one(tmp_path, folder):
    results = tmp_path / "results"
    results.mkdir()
    for number, text in enumerate(ASKED):
        write_result(results, number, text, kb=None)
    done = run("gaps", results)
    assert isinstance(done.exception, BadInput)
    assert "--kb" in done.exception.remedy
    assert run("gaps", results, "--kb", folder).exit_code == 0


def test_an_article_that_was_archived_is_named_as_outdated(results, folder):
    report = GapReport.model_validate(value("gaps", results, "--kb", folder, "--stored"))
    assert report.gaps[0].why == "outdated"
    assert report.gaps[0].nearest.document == "ancien.md"


def test_a_result_that_cannot_be_read_is_named_and_the_others_go_on(results):
    (results / "broken.json").write_text("{", "utf-8")
    done = run("gaps", results)
    assert done.exit_code == 1
    assert "broken.json" in done.stderr.replace("\n", "")
    assert "1 gaps" in done.stdout


def test_a_customer_who_comes_back_is_counted(results):
    for number, text in enumerate(ASKED):
        write_result(results, number, text, customer="k1" if number < 2 else None, day=1 + number)
    report = GapReport.model_validate(value("gaps", results))
    assert report.gaps[0].troubles["contacted_again"] == 1


def test_what_agents_did_with_cards_is_counted(results, tmp_path):
    card = {
        "id": "k", "text": "x", "question": ASKED[0], "confidence": 0.9, "asked_turn": 0,
        "shown_at_s": 1, "delay_s": 1,
        "citation": {"document": "a.md", "title": "A", "passage_id": "a.md#1", "quote": "x"},
    }  # fmt: skip
    log = tmp_path / "cards.jsonl"
    events = [
        {"kind": "shown", "at_s": 1, "conversation": "chat-0", "card_id": "k", "card": card},
        {"kind": "down", "at_s": 2, "conversation": "chat-0", "card_id": "k"},
    ]
    log.write_text("\n".join(map(json.dumps, events)) + "\n", "utf-8")
    report = GapReport.model_validate(value("gaps", results, "--cards", log))
    assert report.gaps[0].troubles["thumbs_down"] == 1
