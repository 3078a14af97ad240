"""A service with the sample knowledge base, and a real browser to look at its screens with."""

from __future__ import annotations

import http.server
import shutil
import threading
from importlib import resources
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
HOW_TO_INSTALL = "no Chromium on this machine: apt-get install chromium"


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium, as the distribution has it.

    Playwright keeps an event loop running in this thread; no other tests may meet it.
    """
    if CHROMIUM is None:
        pytest.skip(HOW_TO_INSTALL)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


@pytest.fixture(scope="module")
def other_site(tmp_path_factory):
    """A folder that is served as another origin, and that origin."""
    folder = tmp_path_factory.mktemp("site")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chat_service(
    tmp_path_factory, fake_pipeline_class, running_service_class, examples_dir, other_site
):
    """A running service that knows the sample articles, and a site that shows its chat."""
    from serving.settings import Settings

    folder = tmp_path_factory.mktemp("chat")
    settings = Settings(
        data_dir=folder / "data",
        kb=examples_dir / "kb",
        rate_per_address=100_000,
        widget_origins=(other_site[1],),
    )
    service = running_service_class(settings, fake_pipeline_class())
    yield service
    service.stop()


@pytest.fixture
def open_page(browser):
    """Return a function that opens a page; console errors and foreign requests fail the test."""
    contexts, faults = [], []

    def open_at(url: str, **options):
        own = "/".join(url.split("/")[:3])
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "locale": "fr-FR", **options}
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((own, "data:", "blob:"))
                else faults.append(f"asks {request.url}")
            ),
        )
        page.goto(url)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The accessibility checker axe-core."""
    return (Path(str(resources.files("axe_playwright_python"))) / "axe.min.js").read_text("utf-8")


@pytest.fixture
def accessible(axe_script):
    """Return a function that fails with what axe-core finds wrong with a page."""

    def check(page) -> None:
        # Run in the browser's own world: the page's policy lets no script in, and stays on.
        session = page.context.new_cdp_session(page)
        world = session.send(
            "Page.createIsolatedWorld",
            {"frameId": session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]},
        )["executionContextId"]
        session.send("Runtime.evaluate", {"expression": axe_script, "contextId": world})
        found = session.send(
            "Runtime.evaluate",
            {
                "expression": "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', "
                "'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => r.violations.map(v => "
                "v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))",
                "contextId": world,
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        assert found["result"].get("value") == [], found

    return check
