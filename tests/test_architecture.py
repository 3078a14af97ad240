"""The table of docs/architecture.md holds: which room may import which, and what."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "conversation": set(),
    "models": {"conversation"},
    "speech": {"conversation", "models"},
    "nlu": {"conversation", "models"},
    "kb_search": {"conversation", "models"},
    "quality": {"conversation", "models", "nlu"},
    "serving": {"conversation", "models", "speech", "nlu", "kb_search", "quality"},
}
HEAVY = {"torch", "transformers", "sentence_transformers", "faster_whisper", "ctranslate2", "faiss"}
MODEL_ROOMS = {"models", "speech", "nlu", "kb_search"}
WEB = {"fastapi", "starlette", "uvicorn", "dbos", "alembic"}
STORE = {"sqlalchemy"}
STORE_ROOMS = {"kb_search", "serving"}


def imports_of(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom) and node.level:
            names.add(path.relative_to(ROOT).parts[0])
    return names


def imports_of_room(room: str) -> dict[Path, set[str]]:
    return {path: imports_of(path) for path in sorted((ROOT / room).rglob("*.py"))}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_the_rooms_it_may(room):
    allowed = MAY_IMPORT[room] | {room}
    wrong = {
        str(path.relative_to(ROOT)): sorted(bad)
        for path, names in imports_of_room(room).items()
        if (bad := (names & set(MAY_IMPORT)) - allowed)
    }
    assert wrong == {}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_model_libraries_stay_in_the_rooms_of_models(room):
    if room in MODEL_ROOMS:
        pytest.skip("this room may")
    wrong = {str(p): names & HEAVY for p, names in imports_of_room(room).items() if names & HEAVY}
    assert wrong == {}


@pytest.mark.parametrize("room", sorted(set(MAY_IMPORT) - {"serving"}))
def test_web_and_store_libraries_stay_in_their_rooms(room):
    barred = WEB if room in STORE_ROOMS else WEB | STORE
    wrong = {str(p): names & barred for p, names in imports_of_room(room).items() if names & barred}
    assert wrong == {}


def test_no_folder_of_packages_is_missing_from_the_table():
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == set(MAY_IMPORT)


def test_importing_every_room_loads_no_model_library():
    rooms = ", ".join(MAY_IMPORT)
    late = HEAVY | WEB | STORE | {"sklearn", "scipy", "lingua", "bm25s"}
    code = f"import sys, {rooms}, serving.command_line; print(sorted({late} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_exports_exactly_what_it_says(room):
    module = __import__(room)
    assert list(module.__all__) == sorted(module.__all__, key=lambda n: (not n.isupper(), n)) or (
        sorted(module.__all__) == sorted(set(module.__all__))
    )
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert len(module.__all__) <= 60
