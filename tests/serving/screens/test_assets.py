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


def test_a_file_is_sent_compressed_and_only_once(service):
    asset = assets()["kit.js"]
    plain = service.client.get("/static/kit.js", headers={"Accept-Encoding": "identity"})
    assert plain.content == asset.content
    assert "content-encoding" not in plain.headers
    small = service.client.get("/static/kit.js")
    assert small.content == asset.content
    assert small.headers["content-encoding"] == "gzip"
    assert small.headers["etag"] != plain.headers["etag"]
    assert int(small.headers["content-length"]) < len(asset.content) / 2
    head = service.client.head("/static/kit.js")
    assert (head.content, head.headers["etag"]) == (b"", small.headers["etag"])
    again = service.client.get("/static/kit.js", headers={"If-None-Match": head.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for answer in (plain, small, head, again):
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-request-id"]
    assert service.client.post("/static/kit.js").status_code == 405


def test_scripts_import_each_other_by_addresses_that_are_kept_for_good():
    for name, asset in assets().items():
        if not name.endswith(".js"):
            continue
        text = asset.content.decode()
        named = re.findall(r"""["'](\.{1,2}/[^"']+\.js[^"']*)["']""", text)
        assert all(one.endswith(f".js?v={asset.digest}") for one in named), name
        assert set(asset.imports) <= assets().keys(), name
    assert "kit.js" in assets()["board/board.js"].imports
    assert "vendor/htm-preact.js" in assets()["board/board.js"].imports, "imported by kit.js"
    assert "desk/written.js" not in assets()["desk/desk.js"].imports, "loaded when it is wanted"


def test_a_changed_script_changes_the_address_of_all_and_of_no_style(tmp_path, monkeypatch):
    (tmp_path / "a.js").write_text('import { b } from "./b.js";')
    (tmp_path / "b.js").write_text('export const b = () => import("./a.js");')
    (tmp_path / "c.css").write_text("a { color: red; }")
    monkeypatch.setattr("serving.screens.assets.FOLDER", tmp_path)
    before = assets.__wrapped__()
    assert before["a.js"].imports == ("b.js",)
    assert before["b.js"].imports == ()
    assert before["b.js"].content.decode().endswith(f'import("./a.js?v={before["b.js"].digest}");')
    (tmp_path / "b.js").write_text("export const b = 2;")
    after = assets.__wrapped__()
    assert {name for name in before if before[name].digest != after[name].digest} == {
        "a.js", "b.js",
    }  # fmt: skip


def test_a_page_asks_for_all_its_scripts_at_once_and_only_the_first_time(service, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{service.url}/chat")
    page.locator("body.js").wait_for()
    loaded = """performance.getEntriesByType("resource")
        .filter((one) => one.name.includes("/static/"))
        .map((one) => [one.name, one.transferSize])"""
    first = dict(page.evaluate(loaded))
    scripts = [name for name in first if ".js" in name]
    assert {f"{service.url}/static/{one}" for one in ("vendor/htm-preact.js", "chat/chat.js")} <= {
        name.partition("?")[0] for name in scripts
    }
    assert len({name.partition("?")[0] for name in scripts}) == len(scripts), "loaded twice"
    asked = page.locator('link[rel="modulepreload"], script[type="module"]').evaluate_all(
        "of => of.map((one) => one.href ?? one.src)"
    )
    assert set(scripts) == set(asked)
    page.reload()
    page.locator("body.js").wait_for()
    again = dict(page.evaluate(loaded))
    assert again.keys() == first.keys()
    assert {name for name, size in again.items() if size} == set()
    context.close()
