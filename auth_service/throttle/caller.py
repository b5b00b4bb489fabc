"""Who is trying, as far as the request tells: from which address, with which devices."""

import ipaddress
from dataclasses import dataclass

from fastapi import Request

from auth_service.house import house_of
from auth_service.settings import Settings


@dataclass(frozen=True)
class Caller:
    network: str
    devices: str | None  # the cookie, as it came


def caller_of(request: Request) -> Caller:
    host = request.client.host if request.client else ""
    return Caller(network_of(host), request.cookies.get(device_cookie_name(house_of(request).settings)))


def network_of(host: str) -> str:
    """An address of IPv4; of IPv6 the /64, for one customer has all of it (RFC 6177)."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def device_cookie_name(settings: Settings) -> str:
    return "__Host-device" if settings.is_https else "device"
