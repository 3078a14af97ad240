"""The files of others that the screens carry are what their packages published."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from serving.screens.assets import FOLDER, assets
from serving.screens.policy import content_policy

VENDOR = FOLDER / "vendor"
MANIFEST = json.loads((VENDOR / "vendor.json").read_text("utf-8"))["files"]


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_that_was_checked_in_with_its_licence(entry):
    content = (VENDOR / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    for name in entry["licence_files"]:
        assert len((VENDOR / name).read_text("utf-8")) > 500


def test_every_vendored_file_is_named():
    files = {file.name for file in VENDOR.iterdir() if file.suffix in (".js", ".css")}
    assert files == {entry["file"] for entry in MANIFEST}


def test_our_own_files_name_no_other_host():
    for name, asset in assets().items():
        if not name.startswith("vendor/"):
            text = asset.content.decode("utf-8")
            hosts = set(re.findall(r"https?://([\w.-]+)", text))
            assert hosts <= {"entendu.example"}, name


def test_no_inline_script_or_style_may_run():
    assert "unsafe" not in content_policy()


def test_addresses_with_the_digest_are_kept_for_good_and_unknown_files_refused(service):
    digest = assets()["screens.css"].digest
    kept = service.client.get(f"/static/screens.css?v={digest}")
    assert "immutable" in kept.headers["cache-control"]
    assert "no-cache" in service.client.get("/static/screens.css?v=old").headers["cache-control"]
    assert service.client.get("/static/../settings.py").status_code == 404
    assert service.client.get("/static/vendor/vendor.json").status_code == 404
