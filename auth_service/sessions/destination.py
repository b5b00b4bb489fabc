"""Where a logout notice may go: never into our own network, whatever a product's URI resolves to (SSRF).

The address that was looked at is the one that is connected to: a name that changes its mind in between gains nothing.
"""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address in other clothes (RFC 6052)


class NotAllowed(Exception):
    """The message is for the log and for admins."""


@dataclass(frozen=True)
class Destination:
    url: httpx2.URL
    headers: dict[str, str]
    extensions: dict[str, Any]


def destination_of(uri: str, networks: Sequence[Network]) -> Destination:
    """`networks` are allowed besides the public internet. Raises NotAllowed."""
    url = httpx2.URL(uri)
    addresses = addresses_of(url.host, url.port or (443 if url.scheme == "https" else 80))
    for address in addresses:
        if not is_allowed(address, networks):
            raise NotAllowed(f"{url.host} is at {address}, which is not on the public internet")
    if not addresses:
        raise NotAllowed(f"{url.host} has no address")
    return Destination(
        url=url.copy_with(host=str(addresses[0])),
        headers={"Host": url.netloc.decode("ascii")},
        extensions={"sni_hostname": url.host},  # the certificate is still that of the name
    )


def as_it_stands(uri: str) -> Destination:
    return Destination(httpx2.URL(uri), headers={}, extensions={})


def addresses_of(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAllowed(f"{host} has no address: {error}") from error
    return [ipaddress.ip_address(str(place[0]).partition("%")[0]) for *_, place in found]


def is_allowed(address: Address, networks: Sequence[Network]) -> bool:
    address = unwrapped(address)
    if any(address in network for network in networks if network.version == address.version):
        return True
    return address.is_global and not address.is_multicast


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside, for those of IPv6 that only carry one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
