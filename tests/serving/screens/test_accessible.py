"""Every page of the application as people meet it: axe-core finds nothing, in either language and
theme; nothing is logged as an error, no other host is asked, a tablet shows all of it, and the
markup that stands in everything that people wrote is text.

What a page becomes while somebody works with it stands here too, unless it takes a call or a chat
going on: those are in test_desk.py, test_written.py and test_chat.py.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts

TABLET = {"width": 768, "height": 1024}
PHONE = {"width": 390, "height": 844}
DIALOG = "dialog[open]"
MARKED = runpy.run_path(str(Path(__file__).with_name("marked.py")))
PROPOSED = ".question:has(.shown .chip.drawn:not(.none))"
"""A question for which the machine proposes an answer."""
HURT = """window.hurt ?? document.querySelector("[onerror]")?.outerHTML ?? null"""

NO_PAGES = {
    "/": "leads to another",
    "/admin": "leads to another",
    "/sign-in/oidc": "leads to another host",
    "/sign-in/oidc/back": "leads to another, or shows the sign-in with a message",
    "/chat/events": "an event stream",
    "/chat/transcript.txt": "a text",
    "/static/{name:path}": "scripts and styles",
    "/docs": "Swagger UI's own page, for developers",
    "/docs/swagger-ui-bundle.js": "a script",
    "/docs/swagger-ui.css": "a style",
    "/openapi.json": "no page",
    "/metrics": "no page",
}
"""What answers GET outside the description of the API and is nothing to look at, and why."""


@dataclass(frozen=True)
class Page:
    """A page to look at.

    Attributes:
        route: Which it is of, as the application names it.
        role: Who looks; None: somebody who is not signed in.
        ready: What is there when it is.
        path: Its address, with names of ``places`` in braces; None: the route.
        steps: What is done to it, one after the other: a key, or what is clicked, and what is there
            then. It is looked at after each.
        refused: The status with which something is refused on it, as the browser logs it.
        size: Of the window.
    """

    route: str
    role: str | None
    ready: str
    path: str | None = None
    steps: tuple[tuple[str, str], ...] = ()
    refused: int | None = None
    size: tuple[int, int] = (TABLET["width"], TABLET["height"])

    def __str__(self) -> str:
        return f"{self.path or self.route} {self.role or ''}".strip()


ONE = "/conversations/{conversation_id}"
PAGES = (
    Page("/sign-in", None, "#key", size=(390, 844)),
    Page("/sign-in", "agent", ".who-am-i"),
    Page("/desk", "agent", "#desk .box", steps=(("?", DIALOG), ("Escape", "#desk"))),
    Page("/desk/written", "agent", ".item", steps=((".item", ".packet"), ("?", DIALOG))),
    Page("/inbox", "supervisor", "tbody tr", steps=(("details summary", "details[open]"),)),
    Page("/inbox", "supervisor", "tbody .chip.bad", path="/inbox?status=failed",
         steps=(("tbody button.quiet", DIALOG),)),
    Page("/inbox", "agent", ".nothing", path="/inbox?customer_key=nobody"),
    Page(ONE, "supervisor", ".transcript li", path="/conversations/{call}",
         steps=((".masking button", DIALOG),)),
    Page(ONE, "supervisor", ".transcript li", path="/conversations/{chat}"),
    Page(ONE, "supervisor", ".problem, .box", path="/conversations/{failed}"),
    Page(ONE, "agent", "main h1", path="/conversations/gone", refused=404),
    Page("/review", "analyst", "tbody tr", steps=(("?", DIALOG),)),
    Page("/review", "analyst", ".nothing", path="/review?whose=free&state=done"),
    Page("/review/{conversation_id}", "analyst", "fieldset, .item, .question",
         path="/review/{to_review}", steps=((f"{PROPOSED} button.title", ".question.now .proposal"),
                (f"{PROPOSED}.now .answer:not(.drawn)", "form.why textarea"), ("Escape", "main"))),
    Page("/review/mine", "agent", ".shared li", steps=(("details summary", "details[open]"),)),
    Page("/review/mine/{conversation_id}", "agent", "details.asked",
         path="/review/mine/{shared}",
         steps=(("details.asked:not([open]) summary", "details.asked[open] .both-sides"),)),
    Page("/review/contests", "supervisor", "table"),
    Page("/review/contests/{contest_id}", "supervisor", "#settle h1",
         path="/review/contests/{contest}"),
    Page("/review/calibrations", "supervisor", "table",
         steps=((".head button", ".choices input"),)),
    Page("/review/calibrations/{session_id}", "analyst", ".contacts",
         path="/review/calibrations/{blind}"),
    Page("/review/calibrations/{session_id}", "analyst", "details.compared[open] .figures",
         path="/review/calibrations/{closed}"),
    Page("/review/calibrations/{session_id}/{conversation_id}", "analyst", "fieldset.asking",
         path="/review/calibrations/{blind}/{to_rate}"),
    Page("/review/agreement", "supervisor", "table.agreement"),
    Page("/board", "supervisor", "#volumes canvas",
         steps=(*((f"#{part}-title", f"#{part}:not(:has([aria-busy])) .made")
                  for part in ("topics", "gaps", "forecast")),
                ("#questions-title", "#questions table"), ("#health-title", "#health .states"),
                ("t", "#mood table"), ("?", DIALOG))),
    Page("/board", "agent", "main h1", refused=403),
    Page("/admin/knowledge", "admin", "td.name"),
    Page("/admin/knowledge", "admin", "textarea", path="/admin/knowledge?doc={article}"),
    Page("/admin/scorecards", "admin", "tbody button",
         steps=(("tbody button:last-of-type", ".items button.link"),
                (".items button.link", "fieldset"))),
    Page("/admin/reasons", "admin", "tbody tr"),
    Page("/admin/keys", "admin", "tbody tr", steps=(("#admin button:not(.quiet)", DIALOG),)),
    Page("/admin/retention", "admin", "tbody tr"),
    Page("/admin/audit", "admin", "tbody tr"),
    Page("/admin/webhooks", "admin", "#admin h2",
         steps=(("#admin button:not(.quiet)", DIALOG),)),
    Page("/admin/models", "admin", "tbody tr"),
    Page("/chat", None, ".log li", size=(390, 844)),
    Page("/chat/frame", None, ".log li", size=(390, 844)),
    Page("/chat/articles/{path:path}", None, "main h1", size=(390, 844),
         path="/chat/articles/telecom-plus/resiliation.md"),
    Page("/chat/articles/{path:path}", None, "main h1", path="/chat/articles/gone", refused=404),
    Page("/v1/conversations/{conversation_id}/report", "supervisor", "main, .page",
         path="/v1/conversations/{call}/report"),
)  # fmt: skip


WRITTEN_BY_NOBODY = frozenset(
    (
        "/sign-in", "/board agent", "/inbox?customer_key=nobody agent", "/conversations/gone agent",
        "/review?whose=free&state=done analyst", "/review/agreement supervisor", "/chat",
        "/chat/frame", "/chat/articles/gone", "/sign-in agent",
        *(f"/admin/{page} admin" for page in (
            "scorecards", "reasons", "retention", "audit", "webhooks", "models",
            "knowledge?doc={article}",  # in a form
        )),
    )
)  # fmt: skip
"""Pages on which no text of the demonstration stands that somebody wrote."""


@pytest.fixture(scope="module")
def marked_service(open_demo):
    """The demonstration with markup in everything that people wrote."""
    return open_demo(MARKED["mark"])


def test_every_page_of_the_application_is_looked_at(marked_service):
    routes = [
        route
        for route in iter_route_contexts(marked_service.app.routes)
        if "GET" in (getattr(route, "methods", None) or ())
    ]
    looked_at = {page.route for page in PAGES}
    unseen = (
        {
            str(route.path)
            for route in routes
            if not getattr(route, "include_in_schema", True)
            or "HTML" in getattr(getattr(route, "response_class", None), "__name__", "")
        }
        - looked_at
        - NO_PAGES.keys()
    )
    assert unseen == set(), "add it to PAGES, or say in NO_PAGES why not"
    assert looked_at <= {str(route.path) for route in routes}


@pytest.fixture(scope="module")
def places(marked_service) -> dict[str, str]:
    """The ids of what is there to look at."""
    people = marked_service.facts.people

    def every(path: str, who=people.supervisor) -> list[dict]:
        answer = marked_service.client.get(path, headers={"Authorization": f"Bearer {who.secret}"})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def first(path: str, who=people.supervisor, fits: Callable[[dict], bool] = bool) -> dict:
        return next(one for one in every(path, who) if fits(one))

    analyst, agent = people.visitor("analyst"), people.visitor("agent")

    def can_be_read(one: dict) -> bool:  # the stand-in for the pipeline writes less than pages show
        path = f"/v1/conversations/{one['id']}/report"
        bearer = {"Authorization": f"Bearer {people.supervisor.secret}"}
        return marked_service.client.get(path, headers=bearer).status_code == 200

    def is_a_recording(one: dict) -> bool:
        return any(end in one["name"] for end in (".wav", ".flac")) and can_be_read(one)

    def marked_down(one: dict) -> int:  # what stands open when the page is
        path = f"/v1/evaluations/{one['contact']['id']}/review"
        bearer = {"Authorization": f"Bearer {agent.secret}"}
        items = marked_service.client.get(path, headers=bearer).json()["review"]["items"]
        decided = [item["decisions"][-1] for item in items if item["decisions"]]
        return sum(one["how"] == "corrected" and one["answer"] != 1 for one in decided)

    blind = first("/v1/calibrations", fits=lambda one: not one["revealed"])
    calls = "/v1/conversations?channel=phone&status=done&limit=100"
    return {
        "call": first(calls, fits=is_a_recording)["id"],
        "chat": first("/v1/conversations?channel=chat&status=done")["id"],
        "failed": first("/v1/conversations?status=failed")["id"],
        "to_review": first("/v1/assignments?open=true&assignee=me", analyst)["conversation_id"],
        "shared": max(every("/v1/shared-evaluations", agent), key=marked_down)["contact"]["id"],
        "contest": first("/v1/contests")["id"],
        "blind": blind["id"],
        "closed": first("/v1/calibrations", fits=lambda one: one["revealed"])["id"],
        "to_rate": blind["conversation_ids"][-1],
        "article": first("/v1/knowledge/documents")["path"],
    }


@pytest.fixture(scope="module")
def visitors(marked_service, browser):
    """A browser of each role, signed in, in which nothing moves."""
    opened = {
        role: browser.new_context(locale="fr-FR", reduced_motion="reduce")
        for role in (None, "agent", "analyst", "supervisor", "admin")
    }
    for role, context in opened.items():
        context.set_default_timeout(60_000)
        if role is not None:
            sent = context.request.post(
                f"{marked_service.url}/sign-in",
                form={"as": role, "next": "/sign-in"},
                headers={"Origin": marked_service.url},
            )
            assert sent.status == 200
    yield opened
    for context in opened.values():
        context.close()


@pytest.mark.parametrize("asked", PAGES, ids=str)
def test_a_page_is_accessible_in_both_languages_and_themes(
    asked, marked_service, visitors, places, watch, accessible
):
    page = visitors[asked.role].new_page()
    page.set_viewport_size({"width": asked.size[0], "height": asked.size[1]})
    watch(page, marked_service.url, refused=asked.refused)
    path = (asked.path or asked.route).format(**places)
    for lang in ("fr", "en"):
        query = f"{'&' if '?' in path else '?'}lang={lang}"
        query += "" if path.startswith("/v1") else "&theme=auto"
        answer = page.goto(f"{marked_service.url}{path}{query}")
        assert "script-src 'unsafe-inline'" not in answer.headers["content-security-policy"]
        page.locator(asked.ready).first.wait_for()
        assert page.evaluate("document.documentElement.lang") == lang
        _look_at(page, accessible, asked, lang)
        if str(asked) not in WRITTEN_BY_NOBODY:
            assert "onerror=" in page.inner_text("body"), "markup that somebody wrote is not shown"
        for act, then in asked.steps:
            if len(act) == 1 or act == "Escape":
                page.keyboard.press(act)
            else:
                page.locator(act).first.click()
            page.locator(then).first.wait_for()
            _look_at(page, accessible, asked, lang)
    page.close()


def _look_at(page, accessible, asked: Page, lang: str) -> None:
    accessible(page, colours=lang == "fr")  # the same in every language, and slow to look at
    assert page.evaluate(HURT) is None, "markup that somebody wrote became a part of the page"
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= asked.size[0], "a page that scrolls sideways"
