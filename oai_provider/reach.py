"""Which addresses may be asked: those that anybody on the internet could ask.

A name is resolved once, all its addresses are looked at, and the connection goes to one
of these and not to the name, which might be another's by then.
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address
MayReach = Callable[[Address], bool]

_NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_LAST_FOUR: Final = 0xFFFF_FFFF
# All of IPv6 that was given out to the public: what is local to a site is not in it.
_GIVEN_OUT: Final = IPv6Network("2000::/3")
# For protocols, relays, and, at Azure, the management of machines.
_KEPT_BACK: Final = tuple(
    map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"))
)


class Unreachable(Exception):
    """A host has no address that may be asked; the message says why."""


class NoName(Unreachable):
    """No host has the name."""


class NoAnswer(Unreachable):
    """Whether a host has the name could not be told."""


class Inward(Unreachable):
    """The name leads into a network that is nobody else's."""


def is_public_address(address: Address) -> bool:
    """Tell whether anybody on the internet may have an address to themselves.

    An address of IPv6 that stands for one of IPv4 is judged by both.
    """
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        within = _within(address)
        if within is not None:
            return is_public_address(within)
        return address.is_global and address in _GIVEN_OUT
    is_kept_back = any(address in network for network in _KEPT_BACK)
    is_special = address.is_multicast or address.is_reserved
    return address.is_global and not (is_kept_back or is_special)


def _within(address: IPv6Address) -> IPv4Address | None:
    """Return the address of IPv4 that one of IPv6 leads to, if it does."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        # A server and a client, of which either may be inside.
        server, client = address.teredo
        return client if is_public_address(server) else server
    number = int(address)
    if any(address in network for network in _NAT64) or number >> 32 == 0:
        return IPv4Address(number & _LAST_FOUR)
    return None


def resolved(host: str, port: int, may_reach: MayReach) -> tuple[Address, ...]:
    """Return all addresses of a host; raises `Unreachable` if one may not be asked."""
    try:
        told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise NoAnswer(f"the name {host} cannot be looked up now") from error
        raise NoName(f"no host has the name {host}") from error
    except (OSError, UnicodeError) as error:
        raise NoName(f"{host} is no name of a host") from error
    addresses = tuple(dict.fromkeys(ip_address(one[4][0]) for one in told))
    inward = next((one for one in addresses if not may_reach(one)), None)
    if inward is not None or not addresses:
        raise Inward(f"{host} is at {inward}, which is not on the internet")
    return addresses
