"""The board with 1,000 and with 20,000 conversations: the page, each part, its tables.

    python bench/serving/board.py --out bench/serving/board.json [--conversations 1000 20000]

Rows go straight into the store: conversations over 16 weeks with whole analyses of a few kinds and
the board's facts of each, as an analysis leaves them, and a job that is done; no model is loaded. A
service of its own process on this machine then answers a supervisor of the team. A part is timed
from the request to the whole answer, by a client that keeps its connection. Figures are kept for
five seconds: each round waits longer and computes them anew. ``alone`` is one request after the
other, so that the first which needs the facts of the conversations, the KPIs, pays for reading
them; ``together`` is the whole page's requests at once, as a browser sends them. The page is opened
in Chromium as ``bench/serving/screens.py`` does it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import runpy
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psutil
from screens import once

ROOT = Path(__file__).resolve().parents[2]
KEY = "board-bench-key-0123456789abcdef"
DAYS = 112
ROUNDS = 3
KEPT_S = 5.5
AT_ONCE = 1_000
REASONS = ("tel.panne_fixe.coupure", "tel.facture", "tel.resiliation", "tel.mobile", None)
CHANNELS = ("phone", "chat", "email")
PAGE = ("volumes", "mood", "kpis", "questions", "health")
MORE = (
    "behind?figure=kpi:complaint_rate", "behind?figure=coverage:short",
    "volumes?channel=phone&queue=file-1", "kpis?reason=tel.facture",
    "tables/volumes.csv", "tables/reasons_over_time.csv", "tables/mood.csv", "tables/kpis.csv",
    "tables/questions.csv",
)  # fmt: skip
PERIODS = {"28 days": 28, "112 days": 112}


def fill(folder: Path, number: int) -> dict[str, float]:
    """Write conversations, analyses and facts; return how long it took, and the facts alone."""
    from sqlalchemy import insert

    from serving.board.facts import VERSION, facts_of
    from serving.settings import Settings
    from serving.store import open_store
    from serving.store.tables import AnalysisRow, BoardFactsRow, ConversationRow, JobRow

    rows = runpy.run_path(str(ROOT / "tests/serving/board_rows.py"))
    paris = ZoneInfo("Europe/Paris")
    folder.mkdir(parents=True, exist_ok=True)
    store = open_store(Settings(data_dir=folder))
    end = datetime.now(UTC)
    kinds: dict[tuple[int, int, int], tuple[str, str, str]] = {}
    taken = 0.0
    began = time.perf_counter()
    for start in range(0, number, AT_ONCE):
        conversations, analyses, facts, jobs = [], [], [], []
        for i in range(start, min(start + AT_ONCE, number)):
            at = end - timedelta(seconds=(i + 1) * DAYS * 86_400 / number)
            kind = (i % 5, i % 3, i * 7 % 10)
            if kind not in kinds:
                marked = rows["row"](
                    "kind", end, reason=REASONS[kind[0]], channel=CHANNELS[kind[1]],
                    sentiment=kind[2] / 5 - 1, complaint=kind[2] == 0,
                    heard=(60.0, 59.0 - 20 * (kind[2] == 1)) if kind[1] == 0 else None,
                )  # fmt: skip
                document = rows["document"](marked)
                clock = time.perf_counter()
                found = facts_of(document, paris)
                taken += time.perf_counter() - clock
                assert found is not None
                moment = json.loads(found.model_dump_json())["started_at"]
                kinds[kind] = document, found.model_dump_json(), str(moment)
            document, fact, moment = kinds[kind]
            key = f"m{i:06d}"
            conversations.append(
                {
                    "id": key, "team": "default", "status": "done", "name": f"{key}.wav",
                    "created_at": at, "attempts": 1, "progress": 1.0, "source": "{}",
                    "channel": CHANNELS[kind[1]], "started_at": at, "duration_s": 120.0 + i % 300,
                    "reason": REASONS[kind[0]], "sentiment": kind[2] / 5 - 1,
                    "customer_key": f"c-{i % (number // 3)}", "agent_key": f"a-{i % 40}",
                    "queue": f"file-{i % 4}", "sampled": i % 20 == 0, "score_100": 70.0,
                }
            )  # fmt: skip
            analyses.append(
                {
                    "conversation_id": key, "schema_version": "2.0", "created_at": at,
                    "document": document.replace(end.isoformat(), at.isoformat()),
                }
            )  # fmt: skip
            facts.append(
                {
                    "conversation_id": key, "analysed_at": at, "version": VERSION,
                    "document": fact.replace(moment, at.isoformat()),
                }
            )  # fmt: skip
            jobs.append(
                {
                    "id": f"j{i:06d}", "kind": "process", "conversation_id": key, "payload": {},
                    "state": "done", "priority": 5, "created_at": at, "started_at": at,
                    "finished_at": at + timedelta(seconds=9), "told": True,
                }
            )  # fmt: skip
        with store.database.writing() as session:
            session.execute(insert(ConversationRow), conversations)
            session.execute(insert(AnalysisRow), analyses)
            session.execute(insert(BoardFactsRow), facts)
            session.execute(insert(JobRow), jobs)
    store.close()
    return {
        "filled_s": round(time.perf_counter() - began, 1),
        "facts_of_one_ms": round(1000 * taken / len(kinds), 2),
    }


def serve(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the service and return its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "serving", "serve", "--data", str(folder), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT,
        env={**os.environ, "ENTENDU_ADMIN_KEY": KEY, "ENTENDU_RATE_PER_ADDRESS": "100000"},
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"(http://127\.0\.0\.1:\d+)", line)
        if found:
            url = found[1]
            for _ in range(600):
                try:
                    if httpx.get(f"{url}/healthz", timeout=2).status_code == 200:
                        return process, url
                except httpx.HTTPError:
                    time.sleep(0.1)
    raise SystemExit("the service did not start")


def supervisor(url: str) -> str:
    """Make the key of a supervisor."""
    answer = httpx.post(
        f"{url}/v1/keys", json={"name": "bench", "role": "supervisor", "team": "default"},
        headers={"Authorization": f"Bearer {KEY}"}, timeout=60,
    ).raise_for_status()  # fmt: skip
    return str(answer.json()["key"])


def parts(url: str, key: str, days: int) -> dict[str, Any]:
    """Time each part, one after the other and all at once."""
    first = (datetime.now(ZoneInfo("Europe/Paris")) - timedelta(days=days - 1)).date().isoformat()
    alone: dict[str, list[float]] = {}
    together: list[float] = []
    sizes: dict[str, int] = {}
    with httpx.Client(
        base_url=f"{url}/v1/board/", headers={"Authorization": f"Bearer {key}"}, timeout=120
    ) as client:

        def ask(part: str) -> float:
            path = f"{part}{'&' if '?' in part else '?'}from={first}"
            began = time.perf_counter()
            answer = client.get(path).raise_for_status()
            sizes[part] = len(answer.content)
            return 1000 * (time.perf_counter() - began)

        ask("volumes")
        for _ in range(ROUNDS):
            time.sleep(KEPT_S)
            for part in (*PAGE, *MORE):
                alone.setdefault(part, []).append(ask(part))
            time.sleep(KEPT_S)
            with ThreadPoolExecutor(len(PAGE)) as pool:
                began = time.perf_counter()
                list(pool.map(ask, PAGE))
                together.append(1000 * (time.perf_counter() - began))
    return {
        "alone_ms": {part: round(statistics.median(times), 1) for part, times in alone.items()},
        "together_ms": round(statistics.median(together), 1),
        "bytes": sizes,
    }


def page(url: str, key: str) -> dict[str, Any]:
    """Open the board several times and return the figures."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = browser.new_context(locale="fr-FR")
        signing = context.new_page()
        signing.goto(f"{url}/sign-in?next=%2Fboard")
        signing.fill("input[name=key]", key)
        signing.keyboard.press("Enter")
        signing.wait_for_url("**/board", wait_until="commit", timeout=60_000)
        state = context.storage_state()
        context.close()
        times = []
        for _ in range(ROUNDS):
            time.sleep(KEPT_S)
            times.append(once(browser, url, "/board", state))
        browser.close()
    median = {name: round(statistics.median(one[name] for one in times), 1) for name in times[0]}
    return {**median, "all_ms": sorted(round(one["usable_ms"], 1) for one in times)}


def main() -> None:
    """Fill, serve, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--conversations", type=int, nargs="+", default=[1_000, 20_000])
    given = parser.parse_args()
    found: list[dict[str, Any]] = []
    for number in given.conversations:
        with tempfile.TemporaryDirectory(prefix="entendu-board-") as made:
            folder = Path(made) / "data"
            filled = fill(folder, number)
            process, url = serve(folder)
            try:
                key = supervisor(url)
                one: dict[str, Any] = {"conversations": number, **filled, "page": page(url, key)}
                one["parts"] = {name: parts(url, key, days) for name, days in PERIODS.items()}
            finally:
                process.terminate()
                process.wait(300)
        found.append(one)
        sys.stderr.write(f"{number}: usable in {one['page']['usable_ms']:.0f} ms\n")
        write(given.out, found)


def write(out: Path, found: list[dict[str, Any]]) -> None:
    """Write what was measured so far."""
    result = {
        "what": "the board: usable page in Chromium, and its parts over HTTP; medians of the runs",
        "rounds": ROUNDS,
        "days": DAYS,
        "found": found,
        "machine": {
            "cpu": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
            "load_1_min": os.getloadavg()[0],
            "niceness": os.getpriority(os.PRIO_PROCESS, 0),
            "python": platform.python_version(),
            "packages": {
                name: version(name) for name in ("fastapi", "uvicorn", "sqlalchemy", "playwright")
            },
        },
    }
    out.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
