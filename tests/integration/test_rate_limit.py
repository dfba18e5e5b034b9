"""The limit on requests: each subject of each tenant for itself, with or without Redis."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from interview_service.api import rate_limit
from interview_service.app import create_app
from interview_service.database.session import Database
from interview_service.settings import Settings
from tests.callers import Caller

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
def make_app(sqlite_database: Database, settings: Settings) -> Callable[..., Flask]:
    def make(**changes: Any) -> Flask:
        return create_app(
            replace(settings, rate_limit="3/minute", **changes), database=sqlite_database
        )

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


def test_without_a_good_token_nothing_is_counted(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    stranger = app.test_client()
    assert [stranger.get("/api/v1/interviews").status_code for _ in range(5)] == [401] * 5
    assert statuses(Caller(app), 4) == [200, 200, 200, 429]


def test_processes_that_share_redis_count_together(
    make_app: Callable[..., Flask], redis_url: str
) -> None:
    subject = uuid4().hex
    one, other = (Caller(make_app(queue_url=redis_url), subject=subject) for _ in range(2))
    assert statuses(one, 2) + statuses(other, 2) + statuses(one, 1) == [200, 200, 200, 429, 429]


@pytest.mark.parametrize("url", [NOBODY_LISTENS, "unix:///nowhere/redis.sock"])
def test_while_redis_is_unreachable_each_process_counts_by_itself(
    make_app: Callable[..., Flask], url: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(queue_url=url)
    assert statuses(Caller(app), 4) == [200, 200, 200, 429]
    warnings = [each for each in caplog.records if each.name == rate_limit.__name__]
    assert [each.levelname for each in warnings] == ["WARNING"]
