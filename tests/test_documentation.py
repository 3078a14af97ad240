"""What the documents say is what the program does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conversation import Conversation, parse_conversation, read_conversation
from serving.analysis import Analysis
from serving.command_line import app

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FORMATS = (ROOT / "docs" / "formats.md").read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.model
def test_the_lines_of_python_in_the_readme_run(tmp_path):
    (block,) = blocks(README, "python")
    assert 5 <= len([line for line in block.splitlines() if line.strip()]) <= 14
    done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "internet" in done.stdout.lower()


def test_the_commands_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    shell = "\n".join(blocks(README, "sh"))
    for target in re.findall(r"^make (\w+)", shell, flags=re.MULTILINE):
        assert f"\n{target}:" in makefile
    commands = set(re.findall(r"entendu ((?:evaluate |models )?[a-z]+)", README))
    assert {"process", "serve"} <= commands
    for command in commands:
        done = CliRunner().invoke(app, [*command.split(), "--help"])
        assert done.exit_code == 0, f"entendu {command}: {done.output}"


def test_the_links_between_documents_lead_somewhere():
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md"]:
        for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text("utf-8")):
            assert (document.parent / link).exists(), f"{document.name} → {link}"


def test_the_chat_in_the_format_guide_is_read(tmp_path):
    (block,) = blocks(FORMATS, "text")
    path = tmp_path / "chat.txt"
    path.write_text(block, "utf-8")
    assert [turn.speaker for turn in read_conversation(path).turns] == ["customer", "agent"]


def test_the_json_in_the_format_guide_is_read():
    channels = [
        parse_conversation(json.loads(b), name="x").channel for b in blocks(FORMATS, "json")
    ]
    assert channels == ["chat", "email"]


@pytest.mark.parametrize("shape", [Analysis, Conversation])
def test_the_published_schemas_are_those_of_the_code(shape):
    path = ROOT / "docs" / "schema" / f"{shape.__name__.lower()}.schema.json"
    published = json.loads(path.read_text("utf-8"))
    assert published == shape.model_json_schema(mode="serialization"), (
        "run `python -m serving.schemas docs/schema`"
    )


def test_the_readme_quotes_only_figures_that_are_in_bench():
    table = README.split("<!-- figures -->")[1]
    stored = "\n".join(path.read_text("utf-8") for path in (ROOT / "bench").rglob("*.json"))
    for figure in re.findall(r"\b0\.\d+\b", table):
        digits = len(figure) - 2
        numbers = {f"{float(n):.{digits}f}" for n in re.findall(r"-?\d+\.\d+", stored)}
        assert figure in numbers, f"{figure} is in the README but not in bench/"
