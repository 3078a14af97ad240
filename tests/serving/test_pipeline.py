from pathlib import Path

import numpy as np
import pytest

from conversation import Conversation, Turn
from conversation.errors import DocumentUnreadable, ModelMissing, NotFound
from serving.analysis import Source
from serving.pipeline import Pipeline
from serving.settings import Settings
from serving.source_files import describe_source

CHAT = "Client : Bonjour, ma box ne marche plus.\nConseiller : Bonjour, Léa de Télécom Plus.\n"


@pytest.fixture
def chat(tmp_path) -> Path:
    path = tmp_path / "chat.txt"
    path.write_text(CHAT, "utf-8")
    return path


@pytest.mark.model
def test_what_fails_in_the_background_is_raised_and_told_from_a_bad_file(
    tmp_path, models_dir, chat
):
    (tmp_path / "kb").mkdir()
    pipeline = Pipeline(
        Settings(device="cpu", models_dir=models_dir, data_dir=tmp_path, kb=tmp_path / "kb")
    )
    pipeline.prepare(for_audio=True)
    with pytest.raises(DocumentUnreadable, match="no document") as caught:
        pipeline.analyse(chat)
    assert caught.value is pipeline.preparation_error
    with pytest.raises(NotFound) as gone:
        pipeline.analyse(tmp_path / "parti.wav")
    assert gone.value is not pipeline.preparation_error


def test_a_missing_model_is_said_before_any_work_with_the_command_that_brings_it(tmp_path):
    pipeline = Pipeline(Settings(device="cpu", models_dir=tmp_path / "none", data_dir=tmp_path))
    with pytest.raises(ModelMissing, match="entendu models fetch"):
        pipeline.prepare(for_audio=True)


@pytest.mark.model
def test_turns_that_say_too_little_are_near_nothing(tmp_path, models_dir):
    pipeline = Pipeline(Settings(device="cpu", models_dir=models_dir, data_dir=tmp_path))
    texts = ("Euh,", "Oui, d'accord.", "Je veux résilier mon contrat.", "{{URL}} is it.")
    said = tuple(Turn(index=n, speaker="customer", text=text) for n, text in enumerate(texts))
    vectors, _ = pipeline.turn_vectors(Conversation(id="c", channel="chat", turns=said))
    lengths = np.linalg.norm(vectors, axis=1)
    assert lengths == pytest.approx([0, 0, 1, 0], abs=1e-3)


@pytest.mark.model
def test_what_decides_the_result_changes_the_fingerprint_and_nothing_else_does(
    tmp_path, models_dir, monkeypatch
):
    def fingerprint(sha256="a" * 64, *, language=None, channels=None, **settings):
        base = {"device": "cpu", "models_dir": models_dir, "data_dir": tmp_path}
        pipeline = Pipeline(Settings(**(base | settings)))
        source = Source(name="x.wav", sha256=sha256)
        return pipeline.fingerprint(source, language=language, channels=channels)

    same = fingerprint()
    assert fingerprint(threads=1, data_dir=tmp_path / "other", port=9000) == same
    kb = tmp_path / "kb"
    kb.mkdir()
    (kb / "a.md").write_text("# A")
    different = [
        fingerprint("b" * 64),
        fingerprint(language="fr"),
        fingerprint(channels=((0, "agent"), (1, "customer"))),
        fingerprint(beam_size=1),
        fingerprint(reasons="banque"),
        fingerprint(scorecard="written"),
        fingerprint(hotwords="fibre"),
        fingerprint(written_numbers=False),
        fingerprint(speakers=2),
        fingerprint(raw="mulaw:8000"),
        fingerprint(kb=kb),
    ]
    (kb / "a.md").write_text("# B")
    different.append(fingerprint(kb=kb))
    names = tmp_path / "noms.txt"
    for name in ("Sosh", "Livebox"):
        names.write_text(name, "utf-8")
        different.append(fingerprint(vocabulary=names))
    with monkeypatch.context() as patch:
        patch.setattr("serving.pipeline.SPEECH_VERSION", "an older one")
        different.append(fingerprint())
    without_voices = tmp_path / "models"
    without_voices.mkdir()
    (without_voices / "whisper-base").symlink_to(models_dir / "whisper-base")
    different.append(fingerprint(models_dir=without_voices))
    assert len({same, *different}) == len(different) + 1


def test_a_call_in_two_files_has_the_hash_of_both_in_their_order(tmp_path):
    files = [tmp_path / name for name in ("agent.wav", "client.wav")]
    for file in files:
        file.write_bytes(file.name.encode())
    both = describe_source(*files)
    assert (both.name, both.size_bytes) == ("agent.wav + client.wav", 19)
    alone = describe_source(files[0])
    hashes = {both.sha256, alone.sha256, describe_source(*reversed(files)).sha256}
    assert len(hashes) == 3
