"""Time to a usable page with 1,000 conversations stored, screen by screen, in Chromium.

    python bench/serving/screens.py --out bench/serving/screens.json [--conversations 1000]

The invented centre of ``entendu serve --demo`` is filled until it holds as many conversations as
asked for, and served by a process of its own on this machine, whose cores the browser shares. Each
page is opened in a new browser context (nothing cached), signed in as the role that works with it.
Usable is the moment, by the page's own clock since the navigation began, at which the document is
loaded, its main part shows something that can be clicked or typed into, and nothing in it says that
it is still busy (``aria-busy``); it is looked at in each frame. Beside it stand the time to the
first byte, the load event, the end of the last answer that the page asked for within a second and a
half more (the board fills in its slower parts so), and how many bytes and requests it took.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psutil

if TYPE_CHECKING:
    from playwright.sync_api import Browser, StorageState

    from serving.settings import Settings
    from serving.store import Store

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5
LATER_MS = 1500
WAIT_S = 600
PAGES = (
    ("/desk", "agent"),
    ("/desk/written", "agent"),
    ("/inbox", "supervisor"),
    ("/review", "analyst"),
    ("/review/{assigned}", "analyst"),
    ("/conversations/{conversation}", "supervisor"),
    ("/review/mine", "agent"),
    ("/review/contests", "supervisor"),
    ("/review/calibrations", "supervisor"),
    ("/review/agreement", "supervisor"),
    ("/board", "supervisor"),
    ("/admin", "admin"),
    ("/chat", ""),
)
WATCH = """
(() => {
  const usable = () => {
    const main = document.querySelector("main");
    if (document.readyState !== "complete" || !main || main.querySelector("[aria-busy=true]"))
      return false;
    return [...main.querySelectorAll("a[href],button,input,select,textarea")].some(
      (one) => !one.disabled && one.getClientRects().length > 0);
  };
  const look = () => {
    if (usable()) window.__usable_ms = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
FIGURES = """
() => {
  const [page] = performance.getEntriesByType("navigation");
  const parts = performance.getEntriesByType("resource");
  return {
    usable_ms: window.__usable_ms,
    first_byte_ms: page.responseStart,
    loaded_ms: page.loadEventEnd,
    last_answer_ms: Math.max(page.responseEnd, ...parts.map((one) => one.responseEnd)),
    requests: parts.length + 1,
    bytes: page.transferSize + parts.reduce((sum, one) => sum + one.transferSize, 0),
  };
}
"""


def fill(folder: Path, wanted: int) -> int:
    """Fill the demonstration until it holds enough conversations, and say how many."""
    from serving.demo.centre import DemoCentre
    from serving.pipeline import Pipeline
    from serving.service import Service
    from serving.settings import load_settings

    centre = DemoCentre(load_settings(data_dir=folder))
    size, held = 1.0, 0 if centre.facts is None else _held(centre.settings)
    while held < wanted:
        centre.folder.mkdir(parents=True, exist_ok=True)
        centre.clear()
        service = Service(centre.settings, works=False)
        service.open()
        try:
            centre.fill(
                service, Pipeline(centre.settings, pool=service.pool), lambda *_: None, size=size
            )
            held = _count(service.store)
        finally:
            service.close()
        size *= 1.02 * wanted / max(held, 1)
    return held


def _held(settings: Settings) -> int:
    from serving.store import open_store

    store = open_store(settings)
    try:
        return _count(store)
    finally:
        store.close()


def _count(store: Store) -> int:
    from sqlalchemy import func, select

    from serving.store.tables import ConversationRow

    with store.database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(ConversationRow)) or 0)


def serve(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the service and return its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "serving", "serve", "--demo", "--data", str(folder), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"listens on (http://\S+)", line)
        if found:
            return process, found[1]
    raise SystemExit("the service did not start")


def examples(url: str, folder: Path) -> dict[str, str]:
    """Wait until nothing is analysed; return ids to open: a review that waits, a long call."""
    import httpx

    facts = json.loads((folder / "demo" / "demo.json").read_text("utf-8"))
    people = facts["people"]

    def get(secret: str, path: str) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {secret}"}
        answer = httpx.get(url + path, headers=headers, timeout=60).raise_for_status()
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    deadline = time.monotonic() + WAIT_S
    while any(  # the demonstration begins with recordings that wait for their analysis
        get(people["admin"]["secret"], f"/v1/jobs?state={state}&limit=1")
        for state in ("queued", "running")
    ):
        if time.monotonic() > deadline:
            raise SystemExit(f"jobs were not done after {WAIT_S} s")
        time.sleep(1)
    assigned = get(people["analysts"][0]["secret"], "/v1/assignments?assignee=me&open=true")
    calls = get(people["supervisor"]["secret"], "/v1/conversations?limit=200&channel=phone")
    longest = max(calls, key=lambda one: one["duration_s"] or 0)
    return {"assigned": assigned[0]["conversation_id"], "conversation": longest["id"]}


def measure(url: str, ids: dict[str, str], runs: int) -> list[dict[str, Any]]:
    """Open each page several times and return the figures."""
    from playwright.sync_api import sync_playwright

    found = []
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        states = {role: _signed_in(browser, url, role) for role in sorted({r for _, r in PAGES})}
        for path, role in PAGES:
            shown = path.format(**ids)
            times = [once(browser, url, shown, states[role]) for _ in range(runs)]
            median = {
                name: round(statistics.median(one[name] for one in times), 1) for name in times[0]
            }
            usable = sorted(round(one["usable_ms"], 1) for one in times)
            found.append({"page": path, "role": role or "customer", **median, "all_ms": usable})
            sys.stderr.write(f"{path}: {median['usable_ms']:.0f} ms\n")
        browser.close()
    return found


def _signed_in(browser: Browser, url: str, role: str) -> StorageState | None:
    """Return the cookies of somebody with a role; nobody needs none."""
    if not role:
        return None
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(f"{url}/sign-in?next={quote('/inbox')}")
    page.locator(f"button[name=as][value={role}]").click()
    page.wait_for_url("**/inbox", wait_until="commit", timeout=60_000)
    state = context.storage_state()
    context.close()
    return state


def once(browser: Browser, url: str, path: str, state: StorageState | None) -> dict[str, float]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="fr-FR", storage_state=state
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(url + path)
    for _ in range(600):
        if page.evaluate("window.__usable_ms") is not None:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(LATER_MS)
    if "/sign-in" in page.url:
        raise SystemExit(f"{path}: not signed in")
    figures: dict[str, float] = page.evaluate(FIGURES)
    context.close()
    return figures


def main() -> None:
    """Fill, serve, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--conversations", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--data", type=Path, help="Folder with analyses that are there already.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="entendu-screens-") as made:
        folder = given.data or Path(made)
        held = fill(folder, given.conversations)
        process, url = serve(folder)
        try:
            pages = measure(url, examples(url, folder), given.runs)
        finally:
            process.terminate()
            process.wait(30)
    result = {
        "what": "time to a usable page in Chromium, new context each time, median of the runs; "
        "nothing is analysed meanwhile",
        "conversations": held,
        "runs": given.runs,
        "pages": pages,
        "slowest_ms": max(one["usable_ms"] for one in pages),
        "machine": {
            "cpu": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
            "load_1_min": os.getloadavg()[0],
            "python": platform.python_version(),
            "packages": {name: version(name) for name in ("fastapi", "uvicorn", "playwright")},
        },
    }
    given.out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
