"""A small base of several formats, and the hashing encoder."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest


def _load(name: str):
    """Import a helper that lies beside the tests."""
    spec = importlib.util.spec_from_file_location(
        f"kb_search_{name}", Path(__file__).with_name(f"{name}.py")
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CARD = """---
title: Bloquer sa carte
audience: public
state: Validated
valid_from: 2026-01-01
---

# Bloquer sa carte

## Comment bloquer la carte ?

La carte se bloque dans l'application, rubrique « Mes cartes ». Le blocage est gratuit.

## Quand arrive la nouvelle carte ?

Une nouvelle carte est envoyée sous cinq jours ouvrés. Le code secret ne change pas.

| Carte | Plafond de retrait |
|---|---|
| Classique | 600 euros |
| Premier | 1 500 euros |
"""
BOX = """<html lang="fr"><head><title>Redémarrer la box | Aide</title>
<script>var traceur = 1;</script></head><body>
<nav>Accueil Mobile Internet</nav>
<main><h1>Redémarrer la box</h1><p>Débranchez la box pendant trente secondes,
puis rebranchez-la.</p><ul><li>Attendez cinq minutes.</li><li>Vérifiez le voyant.</li></ul></main>
<footer>Mentions légales</footer></body></html>
"""
PASSWORD = """Mot de passe oublié

Un lien est envoyé par courriel ; il est valable trente minutes.

The link is sent by e-mail and it is valid for thirty minutes.
"""


@pytest.fixture
def hashing_encoder():
    return _load("hashing_encoder").HashingEncoder()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    (folder / "banque").mkdir(parents=True)
    (folder / "banque" / "carte.md").write_text(CARD, encoding="utf-8")
    (folder / "box.html").write_text(BOX, encoding="utf-8")
    (folder / "mot-de-passe.txt").write_text(PASSWORD, encoding="utf-8")
    return folder


@pytest.fixture
def pdf_files():
    return _load("pdf_files")


@pytest.fixture
def docx_files():
    return _load("docx_files")
