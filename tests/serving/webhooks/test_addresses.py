"""Nobody makes the service call into its own network."""

from __future__ import annotations

import ipaddress
import socket
import time

import httpcore
import pytest

from conversation.errors import AddressRefused, BadInput, DefinitionInvalid
from serving.webhooks.addresses import AddressGuard, GuardedBackend, is_public, parse_networks
from serving.webhooks.sending import check_url, send
from serving.webhooks.signing import new_secret

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fc00::1", "fd12::1", "fe80::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::",
    "2002:a00:1::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_of_the_internet_is_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/x", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/",
        "https://169.254.169.254/latest/meta-data",
    ],
)  # fmt: skip
def test_an_inner_address_is_refused_however_it_is_written(url):
    with pytest.raises(AddressRefused):
        check_url(url, AddressGuard())


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "https://", "/hook", "https://a:b@example.com/", "https://exa mple.com/",
     "https://example.com:99999/", "https://é.example/", "https://" + "a" * 2000],
)  # fmt: skip
def test_what_is_no_address_of_a_web_service_is_refused(url):
    with pytest.raises(BadInput):
        check_url(url, AddressGuard(look_up=lambda *_: ["8.8.8.8"]))


def test_http_is_only_for_networks_that_were_allowed():
    public = AddressGuard(look_up=lambda *_: ["8.8.8.8"])
    check_url("https://hooks.example/", public)
    with pytest.raises(AddressRefused, match="http"):
        check_url("http://hooks.example/", public)
    inside = AddressGuard(parse_networks(["10.1.0.0/16"]), look_up=lambda *_: ["10.1.2.3"])
    check_url("http://crm.internal/", inside)
    with pytest.raises(AddressRefused):
        check_url("http://crm.internal/", AddressGuard(look_up=lambda *_: ["10.1.2.3"]))


def test_one_inner_address_among_public_ones_is_enough_to_refuse():
    guard = AddressGuard(look_up=lambda *_: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(AddressRefused):
        check_url("https://both.example/", guard)


def test_a_name_that_turns_inward_after_the_check_reaches_nothing(receiver):
    """DNS rebinding: public when the webhook is made, this machine when it is called."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    guard = AddressGuard(look_up=lambda *_: next(answers))
    url = f"https://rebinding.example:{receiver.port}/"
    check_url(url, guard)
    made = send(url, secret=new_secret(), message_id="m", body=b"{}", guard=guard, timeout_s=2)
    assert (made.status, made.error) == (None, "refused")
    assert receiver.got == []


def test_the_connection_goes_to_the_address_that_was_checked(receiver):
    """The name is resolved once for a connection: there is no second answer to wait for."""
    asked = []

    def look_up(host, port):
        asked.append(host)
        return ["127.0.0.1"]

    guard = AddressGuard(parse_networks(["127.0.0.1"]), look_up=look_up)
    url = f"http://no-such-name.invalid:{receiver.port}/hook"
    made = send(url, secret=new_secret(), message_id="m", body=b"{}", guard=guard, timeout_s=2)
    assert made.status == 204
    assert asked == ["no-such-name.invalid"]
    assert receiver.got[0][0]["host"] == f"no-such-name.invalid:{receiver.port}"


def test_a_receiver_that_drips_is_not_waited_for():
    """One byte now and then resets no deadline."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    guard = AddressGuard(parse_networks(["127.0.0.1"]))
    backend = GuardedBackend(guard, time.monotonic() + 0.3)
    stream = backend.connect_tcp("127.0.0.1", port, timeout=10)
    peer, _ = listening.accept()
    began = time.monotonic()

    def drip():
        while True:
            peer.sendall(b"x")
            stream.read(1, timeout=10)
            time.sleep(0.02)

    with pytest.raises(httpcore.ReadTimeout):
        drip()
    assert time.monotonic() - began < 2
    for one in (stream, peer, listening):
        one.close()


def test_a_network_that_is_none_is_a_mistake_in_the_settings():
    with pytest.raises(DefinitionInvalid):
        parse_networks(["10.1.0.0/99"])
