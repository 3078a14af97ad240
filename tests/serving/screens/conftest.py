"""A service with the sample knowledge base, and a real browser to look at its screens with."""

from __future__ import annotations

import http.server
import os
import shutil
import threading
from importlib import resources
from pathlib import Path
from urllib.parse import quote

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PICTURES = Path(__file__).resolve().parents[3] / "docs" / "images" / "screens"
WRITES_PICTURES = bool(os.environ.get("ENTENDU_PICTURES"))  # before the environment is emptied
HOW_TO_INSTALL = "no Chromium on this machine: apt-get install chromium"
SOUND = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""A microphone that beeps, and nobody who is asked whether it may be used."""


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
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", *SOUND]
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
def watch():
    """Return a function that minds a page: console errors and foreign requests fail the test.

    Where a request is to be refused, ``refused=412`` lets the browser log that.
    """
    faults = []

    def mind(page, own: str, *, refused: int | None = None) -> None:
        foreseen = f"the server responded with a status of {refused} "

        def logged(message) -> None:
            if message.type == "error" and foreseen not in message.text:
                faults.append(message.text)

        def asked(request) -> None:
            if not request.url.startswith((own, "data:", "blob:")):
                faults.append(f"asks {request.url}")

        page.on("console", logged)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", asked)

    yield mind
    assert faults == []


@pytest.fixture
def open_page(browser, watch):
    """Return a function that opens a page that is minded, in a browser of its own."""
    contexts = []

    def open_at(url: str, *, refused: int | None = None, **options):
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "locale": "fr-FR", **options}
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        watch(page, "/".join(url.split("/")[:3]), refused=refused)
        page.goto(url)
        return page

    yield open_at
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The accessibility checker axe-core."""
    return (Path(str(resources.files("axe_playwright_python"))) / "axe.min.js").read_text("utf-8")


# The size of targets is a rule that axe-core leaves off unless it is named.
AXE_TAGS = "runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],"
AXE_OF_ALL = AXE_TAGS + "rules: {'target-size': {enabled: true}}"
AXE_OF_COLOURS = "runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}"
AXE_OF_WORDS = (
    AXE_TAGS + "rules: {'target-size': {enabled: true}, 'color-contrast': {enabled: false}, "
    "'link-in-text-block': {enabled: false}}"
)


@pytest.fixture
def accessible(axe_script):
    """Return a function that fails with what axe-core finds wrong with a page.

    A page that follows the system's colours is looked at in both: with all rules in the light ones,
    then with those that depend on colours in the dark ones. ``colours=False`` leaves those out, for
    a page whose colours were looked at in another language.
    """

    def check(page, *, colours: bool = True) -> None:
        if not colours:
            look_at(page, AXE_OF_WORDS)
            return
        follows = page.locator("html[data-theme]").count() == 0
        for scheme in ("light", "dark") if follows else (None,):
            # Nothing moves: colours half-way to others are nobody's choice.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            look_at(page, AXE_OF_COLOURS if scheme == "dark" else AXE_OF_ALL)

    def look_at(page, asked: str) -> None:
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
                # Without preload: it copies styles of shadow trees, which the policy refuses.
                "expression": f"axe.run(document, {{preload: false, {asked}}})"
                ".then(r => r.violations.map(v => "
                "v.id + ': ' + v.nodes.map(n => n.html).join(' | ')))",
                "contextId": world,
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        assert found["result"].get("value") == [], found

    return check


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory, request):
    """A data folder with the demonstration in it, smaller than it is shown, and its facts.

    Dialogues are analysed by the real models, once: their analyses stay in pytest's cache.
    """
    from serving.demo.centre import DemoCentre
    from serving.pipeline import Pipeline
    from serving.service import Service
    from serving.settings import Settings

    folder = tmp_path_factory.mktemp("demo") / "data"
    centre = DemoCentre(Settings(data_dir=folder))
    centre.folder.mkdir(parents=True)
    service = Service(centre.settings, works=False)
    service.open()
    facts = centre.fill(
        service,
        Pipeline(centre.settings, pool=service.pool),
        lambda *_: None,
        short=True,
        kept=Path(request.config.cache.mkdir("demo")),
    )
    service.close()
    return centre, facts


@pytest.fixture(scope="module")
def open_demo(demo_folder, tmp_path_factory, fake_pipeline_class, running_service_class):
    """Return a function that runs a service on a copy of the demonstration's folder."""
    centre, facts = demo_folder
    opened = []

    def open_copy(change=lambda _: None):
        folder = tmp_path_factory.mktemp("centre") / "data"
        shutil.copytree(centre.settings.data_dir, folder)
        change(folder)
        settings = centre.settings.model_copy(
            update={"data_dir": folder, "rate_per_address": 100_000, "rate_per_customer": 100_000}
        )
        service = running_service_class(settings, fake_pipeline_class())
        service.app.state.demo = facts.people
        service.facts = facts
        opened.append(service)
        return service

    yield open_copy
    for service in opened:
        service.stop()


@pytest.fixture(scope="module")
def demo_service(open_demo):
    """The demonstration as a running service: weeks of conversations, reviews, sessions.

    What a file does to it stays in that file.
    """
    return open_demo()


@pytest.fixture
def demo_page(demo_service, open_page):
    """Return a function that opens a screen as one of the demonstration's people.

    ``demo_page("analyst", "/review?lang=en")``; roles are agent, analyst, supervisor and admin.
    """

    def open_as(role: str, path: str, **options):
        page = open_page(
            f"{demo_service.url}/sign-in?next={quote(path, safe='')}",
            **{"timezone_id": "Europe/Paris", **options},
        )
        page.locator(f"button[name=as][value={role}]").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    return open_as


@pytest.fixture(scope="module")
def centre(tmp_path_factory, fake_pipeline_class, running_service_class):
    """A service whose reviews are made over the API, with people of every role."""
    import runpy

    from serving.settings import Settings

    reviewed = runpy.run_path(str(Path(__file__).with_name("reviewed.py")))
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("centre") / "data", device="cpu", threads=1,
        rate_per_address=100_000,
    )  # fmt: skip
    pipeline = reviewed["pipeline_class"](fake_pipeline_class)()
    opened = reviewed["Centre"](running_service_class(settings, pipeline))
    yield opened
    opened.close()


@pytest.fixture
def signed_in(centre, open_page):
    """Return a function that opens a page of the centre as somebody: ``signed_in("agent", "/")``.

    Each call is a browser of its own.
    """

    def open_as(who: str, path: str, **options):
        page = open_page(f"{centre.url}{path}", **options)
        page.fill("input[name=key]", centre.key(who))
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    return open_as


@pytest.fixture
def picture(tmp_path):
    """Return a function that takes the picture of a screen that the documentation shows.

    With ``ENTENDU_PICTURES=1`` in the environment it goes to docs/images/screens, else it only
    has to be one of something.
    """

    def take(page, name: str) -> None:
        folder = PICTURES if WRITES_PICTURES else tmp_path
        folder.mkdir(parents=True, exist_ok=True)
        content = page.screenshot(path=folder / f"{name}.png", animations="disabled")
        assert len(content) > 20_000, "an empty page"
        assert (PICTURES / f"{name}.png").exists(), "the documentation has no picture of it"

    return take
