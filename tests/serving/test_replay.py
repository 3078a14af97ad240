"""``entendu replay``: past conversations in, cards, figures, a comparison and one page out."""

from __future__ import annotations

import json
import re
import zlib

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from conversation import ModelReference, Turn
from conversation.errors import BadInput, DatasetInvalid, NotFound
from serving.assisting import find_needs
from serving.commands.replay import replay

app = typer.Typer()
app.command()(replay)
CARD = "# Bloquer sa carte\n\n## Bloquer\n\nLa carte se bloque dans l'application, à toute heure.\n"
BOX = "# Redémarrer la box\n\n## Comment ?\n\nDébranchez la box trente secondes <b>puis</b> {0}.\n"
MOVE = "# Déménager\n\n## Prévenir\n\nSignalez le déménagement trois semaines avant la date.\n"


class Words:
    """A bag of words in 256 directions, around one that all texts share."""

    name = "words"
    dim = 256
    reference = ModelReference(name="words", sha256=None)

    def encode(self, texts, *, kind="query"):
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w{3,}", text.lower()):
                vectors[row, 1 + zlib.crc32(word[:5].encode()) % (self.dim - 1)] += 1
            norm = np.linalg.norm(vectors[row])
            vectors[row] *= 0.5 / norm if norm else 0.0
            vectors[row, 0] = np.sqrt(1 - np.sum(vectors[row] ** 2))
        return vectors


@pytest.fixture(autouse=True)
def _word_encoder(monkeypatch):
    monkeypatch.setattr("models.load_encoder", lambda *args, **kwargs: Words())


@pytest.fixture
def base(tmp_path):
    def make(name, **texts):
        folder = tmp_path / name
        folder.mkdir()
        for file, text in texts.items():
            (folder / f"{file}.md").write_text(text, "utf-8")
        return str(folder)

    return make


@pytest.fixture
def kb(base):
    return base("kb", carte=CARD, box=BOX.format("rebranchez-la"), demenager=MOVE)


@pytest.fixture
def calls(tmp_path):
    folder = tmp_path / "calls"
    folder.mkdir()
    for number in range(3):
        write(
            folder, f"appel-{number}", "Comment bloquer la carte dans l'application à toute heure ?"
        )
    return folder


def write(folder, name, text, needs=({"turn": 1, "document": "carte.md"},)):
    turns = [
        {"index": 0, "speaker": "agent", "text": "Bonjour <script>x</script>", "start_s": 0,
         "end_s": 2},
        {"index": 1, "speaker": "customer", "text": text, "start_s": 2, "end_s": 6},
        {"index": 2, "speaker": "agent", "text": "Je regarde.", "start_s": 6, "end_s": 60},
    ]  # fmt: skip
    value = {"id": name, "channel": "phone", "language": "fr", "turns": turns,
             "metadata": {"needs": list(needs)}}  # fmt: skip
    (folder / f"{name}.json").write_text(json.dumps(value), "utf-8")


def run(*args):
    return CliRunner().invoke(app, [str(arg) for arg in args], catch_exceptions=True)


def test_json_is_one_object_and_nothing_else(calls, kb):
    done = run(calls, "--kb", kb, "--json", "--min-confidence", "0")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["figures"]["conversations"] == 3
    assert report["figures"]["labels"]["precision_at_1"] == 1.0
    assert report["replays"][0]["cards"][0]["citation"]["document"] == "carte.md"
    assert report["replays"][0]["clock"] == "recording"


def test_the_table_shows_cards_and_figures(calls, kb):
    done = run(calls, "--kb", kb, "--min-confidence", "0")
    assert done.exit_code == 0
    assert "Precision at 1" in done.stdout
    assert "100 %" in done.stdout


def test_two_bases_are_compared_and_the_verdict_is_plain(calls, kb, base, tmp_path):
    without = base("kb-b", box=BOX.format("rebranchez-la"), demenager=MOVE)
    done = run(
        calls, "--kb", kb, "--kb-b", without, "--min-confidence", "0", "--out", tmp_path / "out"
    )
    assert done.exit_code == 0, done.output
    assert "B is worse" in done.stdout
    report = json.loads((tmp_path / "out" / "replay.json").read_text("utf-8"))
    assert report["comparison"]["verdict"] == "b_worse"
    page = (tmp_path / "out" / "replay.html").read_text("utf-8")
    assert "B est moins bonne" in page


def test_the_page_needs_no_other_host_and_escapes_what_was_said(calls, kb, tmp_path):
    write(calls, "appel-9", "Comment bloquer <img src=x> la carte à toute heure ?")
    done = run(
        calls, "--kb", kb, "--min-confidence", "0", "--out", tmp_path / "out",
        "--page-language", "en",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    page = (tmp_path / "out" / "replay.html").read_text("utf-8")
    assert "&lt;img src=x&gt;" in page
    assert "<img" not in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "The assistant, replayed" in page


def test_results_are_not_taken_for_conversations_the_second_time(calls, kb):
    first = run(calls, "--kb", kb, "--out", calls / "out", "--min-confidence", "0")
    second = run(calls, "--kb", kb, "--out", calls / "out", "--min-confidence", "0")
    assert (first.exit_code, second.exit_code) == (0, 0), second.output


def test_a_file_that_is_no_conversation_is_named_and_the_others_go_on(calls, kb):
    (calls / "broken.json").write_text("{", "utf-8")
    done = run(calls, "--kb", kb, "--json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert report["left_out"] == ["broken.json"]
    assert report["figures"]["conversations"] == 3


def test_a_recording_is_sent_through_process_first(kb, tmp_path):
    sound = tmp_path / "call.wav"
    sound.write_bytes(b"RIFF0000WAVE")
    done = run(sound, "--kb", kb)
    assert isinstance(done.exception, NotFound)
    assert "entendu process" in done.exception.remedy


def test_labels_in_a_file_count_more_than_those_in_the_metadata(calls, kb, tmp_path):
    labels = tmp_path / "labels.jsonl"
    labels.write_text(
        "".join(
            f'{{"conversation": "appel-{n}", "turn": 1, "documents": ["box.md"]}}\n'
            for n in range(3)
        ),
        "utf-8",
    )
    done = run(calls, "--kb", kb, "--labels", labels, "--json", "--min-confidence", "0")
    assert json.loads(done.stdout)["figures"]["labels"]["precision_at_1"] == 0.0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"conversation": "appel-7", "turn": 1, "documents": []}', "no conversation that was"),
        ('{"conversation": "appel-0", "turn": 7, "documents": []}', "names turn 7"),
    ],
)
def test_labels_that_fit_no_conversation_are_refused(calls, kb, tmp_path, line, says):
    labels = tmp_path / "labels.jsonl"
    labels.write_text(line + "\n", "utf-8")
    done = run(calls, "--kb", kb, "--labels", labels)
    assert isinstance(done.exception, DatasetInvalid)
    assert says in done.exception.message


def test_a_page_language_that_is_not_known_is_refused(calls, kb):
    assert isinstance(run(calls, "--kb", kb, "--page-language", "de").exception, BadInput)


def test_a_base_that_is_not_there_is_named(calls, tmp_path):
    done = run(calls, "--kb", tmp_path / "nowhere")
    assert isinstance(done.exception, NotFound)


def said(*turns):
    return tuple(
        Turn(index=number + 40, speaker=speaker, text=text, start_s=number, end_s=number + 0.5)
        for number, (speaker, text) in enumerate(turns)
    )


def test_needs_are_those_of_the_last_turn_with_its_own_number():
    turns = said(
        ("customer", "Comment résilier mon abonnement internet ?"),
        ("agent", "Je vous écoute."),
        ("customer", "Comment résilier mon abonnement internet ?"),
    )
    (need,) = find_needs(turns)
    assert need.evidence.turn_index == 42
    assert need.evidence.start_s == 2
    assert find_needs(turns[:2]) == ()
    assert find_needs(()) == ()


def test_what_a_need_refers_to_is_found_in_the_turns_before():
    turns = said(
        ("agent", "Il faut remplir le formulaire de contestation en ligne."),
        ("customer", "Et je peux trouver ce formulaire où ?"),
    )
    (need,) = find_needs(turns)
    assert need.context == turns[0].text
