"""Which address a request comes from: the connection's, or what a trusted proxy says of it."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from flask import Request

IPAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_MAX_HOPS = 20


def client_address(request: Request, proxies: Collection[Network]) -> IPAddress | None:
    """Return the address of the client; None where the connection has none (a Unix socket).

    `X-Forwarded-For` is read from its end, where the nearest proxy writes, and no further than the
    first address that is no trusted proxy's: what stands before that anybody may have written.

    :param proxies: the networks of trusted proxies.
    """
    address = _parsed(request.remote_addr or "")
    hops = ",".join(request.headers.getlist("X-Forwarded-For")).rsplit(",", _MAX_HOPS)
    while address is not None and hops and any(address in each for each in proxies):
        named = _parsed(hops.pop())
        if named is None:
            break
        address = named
    return address


def _parsed(text: str) -> IPAddress | None:
    """Return an address, which proxies may write with brackets and a port; None where it is none.

    An IPv4 address in IPv6's form is the IPv4 address.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
