# ruff: noqa: E501 - mails and exports are written as they are
import json

from typer.testing import CliRunner

from conversation.errors import BadInput
from serving.command_line import app


def test_files_become_conversations_with_keys_and_bad_ones_are_named(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "m.eml").write_text(
        "From: ana@free.fr\nSubject: x\n\nMa box est en panne.\n"
    )
    (tmp_path / "in" / "c.json").write_text(json.dumps([
        {"from": "client", "email": "ana@free.fr", "text": "Allô"}, {"from": "agent", "text": "Oui"},
    ]))  # fmt: skip
    (tmp_path / "in" / "bad.csv").write_text("rien\n")
    out, key = tmp_path / "out", tmp_path / "secret"
    done = CliRunner().invoke(
        app, ["import", str(tmp_path / "in"), "--out", str(out), "--customer-key-file", str(key)]
    )
    assert done.exit_code == 1
    assert "bad.csv" in done.output
    made = [json.loads(path.read_text("utf-8")) for path in sorted(out.glob("*.json"))]
    assert [one["channel"] for one in made] == ["chat", "email"]
    assert made[0]["metadata"]["customer_key"] == made[1]["metadata"]["customer_key"]
    assert key.stat().st_mode & 0o777 == 0o600
    assert "ana@free.fr" not in "".join(path.read_text("utf-8") for path in out.glob("*.json"))


def test_an_input_is_never_overwritten_and_errors_name_a_file_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chat = tmp_path / "chat.json"
    chat.write_text('{"id": "chat", "messages": [{"speaker": "client", "text": "Allô"}]}')
    (tmp_path / "x.json").write_text('{"x": 1}')
    before = chat.read_bytes()
    done = CliRunner().invoke(
        app, ["import", "chat.json", "x.json", "--out", ".", "--customer-key-file", "k"]
    )
    assert done.exit_code == 1
    assert chat.read_bytes() == before
    assert "would overwrite the input chat.json" in done.output
    assert done.output.count("x.json") == 1
    assert "0 conversations" in done.output


def test_an_unknown_region_is_refused_before_a_key_is_made(tmp_path):
    (tmp_path / "c.json").write_text('[{"speaker": "client", "text": "Allô"}]')
    key = tmp_path / "k"
    done = CliRunner().invoke(
        app,
        ["import", str(tmp_path / "c.json"), "--out", str(tmp_path / "out"),
         "--customer-key-file", str(key), "--region", "fr"],
    )  # fmt: skip
    assert isinstance(done.exception, BadInput)
    assert not key.exists()
