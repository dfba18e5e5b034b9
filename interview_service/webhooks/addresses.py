"""Where a webhook may go: how its URL must be written, and which addresses are public.

Pure rules, with neither DNS nor sockets: `transport` applies them to the address that it connects
to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import quote, urlsplit

import idna

IPAddress = IPv4Address | IPv6Address

MAX_URL_LENGTH = 2_048

DEFAULT_PORTS = {"https": 443, "http": 80}


class UrlRefused(ValueError):
    """A webhook may not go to this URL, or to the address behind it; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL, parsed once, so that what is connected to is what was checked.

    :param host: lower-case ASCII, without brackets and without a trailing dot.
    :param address: the host if it is an address; None if it is a name.
    :param resource: path and query as they stand in the request line.
    """

    scheme: str
    host: str
    port: int
    address: IPAddress | None
    resource: str

    @property
    def authority(self) -> str:
        """The value of the `Host` header."""
        host = f"[{self.host}]" if isinstance(self.address, IPv6Address) else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def check_url(url: str, *, allow_private: bool = False) -> None:
    """Check everything about a URL that can be known without DNS.

    :raise UrlRefused: a webhook may not go there.
    """
    parse_url(url, allow_private=allow_private)


def parse_url(url: str, *, allow_private: bool = False) -> Target:
    """Parse a URL, and check everything about it that can be known without DNS.

    It must be an `https` URL of at most 2,048 characters, without credentials. The host is a name
    with a dot in it, or a public address in its usual form: `2130706433`, `0x7f.1` and `127.1` are
    refused, whatever they stand for. Any port is accepted except those of well-known services that
    do not speak HTTP (`NOT_HTTP`). A fragment is dropped.

    :param allow_private: for development: also accept `http`, any host and any port.
    :raise UrlRefused: a webhook may not go there.
    """
    if len(url) > MAX_URL_LENGTH:
        raise UrlRefused(f"URL is longer than {MAX_URL_LENGTH:,} characters")
    if _NOT_IN_A_URL.search(url):
        raise UrlRefused("URL contains a space, a control character or a backslash")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UrlRefused("URL has no valid host") from None
    if parts.scheme not in (DEFAULT_PORTS if allow_private else ("https",)):
        raise UrlRefused("URL must start with https://")
    if "@" in parts.netloc:
        raise UrlRefused("URL must not contain a user name or password")
    host, port = _host_and_port(parts.netloc)
    host, address = _plain_host(host)
    port = DEFAULT_PORTS[parts.scheme] if port is None else port
    if not 0 < port < 65_536:
        raise UrlRefused("URL has no valid port")
    if not allow_private:
        _check_public_host(host, address)
        if port in NOT_HTTP:
            raise UrlRefused(f"Port {port} belongs to a service that does not speak HTTP")
    resource = quote(parts.path or "/", safe=_KEPT)
    if parts.query:
        resource += "?" + quote(parts.query, safe=_KEPT + "?")
    return Target(parts.scheme, host, port, address, resource)


def _host_and_port(authority: str) -> tuple[str, int | None]:
    found = _AUTHORITY.fullmatch(authority)
    if found is None:
        raise UrlRefused("URL has no valid host")
    port = found["port"]
    return found["host"], None if port is None else int(port)


def _plain_host(host: str) -> tuple[str, IPAddress | None]:
    """Return a host in the form in which it is looked up, and as an address if it is one."""
    if host.startswith("["):
        try:
            six = IPv6Address(host[1:-1])
        except ValueError:
            raise UrlRefused("URL has no valid host") from None
        return six.compressed, six
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            raise UrlRefused("URL has no valid host") from None
    host = host.lower().removesuffix(".")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            four = IPv4Address(host)
        except ValueError:
            raise UrlRefused("Host is an address that is not written as four numbers") from None
        return host, four
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise UrlRefused("URL has no valid host")
    return host, None


def _check_public_host(host: str, address: IPAddress | None) -> None:
    if address is not None:
        check_public([address])
    elif "." not in host or host.rpartition(".")[2] in _LOCAL_DOMAINS:
        raise UrlRefused(NOT_PUBLIC)


NOT_PUBLIC = "Host is not a public address"
"""The same message for an address and for a name that resolves to one, so that it reveals nothing
of a network that only the service can see."""


def check_public(addresses: Iterable[IPAddress]) -> None:
    """Check that each address is public.

    :raise UrlRefused: one of them is not.
    """
    if not all(is_public(address) for address in addresses):
        raise UrlRefused(NOT_PUBLIC)


def is_public(address: IPAddress) -> bool:
    """Tell whether an address is reachable on the public internet and on no private network.

    Of IPv6 only global unicast addresses count (2000::/3), less the ranges reserved within it. An
    address that embeds an IPv4 address (IPv4-mapped or NAT64) is judged by that one. 6to4 and
    Teredo addresses, which embed one too, are obsolete and refused.
    """
    if isinstance(address, IPv6Address):
        inner = _carried(address)
        if inner is None:
            return address in _GLOBAL_V6 and not any(address in each for each in _BLOCKED_V6)
        address = inner
    return not any(address in each for each in _BLOCKED_V4)


def parse_address(text: str) -> IPAddress:
    """Parse an address as a resolver or a socket prints it.

    :raise UrlRefused: it is not an address.
    """
    try:
        return ip_address(text)
    except ValueError:
        raise UrlRefused(NOT_PUBLIC) from None


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in _MAPPED or address in _NAT64:
        return IPv4Address(address.packed[-4:])
    return None


_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f-\xa0\\\s\ud800-\udfff]")
_KEPT = "/%:@!$&'()*+,;=~-._"
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:@%\[\]]+)(?::(?P<port>[0-9]{1,5}))?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")

_LOCAL_DOMAINS = frozenset({"internal", "local", "localdomain", "localhost"})


def _v4(*networks: str) -> tuple[IPv4Network, ...]:
    return tuple(IPv4Network(each) for each in networks)


def _v6(*networks: str) -> tuple[IPv6Network, ...]:
    return tuple(IPv6Network(each) for each in networks)


_BLOCKED_V4 = _v4(
    "0.0.0.0/8",  # this network, unspecified
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # carrier-grade NAT; metadata of Alibaba Cloud
    "127.0.0.0/8",  # loopback
    "168.63.129.16/32",  # platform address of Azure
    "169.254.0.0/16",  # link-local; metadata of most clouds
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments; metadata of Oracle Cloud
    "192.0.2.0/24",  # documentation
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",  # private
    "198.18.0.0/15",  # benchmarking
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
)

_GLOBAL_V6 = IPv6Network("2000::/3")
_BLOCKED_V6 = _v6(
    "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4
    "3ffe::/16",  # the former 6bone, returned
    "3fff::/20",  # documentation
)
_MAPPED = ip_network("::ffff:0:0/96")
_NAT64 = ip_network("64:ff9b::/96")

NOT_HTTP = frozenset(
    {
        *(1, 7, 9, 11, 13, 15, 17, 19),  # tcpmux, echo, discard, daytime, chargen and the like
        *(20, 21, 69, 115, 989, 990),  # FTP, TFTP, SFTP
        *(22, 23, 107, 992),  # SSH, Telnet
        *(24, 25, 465, 587, 2525),  # mail: SMTP
        *(109, 110, 143, 220, 993, 995, 4190),  # mail: POP, IMAP, Sieve
        *(37, 123),  # time
        *(42, 43, 53, 79, 101, 113, 853),  # names and directories
        *(70, 119, 433, 563),  # Gopher, news
        *(87, 95, 512, 513, 514, 515, 540, 543, 544, 601),  # remote shells, printing, UUCP, logs
        *(88, 389, 464, 636, 749),  # Kerberos, LDAP
        *(111, 135, 137, 138, 139, 445, 530, 548, 2049, 4045),  # RPC and file shares
        *(161, 162, 179, 427, 623, 873),  # SNMP, BGP, SLP, IPMI, rsync
        *(194, 994, 6665, 6666, 6667, 6668, 6669, 6697),  # IRC
        *(102, 502),  # industrial control
        *(526, 531, 532, 556),  # obsolete news and file services
        *(554, 1719, 1720, 1723, 3478, 5060, 5061),  # media, telephony, PPTP
        *(1433, 1434, 1521, 3050, 3306, 5432),  # SQL databases
        *(6379, 9042, 11211, 27017, 27018, 27019, 28015),  # other databases, and caches
        *(1883, 2181, 4222, 5672, 6650, 9092),  # message queues and their coordinators
        *(3389, 5900, 5901, 6000, 6001),  # remote desktops
        *(6566, 9100, 10080),  # scanners, printers, backup
    }
)
"""Ports of well-known services that do not speak HTTP, and must not be sent a request."""
