"""Sign-in with a real OpenID Connect provider, which the test starts."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from conversation.errors import DefinitionInvalid, Forbidden
from serving.access import Role
from serving.access.oidc import RoleMapping
from serving.settings import Settings

TIMEOUT_S = 30

COOKIE = "entendu_session"


def _load(name: str):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


oidc_provider = _load("oidc_provider")


@pytest.fixture(scope="module")
def _provider():
    provider = oidc_provider.Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(_provider):
    """The provider, which behaves well unless a test says otherwise."""
    _provider.claims = {"sub": "marie", "groups": ["qa-team", "staff"]}
    _provider.spoil = lambda claims: claims
    _provider.sign_with = None
    _provider.algorithm = "RS256"
    return _provider


@pytest.fixture(scope="module")
def served(_provider, tmp_path_factory, running_service_class, fake_pipeline_class):
    running = running_service_class(
        Settings(
            data_dir=tmp_path_factory.mktemp("oidc") / "data",
            oidc_issuer=_provider.issuer,
            oidc_client_id=oidc_provider.CLIENT_ID,
            oidc_client_secret=oidc_provider.CLIENT_SECRET,
            oidc_role_claim="groups",
            oidc_roles="qa-team=analyst,leads=supervisor,it=admin,phone=agent",
            oidc_agent_claim="employee.id",
        ),
        fake_pipeline_class(),
    )
    yield running
    running.stop()


@pytest.fixture
def browser(served):
    with httpx.Client(
        base_url=served.url, headers={"Accept": "text/html"}, timeout=TIMEOUT_S
    ) as client:
        yield client


def depart(browser, goes_to: str = "/v1/me") -> str:
    """Begin at the service, and return where the provider sends the browser back to."""
    left = browser.get("/sign-in/oidc", params={"next": goes_to})
    assert left.status_code == 303, left.text
    return httpx.get(left.headers["location"], timeout=TIMEOUT_S).headers["location"]


def me(browser) -> httpx.Response:
    return browser.get("/v1/me", headers={"Accept": "application/json"})


def refused(browser, back: str, *, status: int = 401) -> str:
    answer = browser.get(back)
    assert answer.status_code == status, answer.text
    assert COOKIE not in browser.cookies
    assert me(browser).status_code == 401
    return answer.text


def test_the_form_offers_the_work_account(browser):
    assert "/sign-in/oidc?next=" in browser.get("/sign-in").text


def test_who_comes_back_from_the_provider_is_signed_in(browser, provider, served):
    answer = browser.get(depart(browser, "/v1/me?x=1"))
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/v1/me?x=1"
    found = me(browser).json()
    assert (found["role"], found["team"]) == ("analyst", "default")
    assert found["id"].startswith("oidc_")
    assert "marie" not in str(found)
    assert "entendu_sign_in" not in browser.cookies
    form = provider.seen[-1]
    assert form["grant_type"] == "authorization_code"
    assert len(form["code_verifier"]) >= 43


def test_the_same_person_keeps_the_same_id_and_another_has_another(served, provider):
    ids = []
    for subject in ("marie", "marie", "paul"):
        provider.claims = {"sub": subject, "groups": "leads"}
        with httpx.Client(base_url=served.url, timeout=TIMEOUT_S) as browser:
            browser.get(depart(browser))
            ids.append(me(browser).json()["id"])
    assert ids[0] == ids[1] != ids[2]


def test_the_highest_role_counts_and_agents_bring_their_id(browser, provider):
    provider.claims = {"sub": "s", "groups": ["phone", "leads"], "employee": {"id": 421}}
    browser.get(depart(browser))
    found = me(browser).json()
    assert (found["role"], found["agent_key"]) == ("supervisor", "421")


def test_who_has_no_role_here_is_not_let_in(browser, provider):
    for groups in ([], ["staff"], "staff", None, 7, {"qa-team": True}):
        provider.claims = {"sub": "marie", "groups": groups}
        refused(browser, depart(browser), status=403)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda claims: claims | {"nonce": "another"},
        lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
        lambda claims: claims | {"aud": "another-client"},
        lambda claims: claims | {"aud": "another-client", "azp": oidc_provider.CLIENT_ID},
        lambda claims: {name: value for name, value in claims.items() if name != "aud"},
        lambda claims: claims | {"iss": "https://evil.example"},
        lambda claims: claims | {"exp": int(time.time()) - 3600},
        lambda claims: {name: value for name, value in claims.items() if name != "exp"},
        lambda claims: claims | {"iat": int(time.time()) + 3600},
        lambda claims: claims | {"nbf": int(time.time()) + 3600},
        lambda claims: {name: value for name, value in claims.items() if name != "sub"},
        lambda claims: claims | {"at_hash": "not-the-hash"},
    ],
    ids=["nonce", "no-nonce", "aud", "aud-with-azp", "no-aud", "iss", "expired", "no-exp", "iat",
         "nbf", "no-sub", "at_hash"],
)  # fmt: skip
def test_a_token_that_is_not_for_this_sign_in_is_refused(browser, provider, spoil):
    provider.spoil = spoil
    refused(browser, depart(browser))


def test_a_token_signed_by_somebody_else_is_refused(browser, provider):
    provider.sign_with = provider.foreign_key
    refused(browser, depart(browser))


def test_a_token_signed_with_the_shared_secret_is_refused(browser, provider):
    provider.sign_with, provider.algorithm = provider.shared_secret(), "HS256"
    refused(browser, depart(browser))


def test_a_token_that_nobody_signed_is_refused(browser, provider, monkeypatch):
    signed = provider.token

    def unsigned(fields):
        answer = signed(fields)
        now = int(time.time())
        claims = {"iss": provider.issuer, "aud": oidc_provider.CLIENT_ID, "iat": now,
                  "exp": now + 300, "sub": "marie", "groups": ["it"]}  # fmt: skip
        return answer | {"id_token": provider.unsigned(claims)}

    monkeypatch.setattr(provider, "token", unsigned)
    refused(browser, depart(browser))


def test_an_answer_without_an_identity_token_is_refused(browser, provider, monkeypatch):
    answer = {"access_token": "x", "token_type": "Bearer"}
    monkeypatch.setattr(provider, "token", lambda fields: answer)
    refused(browser, depart(browser))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda back: back.replace("state=", "state=x"),
        lambda back: back.replace("state=", "nothing="),
        lambda back: back.replace("code=", "code=x"),
        lambda back: back.replace("code=", "nothing="),
        lambda back: back.split("?")[0],
        lambda back: back + "&error=access_denied",
        lambda back: back.split("&iss=")[0] + "&iss=https%3A%2F%2Fevil.example",
    ],
    ids=["state", "no-state", "code", "no-code", "nothing", "denied", "iss"],
)
def test_an_answer_that_was_tampered_with_is_refused(browser, provider, spoil):
    refused(browser, spoil(depart(browser)))


def test_an_answer_is_good_once(browser, provider):
    back = depart(browser)
    browser.get(back)
    assert me(browser).status_code == 200
    browser.cookies.clear()
    refused(browser, back)


def test_another_browser_cannot_use_the_answer(served, browser, provider):
    back = depart(browser)
    with httpx.Client(base_url=served.url, timeout=TIMEOUT_S) as victim:
        refused(victim, back)
        victim.get("/sign-in/oidc")
        refused(victim, back)


def test_the_proof_key_is_of_this_sign_in(browser, provider):
    back = depart(browser)
    code = parse_qs(urlsplit(back).query)["code"][0]
    other = depart(browser)
    mixed = other.replace(parse_qs(urlsplit(other).query)["code"][0], code)
    refused(browser, mixed)


def test_a_provider_that_is_away_is_said_so(browser, provider, served, monkeypatch):
    monkeypatch.setattr(served.app.state.service.oidc, "_provider", None)
    monkeypatch.setattr(provider, "metadata", lambda: {"issuer": "https://other.example"})
    answer = browser.get("/sign-in/oidc?next=/v1/me")
    assert answer.status_code == 503
    assert 'role="alert"' in answer.text
    assert "set-cookie" not in answer.headers


# Settings


def mapping(tmp_path, **more) -> RoleMapping:
    return RoleMapping.of(Settings(data_dir=tmp_path, **more))


def test_a_team_can_come_from_a_claim(tmp_path):
    by_team = mapping(
        tmp_path, oidc_roles="a=agent,it=admin", oidc_role_claim="r.x", oidc_team_claim="site"
    )
    claims = {"iss": "i", "sub": "s", "r": {"x": ["a"]}}
    account = by_team.account_of(claims | {"site": "lyon"})
    assert (account.role, account.team, account.agent_key) == (Role.AGENT, "lyon", "s")
    with pytest.raises(Forbidden, match="team"):
        by_team.account_of(claims)
    assert by_team.account_of(claims | {"r": {"x": "it"}}).team is None
    dotted = mapping(tmp_path, oidc_roles="a=agent", oidc_role_claim="https://x.y/roles")
    assert dotted.account_of({"iss": "i", "sub": "s", "https://x.y/roles": "a"}).role is Role.AGENT


@pytest.mark.parametrize("roles", ["", "qa-team", "qa-team=emperor", "=agent", "a=customer"])
def test_a_mapping_that_says_nothing_is_refused(tmp_path, roles):
    with pytest.raises(DefinitionInvalid, match="oidc_roles"):
        mapping(tmp_path, oidc_roles=roles)


def test_identities_do_not_travel_without_tls(tmp_path):
    from serving.access.oidc import Oidc

    for issuer in ("http://sso.example", "http://192.0.2.1/realms/x"):
        with pytest.raises(DefinitionInvalid, match="TLS"):
            Oidc(
                Settings(
                    data_dir=tmp_path, oidc_issuer=issuer, oidc_client_id="x", oidc_roles="a=agent"
                ),
                None,
            )
    with pytest.raises(DefinitionInvalid, match="oidc_client_id"):
        Oidc(Settings(data_dir=tmp_path, oidc_issuer="https://sso.example"), None)
