"""Which URLs and addresses a webhook may go to: every known spelling of a private one."""

from ipaddress import ip_address

import pytest

from interview_service.webhooks.addresses import (
    NOT_HTTP,
    NOT_PUBLIC,
    Target,
    UrlRefused,
    check_public,
    check_url,
    is_public,
    parse_address,
    parse_url,
)

NO_HOST = "URL has no valid host"
ODD_ADDRESS = "Host is an address that is not written as four numbers"
ODD_CHARACTER = "URL contains a space, a control character or a backslash"


def _why_refused(url: str, *, allow_private: bool = False) -> str:
    with pytest.raises(UrlRefused) as refused:
        check_url(url, allow_private=allow_private)
    return str(refused.value)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        (
            "https://ats.example.com/webhook",
            Target("https", "ats.example.com", 443, None, "/webhook"),
        ),
        ("https://ats.example.com", Target("https", "ats.example.com", 443, None, "/")),
        (
            "HTTPS://ATS.Example.COM.:8443?a=1&b=%20#part",
            Target("https", "ats.example.com", 8443, None, "/?a=1&b=%20"),
        ),
        (
            "https://my_ats.example.com/a/é?q=[ß]",
            Target("https", "my_ats.example.com", 443, None, "/a/%C3%A9?q=%5B%C3%9F%5D"),
        ),
        (
            "https://bücher.example/x",
            Target("https", "xn--bcher-kva.example", 443, None, "/x"),
        ),
        ("https://8.8.8.8/", Target("https", "8.8.8.8", 443, ip_address("8.8.8.8"), "/")),
        (
            "https://[2606:4700:4700:0::1111]:444/",
            Target("https", "2606:4700:4700::1111", 444, ip_address("2606:4700:4700::1111"), "/"),
        ),
    ],
)
def test_a_url_of_the_internet_is_taken_apart(url: str, target: Target) -> None:
    assert parse_url(url) == target


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://ats.example.com/", "ats.example.com"),
        ("https://ats.example.com:443/", "ats.example.com"),
        ("https://ats.example.com:8443/", "ats.example.com:8443"),
        ("http://ats.example.com:443/", "ats.example.com:443"),
        ("https://[2606:4700::1111]/", "[2606:4700::1111]"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
    ],
)
def test_the_receiver_is_called_by_the_name_in_the_url(url: str, authority: str) -> None:
    assert parse_url(url, allow_private=True).authority == authority


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("127.0.0.1", NOT_PUBLIC),
        ("127.0.0.1.", NOT_PUBLIC),
        ("127.255.255.254", NOT_PUBLIC),
        ("10.0.0.1", NOT_PUBLIC),
        ("172.31.255.255", NOT_PUBLIC),
        ("192.168.1.1", NOT_PUBLIC),
        ("169.254.169.254", NOT_PUBLIC),
        ("0.0.0.0", NOT_PUBLIC),
        ("255.255.255.255", NOT_PUBLIC),
        ("2130706433", ODD_ADDRESS),
        ("017700000001", ODD_ADDRESS),
        ("0177.0.0.1", ODD_ADDRESS),
        ("0x7f000001", ODD_ADDRESS),
        ("0X7F.1", ODD_ADDRESS),
        ("0x7f.0x0.0x0.0x1", ODD_ADDRESS),
        ("0x7f.0.0.01", ODD_ADDRESS),
        ("127.1", ODD_ADDRESS),
        ("127.0.1", ODD_ADDRESS),
        ("127.0.0.0x1", ODD_ADDRESS),
        ("127.0.0.0x", ODD_ADDRESS),
        ("0", ODD_ADDRESS),
        ("127.0.0.1.1", ODD_ADDRESS),
        ("127.0.0.256", ODD_ADDRESS),
        ("127.0.0.1..", NO_HOST),
        ("１２７.0.0.1", NOT_PUBLIC),
        ("①②⑦.⓪.⓪.①", NOT_PUBLIC),
        ("127。0。0。1", NOT_PUBLIC),
        ("１２７．１", ODD_ADDRESS),
        ("localhost", NOT_PUBLIC),
        ("LOCALHOST", NOT_PUBLIC),
        ("localhost.", NOT_PUBLIC),
        ("ｌocalhost", NOT_PUBLIC),
        ("app.localhost", NOT_PUBLIC),
        ("metadata.google.internal", NOT_PUBLIC),
        ("printer.local", NOT_PUBLIC),
        ("intranet", NOT_PUBLIC),
        ("[::]", NOT_PUBLIC),
        ("[::1]", NOT_PUBLIC),
        ("[0:0:0:0:0:0:0:1]", NOT_PUBLIC),
        ("[::127.0.0.1]", NOT_PUBLIC),
        ("[::ffff:127.0.0.1]", NOT_PUBLIC),
        ("[::ffff:7f00:1]", NOT_PUBLIC),
        ("[0:0:0:0:0:FFFF:A9FE:A9FE]", NOT_PUBLIC),
        ("[64:ff9b::10.0.0.1]", NOT_PUBLIC),
        ("[2002:7f00:1::]", NOT_PUBLIC),
        ("[fd00:ec2::254]", NOT_PUBLIC),
        ("[fe80::1]", NOT_PUBLIC),
        ("[fe80::1%25eth0]", NO_HOST),
        ("[fe80::1%eth0]", NO_HOST),
        ("[::1", NO_HOST),
        ("[::1]evil", NO_HOST),
        ("[1.2.3.4]", NO_HOST),
        ("127%2e0%2e0%2e1", NO_HOST),
        ("%6cocalhost", NO_HOST),
        ("-ats.example.com", NO_HOST),
        ("ats..example.com", NO_HOST),
        (".example.com", NO_HOST),
        ("x" * 64 + ".example.com", NO_HOST),
        (".".join(["x" * 63] * 4), NO_HOST),
        ("", NO_HOST),
    ],
)
def test_a_host_that_is_private_in_any_spelling_is_refused(host: str, why: str) -> None:
    assert _why_refused(f"https://{host}/") == why


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://ats.example.com/", "URL must start with https://"),
        ("ftp://ats.example.com/", "URL must start with https://"),
        ("file:///etc/passwd", "URL must start with https://"),
        ("//ats.example.com/", "URL must start with https://"),
        ("ats.example.com", "URL must start with https://"),
        ("", "URL must start with https://"),
        ("https:ats.example.com", NO_HOST),
        ("https:///ats.example.com", NO_HOST),
        ("https://ats.example.com:0/", "URL has no valid port"),
        ("https://ats.example.com:65536/", "URL has no valid port"),
        ("https://ats.example.com:/", NO_HOST),
        ("https://ats.example.com:-1/", NO_HOST),
        ("https://ats.example.com:４４３/", NO_HOST),
        ("https://ats.example.com:443:443/", NO_HOST),
        ("https://user@ats.example.com/", "URL must not contain a user name or password"),
        ("https://user:secret@ats.example.com/", "URL must not contain a user name or password"),
        ("https://ats.example.com@127.0.0.1/", "URL must not contain a user name or password"),
        ("https://@ats.example.com/", "URL must not contain a user name or password"),
        ("https://ats.example.com\\@127.0.0.1/", ODD_CHARACTER),
        ("https://127.0.0.1\\.example.com/", ODD_CHARACTER),
        (" https://ats.example.com/", ODD_CHARACTER),
        ("https://ats.example.com/\n", ODD_CHARACTER),
        ("https://ats.exa\tmple.com/", ODD_CHARACTER),
        ("https://ats.example.com/a\r\nHost: x", ODD_CHARACTER),
        ("https://ats.example.com/\u2028", ODD_CHARACTER),
        ("https://ats.example.com/\x00", ODD_CHARACTER),
        ("https://ats.example.com/\ud800", ODD_CHARACTER),
        ("https://ats.example.com／@127.0.0.1/", NO_HOST),
        ("https://ats.example.com/" + "x" * 2_025, "URL is longer than 2,048 characters"),
    ],
)
def test_a_url_that_can_be_read_in_two_ways_is_refused(url: str, why: str) -> None:
    assert _why_refused(url) == why


def test_a_url_of_2048_characters_is_taken() -> None:
    check_url("https://ats.example.com/" + "x" * 2_024)


@pytest.mark.parametrize("url", ["https://127.0.0.1#@ats.example.com/", "https://127.0.0.1?@x.com"])
def test_what_comes_after_the_host_does_not_hide_it(url: str) -> None:
    assert _why_refused(url) == NOT_PUBLIC


@pytest.mark.parametrize("port", [22, 25, 110, 143, 389, 445, 3306, 5432, 6379, 11211, 27017])
def test_the_port_of_a_service_that_is_not_http_is_refused(port: int) -> None:
    assert _why_refused(f"https://ats.example.com:{port}/") == (
        f"Port {port} belongs to a service that does not speak HTTP"
    )


@pytest.mark.parametrize("port", [80, 443, 444, 3000, 3009, 4443, 5000, 8000, 8080, 8443, 65535])
def test_any_other_port_is_taken(port: int) -> None:
    assert parse_url(f"https://ats.example.com:{port}/").port == port


def test_the_ports_that_are_refused_are_ports() -> None:
    assert all(0 < port < 32_768 for port in NOT_HTTP)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/hook",
        "http://127.0.0.1:3009/",
        "http://receiver/hook",
        "https://[::1]:8443/",
        "https://ats.example.com/",
        "http://10.0.0.1:6379/",
    ],
)
def test_in_development_private_receivers_and_http_are_taken(url: str) -> None:
    check_url(url, allow_private=True)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://localhost/", "URL must start with https://"),
        ("http://user:secret@localhost/", "URL must not contain a user name or password"),
        ("http://2130706433/", ODD_ADDRESS),
        ("http://localhost:0/", "URL has no valid port"),
    ],
)
def test_in_development_a_url_must_still_be_a_plain_one(url: str, why: str) -> None:
    assert _why_refused(url, allow_private=True) == why


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.255.255.255",
        "100.64.0.1",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::8.8.8.8",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "2002:808:808::1",
        "3ffe::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_an_address_of_somebodys_inside_is_not_public(address: str) -> None:
    assert not is_public(parse_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2001:4860:4860::8888",
        "2606:4700:4700::1111",
        "2a00:1450:4001:80b::200e",
    ],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(parse_address(address))


def test_one_private_address_among_public_ones_is_enough_to_refuse_them() -> None:
    with pytest.raises(UrlRefused, match=NOT_PUBLIC):
        check_public([ip_address("8.8.8.8"), ip_address("10.0.0.1")])


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(UrlRefused, match=NOT_PUBLIC):
        parse_address("a host")
