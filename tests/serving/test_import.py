# ruff: noqa: E501 - mails and exports are written as they are
import json

from typer.testing import CliRunner

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
