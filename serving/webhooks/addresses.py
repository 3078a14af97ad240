"""Which addresses the service may call, and a connection that goes to the address it checked.

A name is resolved once; every address it stands for is checked; the connection goes to the checked
address. A name that answers differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from ssl import SSLContext

import httpcore
from httpcore import SOCKET_OPTION, NetworkStream

from conversation.errors import AddressRefused, DefinitionInvalid

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], list[str]]

# Ways to write an IPv4 address as an IPv6 one: what counts is the address inside.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks (``10.1.0.0/16``, ``127.0.0.1``).

    Raises:
        DefinitionInvalid: One is none.
    """
    networks: list[Network] = []
    for text in texts:
        try:
            networks.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError as error:
            raise DefinitionInvalid(
                f"{text[:64]!r} is no network",
                remedy="write networks such as 10.1.0.0/16 in webhook_networks",
            ) from error
    return tuple(networks)


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses a name stands for, as the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the internet, however it is written."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None:
            inner = address.teredo[1]
        elif address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address in _NAT64_LOCAL:
            return False
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


class AddressGuard:
    """Lets public addresses pass, and those of networks that were allowed.

    Args:
        allowed: Private networks that may be called.
        public: Whether public addresses may be.
        look_up: Resolves names; for tests.
    """

    def __init__(
        self,
        allowed: tuple[Network, ...] = (),
        *,
        public: bool = True,
        look_up: Resolve = resolve,
    ) -> None:
        self._allowed = allowed
        self._public = public
        self._look_up = look_up

    def inside_only(self) -> AddressGuard:
        """Return a guard that lets only the allowed networks pass: those http may be used in."""
        return AddressGuard(self._allowed, public=False, look_up=self._look_up)

    def _may_be_called(self, address: Address) -> bool:
        inside = any(address.version == net.version and address in net for net in self._allowed)
        return inside or (self._public and is_public(address))

    def checked(self, host: str, port: int) -> list[str]:
        """Resolve a name, and return its addresses when every one of them may be called.

        Raises:
            AddressRefused: One of them may not; the message does not say which, since that would
                tell the sender about the network.
            OSError: The name cannot be resolved.
        """
        addresses = self._look_up(host, port)
        for text in addresses:
            address = ipaddress.ip_address(text.partition("%")[0])
            if not self._may_be_called(address):
                raise AddressRefused(
                    "the name stands for an address that is not public"
                    if self._public
                    else "the url is http, which anybody on the way can read",
                    remedy="use https and a public address, or allow the receiver's network with "
                    "webhook_networks",
                )
        return addresses


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections to checked addresses only, and lets none take longer than a deadline.

    Args:
        guard: Says which addresses pass.
        deadline: Moment of ``time.monotonic`` at which everything must be over.
    """

    def __init__(self, guard: AddressGuard, deadline: float) -> None:
        self._guard = guard
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """Connect to the first checked address that answers."""
        try:
            addresses = self._guard.checked(host, port)
        except OSError as error:
            raise httpcore.ConnectError("the name cannot be resolved") from error
        failure: Exception = httpcore.ConnectError("the name stands for no address")
        for address in addresses:
            try:
                stream = self._sockets.connect_tcp(
                    address,
                    port,
                    timeout=_left(timeout, self._deadline),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose reader is not kept waiting by one byte at a time."""

    def __init__(self, stream: NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        inner = self._stream.start_tls(ssl_context, server_hostname, _left(timeout, self._deadline))
        return _DeadlineStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(timeout: float | None, deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the deadline has passed")
    return left if timeout is None else min(timeout, left)
