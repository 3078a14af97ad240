"""How long the desk's frames take while people speak into a transcript of an hour.

A real Chromium follows a running session of a real service, whose turns are made here: an hour of
them first, then partials of both sides ten times a second, finals, moods and cards. A frame is the
time between two animation frames of the page; headless Chromium draws without a graphics card.

    python bench/serving/desk_frames.py            # writes bench/serving/desk_frames.json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULT = Path(__file__).with_suffix(".json")
KEY = "the-key-of-the-benchmark-0123456789"
WORDS = (
    "alors votre facture du mois dernier comporte bien deux lignes je regarde le dossier un "
    "instant la box est restée rouge depuis mardi et le technicien passera jeudi matin entre huit "
    "heures et midi merci de patienter"
).split()
TURNS_PER_MIN = 18
PARTIALS_PER_S = 10
SIDES = ("agent", "customer")

MEASURE = """
() => {
  const gaps = [];
  let last = performance.now();
  const look = (now) => { gaps.push(now - last); last = now; requestAnimationFrame(look); };
  requestAnimationFrame(look);
  window.gaps = gaps;
}
"""


class Talk:
    """A session, and what is said in it.

    Args:
        app: The application; it is up.
        loop: Its event loop.
        minutes: Of talk before anything is measured.
    """

    def __init__(self, app: Any, loop: asyncio.AbstractEventLoop, minutes: int) -> None:  # noqa: ANN401
        self._hub = app.state.live
        self._loop = loop
        self._chance = random.Random(7)
        self.turns = minutes * TURNS_PER_MIN

    def begin(self) -> None:
        """Open the session, with its turns so far."""
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result()

    def go_on(self, seconds: float) -> None:
        """Let people speak for so long."""
        asyncio.run_coroutine_threadsafe(self._go_on(seconds), self._loop).result()

    async def _begin(self) -> None:
        from serving.live.facts import SessionFacts
        from serving.live.outbox import Outbox

        class Nobody(Outbox):
            def put(self, event: object) -> None:
                pass

        facts = SessionFacts(
            id=self._hub.new_id(), protocol="live", team="default", owner="bench", sound=None,
            channel="chat", started_at=datetime.now(UTC), customer_key="c-1", is_resumable=True,
        )  # fmt: skip
        self._session = await self._hub.open(facts)
        self._session.attach(Nobody())
        await self._session.record.conclude([self._final(number) for number in range(self.turns)])

    async def _go_on(self, seconds: float) -> None:
        from serving.live.events import PartialText, SentimentRead

        record = self._session.record
        ends_s = time.monotonic() + seconds
        heard: tuple[list[str], list[str]] = ([], [])
        tick = 0
        while time.monotonic() < ends_s:
            for channel, speaker in enumerate(SIDES):
                heard[channel].append(self._chance.choice(WORDS))
                record.put(
                    PartialText(
                        channel=channel, speaker=speaker, utterance=self.turns + 2,
                        text=" ".join(heard[channel][-30:]), start_s=3600.0, end_s=3601.0,
                        language="fr",
                    )
                )  # fmt: skip
            tick += 1
            if tick % 15 == 0:
                turn, self.turns = self.turns, self.turns + 1
                heard[turn % 2].clear()
                mood = SentimentRead(
                    turn=turn, score=self._chance.uniform(-1, 1), label="x", overall=0.1
                )
                await record.conclude([self._final(turn), mood])
            await asyncio.sleep(1 / PARTIALS_PER_S)

    def _final(self, number: int) -> Any:  # noqa: ANN401
        from serving.live.events import FinalText

        said = " ".join(self._chance.choice(WORDS) for _ in range(self._chance.randint(4, 26)))
        start_s = number * 60 / TURNS_PER_MIN
        return FinalText(
            turn=number, channel=number % 2, utterance=number, speaker=SIDES[number % 2],
            text=f"{said.capitalize()}.", start_s=start_s, end_s=start_s + 2.5,
        )  # fmt: skip


def measure(minutes: int, seconds: float) -> dict[str, object]:
    """Follow a session in Chromium and return what its frames took, in milliseconds."""
    import uvicorn
    from playwright.sync_api import sync_playwright

    from serving.app import create_app
    from serving.commands.serve import listen
    from serving.live.hub import LiveHub
    from serving.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            Settings(data_dir=Path(folder), admin_key=KEY, warm_models=False),
            live=lambda service: LiveHub(service, listener=_no_listener, mind=None),
        )
        socket = listen("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        loop = asyncio.new_event_loop()
        thread = threading.Thread(
            target=lambda: loop.run_until_complete(server.serve(sockets=[socket])), daemon=True
        )
        thread.start()
        while not server.started:
            time.sleep(0.05)
        talk = Talk(app, loop, minutes)
        talk.begin()
        url = f"http://127.0.0.1:{socket.getsockname()[1]}"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", "--disable-dev-shm-usage"],
            )
            found = _followed(browser, url, talk, seconds)
            found["chromium"] = browser.version
            browser.close()
        server.should_exit = True
        thread.join(20)
    machine = {"cpus": os.cpu_count(), "load_average": round(os.getloadavg()[0], 1)}
    return {"minutes": minutes, "seconds": seconds, **machine, **found}


def _followed(browser: Any, url: str, talk: Talk, seconds: float) -> dict[str, object]:  # noqa: ANN401
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{url}/desk")
    page.fill("input[name=key]", KEY)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk**")
    before = talk.turns
    began_s = time.monotonic()
    page.locator(".list button").first.click()
    page.locator(".turn").nth(before - 1).wait_for(state="attached")
    shown_s = time.monotonic() - began_s
    page.wait_for_timeout(1000)
    page.evaluate(MEASURE)
    talk.go_on(seconds)
    gaps = sorted(page.evaluate("window.gaps"))
    last = page.locator(f"#turn-{talk.turns - 1}")
    return {
        "turns_before": before,
        "turns_after": talk.turns,
        "whole_transcript_shown_after_s": round(shown_s, 2),
        "newest_turn_in_view": last.evaluate("one => one.getBoundingClientRect().top < 800"),
        "frames": len(gaps),
        "frame_median_ms": round(statistics.median(gaps), 1),
        "frame_p95_ms": round(gaps[int(0.95 * len(gaps))], 1),
        "frame_p99_ms": round(gaps[int(0.99 * len(gaps))], 1),
        "frame_longest_ms": round(gaps[-1], 1),
        "frames_over_50_ms": sum(gap > 50 for gap in gaps),
    }


def _no_listener() -> Any:  # noqa: ANN401
    raise RuntimeError("nothing is heard here")


def main() -> None:
    """Measure, and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    result = {"measured": datetime.now(UTC).date().isoformat()}
    result |= measure(given.minutes, given.seconds)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
