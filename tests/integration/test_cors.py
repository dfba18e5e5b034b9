"""Pages of other origins: those of CORS_ORIGINS may call the API from a browser, no others may."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from interview_service.database.session import Database
from tests.callers import BASE, Caller
from tests.conftest import AppFactory

HOME, SECOND = "https://app.example.com", "http://[::1]:3000"
PREFIX = "Access-Control-"


@pytest.fixture
def app(sqlite_database: Database, app_on: AppFactory) -> Flask:
    return app_on(sqlite_database, cors_origins=f"{HOME}, {SECOND}")


@pytest.fixture
def caller(app: Flask) -> Caller:
    return Caller(app)


def cors(response: TestResponse) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): text
        for name, text in response.headers.items()
        if name.startswith(PREFIX)
    }


def preflight(caller: Caller, origin: str, path: str = f"{BASE}/interviews") -> TestResponse:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type, x-made-up",
    }
    return caller.client.options(path, headers=headers)


def test_no_page_elsewhere_may_call_by_default(sqlite_caller: Caller) -> None:
    for response in (
        sqlite_caller.get("/interviews", headers={"Origin": HOME}),
        preflight(sqlite_caller, HOME),
    ):
        assert response.status_code == 200
        assert cors(response) == {}


@pytest.mark.parametrize("origin", [HOME, SECOND])
def test_a_page_of_an_origin_that_is_named_may_call(caller: Caller, origin: str) -> None:
    response = caller.get("/interviews", headers={"Origin": origin})
    told = cors(response)
    assert told.pop("Expose-Headers").split(", ") == [
        *("Content-Disposition", "ETag", "Idempotent-Replayed", "Link", "Location"),
        *("Retry-After", "WWW-Authenticate", "X-RateLimit-Limit", "X-RateLimit-Remaining"),
        *("X-RateLimit-Reset", "X-Request-ID"),
    ]
    assert told == {"Allow-Origin": origin}
    assert "Origin" in response.headers.getlist("Vary")


def test_a_preflight_is_answered_without_a_token(caller: Caller) -> None:
    response = preflight(caller, HOME)
    assert response.status_code == 200
    told = cors(response)
    told.pop("Expose-Headers")
    assert told == {
        "Allow-Origin": HOME,
        "Allow-Headers": "authorization, content-type",
        "Allow-Methods": "DELETE, GET, HEAD, PATCH, POST, PUT",
        "Max-Age": "600",
    }


@pytest.mark.parametrize(
    ("path", "status"),
    [("/interviews/nothing", 404), ("/interviews?limit=0", 422), ("/nothing", 404)],
)
def test_errors_can_be_read_as_well(caller: Caller, path: str, status: int) -> None:
    response = caller.get(path, headers={"Origin": HOME})
    assert response.status_code == status
    assert cors(response)["Allow-Origin"] == HOME
    anonymous = caller.client.get(f"{BASE}/interviews", headers={"Origin": HOME})
    assert (anonymous.status_code, cors(anonymous)["Allow-Origin"]) == (401, HOME)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "*",
        "https://app.example.com.evil.example",
        "https://evil.example/https://app.example.com",
        "https://appxexample.com",
        "http://app.example.com",
        "https://app.example.com:8443",
        "http://:",
    ],
)
def test_a_page_of_another_origin_may_not(caller: Caller, origin: str) -> None:
    assert cors(caller.get("/interviews", headers={"Origin": origin})) == {}
    assert cors(preflight(caller, origin)) == {}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/health/ready", "/mcp", "/metrics", "/setup"])
def test_pages_for_people_and_all_but_the_api_are_for_their_own_origin(
    caller: Caller, path: str
) -> None:
    assert cors(caller.client.get(path, headers={"Origin": HOME})) == {}
    assert cors(preflight(caller, HOME, path)) == {}


def test_no_cookie_is_ever_let_through(caller: Caller) -> None:
    for response in (caller.get("/interviews", headers={"Origin": HOME}), preflight(caller, HOME)):
        assert "Allow-Credentials" not in cors(response)
