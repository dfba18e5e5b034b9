"""The limits on requests: of a subject, of a tenant, of an address that fails to authenticate."""

import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, Request

from interview_service.app import create_app
from interview_service.database.session import Database
from interview_service.settings import Settings
from interview_service.web import rate_limit
from interview_service.web.client_address import client_address
from tests.callers import Caller

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
def make_app(sqlite_database: Database, settings: Settings) -> Callable[..., Flask]:
    def make(**changes: Any) -> Flask:
        limits = {"rate_limit": "3/minute", **changes}
        return create_app(replace(settings, **limits), database=sqlite_database)

    return make


def statuses(caller: Caller, times: int) -> list[int]:
    return [caller.get("/interviews").status_code for _ in range(times)]


def test_as_many_requests_as_the_limit_says_are_answered_and_no_more(
    make_app: Callable[..., Flask],
) -> None:
    caller = Caller(make_app())
    assert statuses(caller, 3) == [200, 200, 200]
    refused = caller.post("/interviews", {})
    seconds = int(refused.headers["Retry-After"])
    assert 1 <= seconds <= 60
    assert (refused.status_code, refused.json) == (
        429,
        {"statusCode": 429, "message": f"Too many requests: try again in {seconds} seconds"},
    )


def test_each_subject_of_each_tenant_has_a_limit_of_its_own(make_app: Callable[..., Flask]) -> None:
    caller = Caller(make_app())
    for each in (caller, caller.other("acme"), caller.other("globex", subject="tester")):
        assert statuses(each, 4) == [200, 200, 200, 429]


def test_requests_that_are_refused_for_a_permission_count_as_well(
    make_app: Callable[..., Flask],
) -> None:
    caller = Caller(make_app(), "acme", "nothing:*")
    assert statuses(caller, 4) == [403, 403, 403, 429]


def strangers(app: Flask, times: int, address: str, **headers: str) -> list[int]:
    """Return what requests without a good token are answered, from an address."""
    client = app.test_client()
    return [
        client.get(
            "/api/v1/interviews",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
            environ_base={"REMOTE_ADDR": address},
        ).status_code
        for _ in range(times)
    ]


def test_failed_authentications_are_counted_by_address_and_hold_up_nobody_with_a_good_token(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app()
    assert strangers(app, 4, "127.0.0.1") == [401, 401, 401, 429]
    assert strangers(app, 1, "127.0.0.1", Authorization="Bearer guessed") == [429]
    assert statuses(Caller(app), 4) == [200, 200, 200, 429]
    assert strangers(app, 4, "192.0.2.7") == [401, 401, 401, 429]


def test_addresses_of_one_ipv6_subnet_are_counted_together_and_ipv4_in_ipv6_is_ipv4(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app()
    assert strangers(app, 3, "2001:db8::1") + strangers(app, 1, "2001:db8::ffff:2") == [
        *(401, 401, 401),
        429,
    ]
    assert strangers(app, 1, "2001:db8:0:1::1") == [401]
    assert strangers(app, 3, "::ffff:192.0.2.1") + strangers(app, 1, "192.0.2.1") == [
        *(401, 401, 401),
        429,
    ]


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "client"),
    [
        ("", "10.0.0.1", "192.0.2.1", "10.0.0.1"),
        ("10.0.0.2", "10.0.0.1", "192.0.2.1", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.1", "forged, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.0/8, 172.16.0.9", "10.0.0.1", "192.0.2.1, 172.16.0.9", "192.0.2.1"),
        ("10.0.0.0/8", "10.0.0.1", "192.0.2.1:4711", "192.0.2.1"),
        ("10.0.0.0/8", "::ffff:10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("fd00::/8", "fd00::1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.0/8", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.0/8", "10.0.0.1", ", " * 50_000 + "192.0.2.1", "192.0.2.1"),
        ("10.0.0.0/8", "", "192.0.2.1", None),
    ],
)
def test_the_client_is_whom_the_nearest_trusted_proxy_names(
    proxies: str, remote: str, forwarded: str | None, client: str | None
) -> None:
    environ = {"REMOTE_ADDR": remote}
    if forwarded is not None:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    found = client_address(Request(environ), Settings(trusted_proxies=proxies).proxies)
    assert found == (None if client is None else ip_address(client))


def test_strangers_behind_a_trusted_proxy_are_told_apart(make_app: Callable[..., Flask]) -> None:
    app = make_app(trusted_proxies="10.0.0.0/8")
    assert strangers(app, 4, "10.0.0.1", X_Forwarded_For="192.0.2.1") == [401, 401, 401, 429]
    assert strangers(app, 1, "10.0.0.1", X_Forwarded_For="192.0.2.2") == [401]


@pytest.mark.parametrize(
    ("one", "other"),
    [(("a/b", "c"), ("a", "b/c")), (("a:b", "c"), ("a", "b:c")), (("1:a", "b"), ("1", "a:b"))],
)
def test_names_that_read_alike_when_joined_are_counted_apart(
    make_app: Callable[..., Flask], one: tuple[str, str], other: tuple[str, str]
) -> None:
    app = make_app()
    for tenant, subject in (one, other):
        assert statuses(Caller(app, tenant, subject=subject), 4) == [200, 200, 200, 429]


def test_a_tenant_has_a_limit_for_all_its_subjects_together(make_app: Callable[..., Flask]) -> None:
    app = make_app(tenant_rate_limit="5/minute")
    one, other = Caller(app), Caller(app, subject="other")
    assert statuses(one, 3) + statuses(other, 3) == [200, 200, 200, 200, 200, 429]
    assert statuses(Caller(app, "globex"), 1) == [200]


def test_a_tenants_limit_holds_without_one_of_a_subject(make_app: Callable[..., Flask]) -> None:
    app = make_app(rate_limit="", tenant_rate_limit="2/minute")
    assert statuses(Caller(app), 3) == [200, 200, 429]
    assert strangers(app, 5, "192.0.2.1") == [401] * 5


def test_answers_tell_how_much_is_left_of_the_limit_that_has_the_least(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(tenant_rate_limit="4/hour")
    one, other = Caller(app), Caller(app, subject="other")
    before = time.time()
    told = [each.get("/interviews").headers for each in (one, one, other, other, other)]
    assert [(each["X-RateLimit-Limit"], each["X-RateLimit-Remaining"]) for each in told] == [
        ("3", "2"),
        ("3", "1"),
        ("4", "1"),
        ("4", "0"),
        ("4", "0"),
    ]
    resets = [int(each["X-RateLimit-Reset"]) - before for each in told]
    assert 0 < resets[0] <= 70
    assert 3500 < resets[-1] <= 3610
    assert 3500 < int(told[-1]["Retry-After"]) <= 3600
    unlimited = Caller(make_app(rate_limit="")).get("/interviews").headers
    assert "X-RateLimit-Limit" not in unlimited


def test_processes_that_share_redis_count_together(
    make_app: Callable[..., Flask], redis_url: str
) -> None:
    subject = uuid4().hex
    one, other = (
        Caller(make_app(rate_limit_storage_url=redis_url), subject=subject) for _ in range(2)
    )
    assert statuses(one, 2) + statuses(other, 2) + statuses(one, 1) == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("url", [NOBODY_LISTENS, "unix:///nowhere/redis.sock"])
def test_while_redis_is_unreachable_each_process_counts_by_itself(
    make_app: Callable[..., Flask], url: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(rate_limit_storage_url=url)
    assert statuses(Caller(app), 4) == [200, 200, 200, 429]
    warnings = [each for each in caplog.records if each.name == rate_limit.__name__]
    assert [each.levelname for each in warnings] == ["WARNING"]
