from __future__ import annotations

import threading

import pytest

from conversation.errors import TooManyRequests
from serving.access import PERMISSIONS_OF, Principal, Role
from serving.access.counters import DatabaseCounters
from serving.access.rates import Rates, network_of
from serving.access.windows import MemoryCounters
from serving.settings import Settings

AGENT = Principal("key_a", Role.AGENT, "default", PERMISSIONS_OF[Role.AGENT])
CUSTOMER = Principal("key_c", Role.CUSTOMER, "default", PERMISSIONS_OF[Role.CUSTOMER])


@pytest.fixture
def rates(database, tmp_path):
    settings = Settings(
        data_dir=tmp_path, rate_per_key=5, rate_per_customer=2, rate_per_address=3, wrong_keys=3
    )
    return Rates(settings, database)


def test_a_key_may_send_what_the_settings_say(rates):
    left = [rates.count_key(AGENT).remaining for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(TooManyRequests, match="5 requests a minute") as refused:
        rates.count_key(AGENT)
    assert 1 <= refused.value.retry_after_s <= 60


def test_customers_and_single_keys_have_limits_of_their_own(rates):
    for _ in range(2):
        rates.count_key(CUSTOMER)
    with pytest.raises(TooManyRequests):
        rates.count_key(CUSTOMER)
    for _ in range(8):
        assert rates.count_key(AGENT, 10).limit == 10


def test_the_headers_say_what_is_left(rates):
    headers = rates.count_key(AGENT).headers()
    assert headers["RateLimit-Policy"] == '"key";q=5;w=60'
    assert headers["RateLimit"].startswith('"key";r=4;t=')


def test_an_address_without_a_key_has_a_limit(rates):
    for _ in range(3):
        rates.count_address("192.0.2.1")
    with pytest.raises(TooManyRequests):
        rates.count_address("192.0.2.1")
    rates.count_address("192.0.2.2")


def test_guessing_has_to_wait_and_those_beside_it_go_on(rates):
    rates.note_good_key("192.0.2.1", "a good key")
    for number in range(3):
        rates.check_guessing("192.0.2.1", f"guess {number}")
        rates.note_wrong_key("192.0.2.1")
    with pytest.raises(TooManyRequests, match="wrong keys"):
        rates.check_guessing("192.0.2.1", "guess 4")
    rates.check_guessing("192.0.2.1", "a good key")
    rates.check_guessing("192.0.2.2", "guess 4")


def test_processes_that_share_a_database_count_together(database, tmp_path):
    if database.kind != "postgresql":
        pytest.skip("with SQLite there is one process")
    settings = Settings(data_dir=tmp_path, rate_per_key=20)
    refused = 0

    def send() -> None:
        nonlocal refused
        mine = Rates(settings, database)
        for _ in range(10):
            try:
                mine.count_key(AGENT)
            except TooManyRequests:
                refused += 1

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == 20


@pytest.mark.parametrize("kind", [DatabaseCounters, MemoryCounters])
def test_counters_open_windows_and_forget_them(kind, database, monkeypatch):
    moment = 1_000_000.0
    monkeypatch.setattr("serving.access.counters.time.time", lambda: moment)
    counters = (
        DatabaseCounters(database)
        if kind is DatabaseCounters
        else MemoryCounters(clock=lambda: moment)
    )
    counted = [counters.count(name, 60) for name in ("a", "a", "b")]
    assert counted == [(1, moment + 60), (2, moment + 60), (1, moment + 60)]
    assert counters.look("a") == (2, moment + 60)
    moment += 61
    assert counters.look("a") == (0, moment)
    assert counters.count("a", 60) == (1, moment + 60)
    assert counters.look("never counted") == (0, moment)


def test_counters_in_memory_stay_few_however_many_are_counted():
    counters = MemoryCounters(clock=lambda: 1.0)
    for number in range(25_000):
        counters.count(f"address/{number}", 60)
    assert len(counters._open) <= 10_001
    assert counters.look("address/24999") == (1, 61.0)


@pytest.mark.parametrize(
    ("client", "network"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("fe80::1%eth0", 1), "fe80::/64"),
        (("testclient", 1), "testclient"),
        (None, "unknown"),
    ],
)
def test_what_counts_as_one_address(client, network):
    assert network_of(client) == network
