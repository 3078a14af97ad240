"""What the room exports, and that importing it is cheap."""

from __future__ import annotations

import subprocess
import sys

import kb_search


def test_every_exported_name_exists() -> None:
    assert kb_search.__all__ == sorted(kb_search.__all__)
    for name in kb_search.__all__:
        assert getattr(kb_search, name).__doc__


def test_importing_loads_no_heavy_package() -> None:
    heavy = "torch sentence_transformers transformers faiss bm25s sklearn numpy pypdf lingua"
    code = (
        "import sys, kb_search\n"
        f"loaded = [name for name in {heavy.split()} if name in sys.modules]\n"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
