"""What the settings change before every route: addresses, names, origins, limits, proxies."""

from __future__ import annotations

import itertools
from http.cookies import SimpleCookie

import httpx
import pytest

from serving.settings import Settings

TIMEOUT_S = 30
COOKIE = "entendu_session"
HOST_COOKIE = "__Host-entendu_session"
HOST = {"Host": "entendu.example"}
_addresses = (f"192.0.2.{number}" for number in itertools.count(1))


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory, running_service_class, fake_pipeline_class):
    """A service behind a proxy that is trusted, with small limits."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("proxied") / "data",
        public_url="https://entendu.example",
        trusted_proxies="127.0.0.0/8",
        allowed_hosts="also.example, *.internal",
        cors_origins="https://shop.example",
        rate_per_address=4,
        wrong_keys=3,
    )
    running = running_service_class(settings, fake_pipeline_class())
    yield running
    running.stop()


@pytest.fixture
def from_address(behind_proxy):
    """A client at an address of its own, that shows nothing."""
    headers = {"X-Forwarded-For": next(_addresses), "X-Forwarded-Proto": "https"}
    with httpx.Client(base_url=behind_proxy.url, headers=headers, timeout=TIMEOUT_S) as client:
        yield client


def with_key(client, key: str) -> int:
    return client.get("/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code


def sign_in(client, key: str) -> httpx.Response:
    headers = HOST | {"Origin": "https://entendu.example"}
    return client.post("/sign-in", data={"key": key}, headers=headers)


@pytest.fixture(scope="module")
def analyst_key(behind_proxy):
    with behind_proxy.client_of("analyst") as client:
        return client.headers["authorization"].removeprefix("Bearer ")


# Limits


def test_guessing_is_slowed_down_and_colleagues_at_the_address_go_on(from_address, analyst_key):
    assert with_key(from_address, analyst_key) == 200
    guesses = [with_key(from_address, f"guess-number-{number}") for number in range(6)]
    assert guesses == [401] * 3 + [429] * 3
    assert with_key(from_address, analyst_key) == 200  # it was good from here before


def test_other_addresses_are_not_slowed_down(from_address, analyst_key):
    assert with_key(from_address, "a-guess") == 401
    assert with_key(from_address, analyst_key) == 200


def test_guessing_in_the_form_is_slowed_down(from_address):
    answers = [sign_in(from_address, f"guess-{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [401] * 3 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert all('role="alert"' in answer.text for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)


@pytest.mark.parametrize("key", ["", "ent_" + "0" * 42, "x" * 3000, "x" * 9000])
def test_a_wrong_key_shows_the_form_again(from_address, key):
    answer = sign_in(from_address, key)
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert "xxx" not in answer.text


def test_an_address_without_a_key_is_slowed_down_and_probes_are_not(from_address, analyst_key):
    answers = [from_address.get("/v1/me") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 4 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert from_address.get("/healthz").status_code == 200
    assert with_key(from_address, analyst_key) == 200


# Over https


def test_over_https_the_cookie_is_secure_and_of_this_host_only(from_address, analyst_key):
    answer = sign_in(from_address, analyst_key)
    assert answer.status_code == 303, answer.text
    jar = SimpleCookie(answer.headers["set-cookie"])
    cookie = jar[HOST_COOKIE]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert answer.headers["strict-transport-security"]
    from_address.cookies.clear()
    good = HOST | {"Cookie": f"{HOST_COOKIE}={cookie.value}"}
    assert from_address.get("/v1/me", headers=good).json()["role"] == "analyst"
    # A cookie that another host of the domain could have set is none of ours.
    tossed = HOST | {"Cookie": f"{COOKIE}={cookie.value}"}
    assert from_address.get("/v1/me", headers=tossed).status_code == 401


def test_a_public_https_address_is_enough_for_secure_cookies(behind_proxy, analyst_key):
    headers = HOST | {"Origin": "https://entendu.example"}
    answer = httpx.post(
        behind_proxy.url + "/sign-in",
        data={"key": analyst_key},
        headers=headers,
        timeout=TIMEOUT_S,
    )
    assert SimpleCookie(answer.headers["set-cookie"])[HOST_COOKIE]["secure"]


# Names


def test_only_known_names_lead_to_the_service(behind_proxy):
    def status(host: str) -> int:
        return behind_proxy.client.get("/v1/me", headers={"Host": host}).status_code

    good = (
        "127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]:8000", "192.0.2.7", "entendu.example",
        "Entendu.Example:443", "entendu.example.", "a.internal", "also.example",
    )  # fmt: skip
    assert {host: status(host) for host in good} == dict.fromkeys(good, 200)
    bad = ("evil.example", "internal", "entendu.example.evil.example", "", "[::1", "a b", "x@y")
    assert {host: status(host) for host in bad} == dict.fromkeys(bad, 421)


# Origins


def test_a_named_origin_may_call_with_a_key_and_never_with_a_cookie(behind_proxy):
    asks = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    preflight = httpx.options(
        behind_proxy.url + "/v1/conversations", headers=asks, timeout=TIMEOUT_S
    )
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-credentials" not in preflight.headers
    answer = behind_proxy.client.get("/v1/me", headers={"Origin": "https://shop.example"})
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert "RateLimit" in answer.headers["access-control-expose-headers"]
    foreign = behind_proxy.client.get("/v1/me", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in foreign.headers


def test_files_of_the_screens_take_nothing_of_the_rate_of_an_address(from_address):
    """An office behind one address opens many pages, each with twenty files."""
    assert {from_address.get("/static/kit.js").status_code for _ in range(12)} == {200}
    assert from_address.get("/v1/me").status_code == 401
