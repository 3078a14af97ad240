from __future__ import annotations

import base64
import hashlib
import html
import re
from http.cookies import SimpleCookie

import httpx
import pytest
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from serving.access.audit import AuditFilter
from serving.sign_in_page.words import language_of, words_in

TIMEOUT_S = 30

COOKIE = "entendu_session"
HOST_COOKIE = "__Host-entendu_session"


@pytest.fixture(scope="module")
def supervisor_key(service):
    with service.client_of("supervisor") as client:
        return client.headers["authorization"].removeprefix("Bearer ")


@pytest.fixture
def browser(service):
    """A client that keeps cookies, as a browser does."""
    with httpx.Client(
        base_url=service.url, headers={"Accept": "text/html"}, timeout=TIMEOUT_S
    ) as client:
        yield client


def sign_in(browser, key: str, **more) -> httpx.Response:
    origin = {"Origin": str(browser.base_url).rstrip("/")}
    return browser.post("/sign-in", data={"key": key} | more, headers=origin)


def me(browser) -> dict:
    return browser.get("/v1/me", headers={"Accept": "application/json"}).json()


def cookie_of(answer) -> tuple[str, SimpleCookie]:
    jar = SimpleCookie(answer.headers["set-cookie"])
    name = next(iter(jar))
    return name, jar[name]


def test_a_key_becomes_a_session_that_scripts_cannot_read(browser, supervisor_key):
    answer = sign_in(browser, supervisor_key, next="/v1/me?x=1")
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/v1/me?x=1"
    name, cookie = cookie_of(answer)
    assert name == COOKIE
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert not cookie["secure"]  # this is http on 127.0.0.1
    assert supervisor_key not in answer.headers["set-cookie"]
    found = me(browser)
    assert found["role"] == "supervisor"
    assert len(found["csrf_token"]) == 64
    assert found["signed_in_until"]


def test_two_sign_ins_give_two_sessions_and_the_first_ends(browser, supervisor_key):
    first = cookie_of(sign_in(browser, supervisor_key))[1].value
    second = cookie_of(sign_in(browser, supervisor_key))[1].value
    assert first != second
    with httpx.Client(
        base_url=str(browser.base_url), cookies={COOKIE: first}, timeout=TIMEOUT_S
    ) as old:
        assert old.get("/v1/me").status_code == 401


def test_customers_have_no_screens(service, browser):
    with service.client_of("customer") as client:
        key = client.headers["authorization"].removeprefix("Bearer ")
    answer = sign_in(browser, key)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "goes_to",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
     "/a\nb", "\\\\evil.example", "evil.example", "/" + "\x7f", "///evil.example",
     "/" + "x" * 6000, "/a\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_sign_in_never_leads_to_another_host(browser, supervisor_key, goes_to):
    assert sign_in(browser, supervisor_key, next=goes_to).headers["location"] == "/"


def test_a_page_asked_for_without_a_session_leads_to_the_form_and_back(browser, supervisor_key):
    asked = browser.get("/v1/conversations/abc/report?x=é")
    assert asked.status_code == 303
    form = browser.get(asked.headers["location"])
    goes_to = re.search(r'name="next" value="([^"]+)"', form.text)[1]
    assert goes_to.startswith("/v1/conversations/abc/report?x=")
    assert sign_in(browser, supervisor_key, next=goes_to).headers["location"] == goes_to


def test_a_path_that_is_far_too_long_still_leads_to_the_form(browser):
    asked = browser.get("/v1/conversations?x=" + "y" * 6000)
    form = browser.get(asked.headers["location"])
    assert form.status_code == 200
    assert 'name="next" value="/"' in form.text


def test_a_program_without_a_key_gets_a_problem_and_no_form(service):
    answer = httpx.get(service.url + "/v1/conversations", timeout=TIMEOUT_S)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


# The page


def test_the_page_needs_no_script_and_no_other_host(browser):
    page = browser.get("/sign-in")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert not re.search(r"(src|href|action)=\"(https?:)?//", page.text)
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("accepted", "asked", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", None, "fr"),
        ("en-GB,en;q=0.9", None, "en"),
        ("de,en;q=0.5,fr;q=0.9", None, "fr"),
        ("de", None, "fr"),
        ("", None, "fr"),
        ("en;q=x,fr;q=0.1", None, "fr"),
        ("fr", "en", "en"),
        ("en", "zz", "en"),
    ],
)
def test_the_page_speaks_the_readers_language(browser, accepted, asked, language):
    assert language_of(accepted, asked) == language
    page = browser.get(
        "/sign-in", params={"lang": asked} if asked else {}, headers={"Accept-Language": accepted}
    )
    assert f'<html lang="{language}">' in page.text
    assert words_in(language)["key_hint"] in html.unescape(page.text)


def test_who_is_signed_in_sees_who_they_are(browser, supervisor_key):
    sign_in(browser, supervisor_key)
    page = browser.get("/sign-in?lang=en").text
    assert "supervisor" in page
    assert "Sign out on all devices" in page


# Out again


def test_signing_out_ends_the_session(browser, supervisor_key, service):
    sign_in(browser, supervisor_key)
    token = browser.cookies[COOKIE]
    answer = browser.post(
        "/sign-out", data={"csrf_token": me(browser)["csrf_token"]}, headers=own(browser)
    )
    assert answer.status_code == 303
    assert COOKIE not in browser.cookies
    with httpx.Client(base_url=service.url, cookies={COOKIE: token}, timeout=TIMEOUT_S) as kept:
        assert kept.get("/v1/me").status_code == 401


def test_signing_out_everywhere_ends_all_sessions_and_not_the_key(service, supervisor_key):
    with (
        httpx.Client(base_url=service.url, timeout=TIMEOUT_S) as one,
        httpx.Client(base_url=service.url, timeout=TIMEOUT_S) as two,
    ):
        for browser in (one, two):
            sign_in(browser, supervisor_key)
        fields = {"csrf_token": me(one)["csrf_token"], "everywhere": "yes"}
        assert one.post("/sign-out", data=fields, headers=own(one)).status_code == 303
        assert two.get("/v1/me").status_code == 401
    bearer = {"Authorization": f"Bearer {supervisor_key}"}
    assert httpx.get(service.url + "/v1/me", headers=bearer, timeout=TIMEOUT_S).status_code == 200
    lines, _ = service.app.state.service.audit.page(AuditFilter(action="session.*"), limit=5)
    assert lines[0].action == "session.close_all"


def own(browser) -> dict[str, str]:
    return {"Origin": str(browser.base_url).rstrip("/")}


# Cross-site request forgery


@pytest.fixture
def signed_in(browser, supervisor_key):
    sign_in(browser, supervisor_key)
    return browser


def send(browser, headers, token: str | None, **more) -> int:
    more = more or {"json": {"messages": [{"speaker": "customer", "text": "Bonjour"}]}}
    if token is not None:
        headers = headers | {"X-CSRF-Token": token}
    return browser.post("/v1/conversations", headers=headers, **more).status_code


def test_our_own_page_may_send_with_the_token(signed_in):
    token = me(signed_in)["csrf_token"]
    assert send(signed_in, own(signed_in), token) == 202
    assert send(signed_in, {"Sec-Fetch-Site": "same-origin"}, token) == 202
    referer = {"Referer": f"{signed_in.base_url}/screens/x"}
    assert send(signed_in, referer, token) == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Referer": "https://evil.example/x"},
        {"Referer": "about:blank"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {},
    ],
)
def test_another_page_may_not_send_even_with_the_token(signed_in, headers):
    assert send(signed_in, headers, me(signed_in)["csrf_token"]) == 403


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
def test_nothing_changes_without_the_token(signed_in, token):
    headers = own(signed_in)
    if token == "é":
        headers |= {"X-CSRF-Token": "é".encode()}
        token = None
    assert send(signed_in, headers, token) == 403


def test_the_token_of_another_session_is_of_no_use(service, signed_in, supervisor_key):
    with httpx.Client(base_url=service.url, timeout=TIMEOUT_S) as other:
        sign_in(other, supervisor_key)
        foreign = me(other)["csrf_token"]
    assert send(signed_in, own(signed_in), foreign) == 403


def test_a_form_may_carry_the_token_and_reaches_its_route_whole(signed_in):
    fields = {"csrf_token": me(signed_in)["csrf_token"], "everywhere": ""}
    assert signed_in.post("/sign-out", data=fields, headers=own(signed_in)).status_code == 303
    assert signed_in.get("/v1/me", headers={"Accept": "*/*"}).status_code == 401


def test_a_form_without_the_token_signs_nobody_out(signed_in):
    assert signed_in.post("/sign-out", data={}, headers=own(signed_in)).status_code == 403
    big = {"csrf_token": "x", "more": "y" * 100_000}
    assert signed_in.post("/sign-out", data=big, headers=own(signed_in)).status_code == 403
    assert me(signed_in)["role"] == "supervisor"


def test_a_key_needs_no_token_and_goes_before_a_cookie(service, signed_in, supervisor_key):
    with service.client_of("analyst") as analyst:
        key = {"Authorization": analyst.headers["authorization"]}
    answer = signed_in.get("/v1/me", headers=key)
    assert answer.json()["role"] == "analyst"
    headers = {"Authorization": f"Bearer {supervisor_key}", "Origin": "https://evil.example"}
    assert send(signed_in, headers, None) == 202


def test_another_site_cannot_sign_a_browser_in(browser, supervisor_key):
    for origin in ("https://evil.example", "null"):
        answer = browser.post("/sign-in", data={"key": supervisor_key}, headers={"Origin": origin})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.scope["principal"].role)
    await websocket.close()


def test_only_our_own_pages_open_a_websocket_with_a_cookie(service, signed_in):
    service.app.add_api_websocket_route("/v1/test-cookie-echo", echo)
    url = service.url.replace("http://", "ws://") + "/v1/test-cookie-echo"
    cookie = {"Cookie": f"{COOKIE}={signed_in.cookies[COOKIE]}"}
    with connect(url, additional_headers=cookie, origin=service.url) as socket:
        assert socket.recv(timeout=10) == "supervisor"
    for origin in ("https://evil.example", None):
        with pytest.raises(InvalidStatus) as refused:
            connect(url, additional_headers=cookie, origin=origin)
        assert refused.value.response.status_code == 403
