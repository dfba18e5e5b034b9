"""One log line a request, with an id to find it by, and nothing of a candidate in it."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from interview_service import lifecycle, logs
from interview_service.app import create_app
from interview_service.database.session import Database
from interview_service.domain.errors import DatabaseUnavailable
from interview_service.repository import Repository
from interview_service.repository.interviews import Interviews
from interview_service.repository.lists import Lists
from interview_service.settings import Settings
from tests.callers import BASE, Caller, details
from tests.conftest import SECRET, AppFactory
from tests.lives import SOMEBODY

MADE = re.compile(r"[0-9a-f]{32}", re.ASCII)
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO request method=(?P<method>\S+) "
    r"route=(?P<route>\S+) status=(?P<status>\d+) ms=\d+(\.\d+)? "
    r'tenant=(?P<tenant>"[^"]*"|\S+) subject=(?P<subject>\S+) address=(?P<address>\S+) '
    r"request_id=(?P<request_id>\S+)",
    re.ASCII,
)

Lines = Callable[[], list[str]]


@pytest.fixture(params=["text", "json"])
def log_format(request: pytest.FixtureRequest) -> str:
    form: str = request.param
    return form


@pytest.fixture
def lines(
    settings: Settings, log_format: str, capfd: pytest.CaptureFixture[str]
) -> Iterator[Lines]:
    """Log everything as the service's processes do; return the lines since the last call."""
    root, own = logging.getLogger(), logging.getLogger("interview_service")
    before = root.handlers[:], root.level, own.level
    logs.configure(
        Settings(
            instance_path=settings.instance_path,
            jwt_secret_key=SECRET,
            log_format=log_format,
            log_level="DEBUG",
        )
    )
    yield lambda: capfd.readouterr().err.splitlines()
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    own.setLevel(before[2])


def entry(line: str, log_format: str) -> dict[str, str]:
    """Return what the line of a request says."""
    if log_format == "json":
        read = json.loads(line)
        assert set(read) == {
            "time",
            "level",
            "logger",
            "message",
            "method",
            "route",
            "status",
            "ms",
            "tenant",
            "subject",
            "address",
            "request_id",
        }
        assert (read["level"], read["logger"]) == ("INFO", "interview_service.request")
        assert read["message"] == "request"
        assert isinstance(read["status"], int)
        assert isinstance(read["ms"], float)
        return {name: str(read[name]) for name in LINE.groupindex}
    found = LINE.fullmatch(line)
    assert found is not None, line
    return found.groupdict()


def broken(error: Exception) -> Callable[..., Any]:
    """Return what fails in the place of a method."""

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    return fail


# --- the line


def test_each_request_is_one_line_with_its_route_and_tenant(
    sqlite_caller: Caller, lines: Lines, log_format: str
) -> None:
    caller, foreign = sqlite_caller, sqlite_caller.other("two words")
    created = caller.post("/interviews", details())
    interview_id = created.json["id"]
    one = f"{BASE}/interviews/<string:interview_id>"
    asked: list[tuple[TestResponse, str, str, str]] = [
        (created, "POST", f"{BASE}/interviews", "acme"),
        (caller.get(f"/interviews/{interview_id}"), "GET", one, "acme"),
        (foreign.get(f"/interviews/{interview_id}"), "GET", one, "two words"),
        (caller.get("/interviews?q=jane"), "GET", f"{BASE}/interviews", "acme"),
        (caller.put(f"/interviews/{interview_id}", {"level": "X"}), "PUT", one, "acme"),
        (caller.other("acme", "nothing:*").get("/interviews"), "GET", f"{BASE}/interviews", "acme"),
        (caller.delete(f"/interviews/{interview_id}"), "DELETE", one, "acme"),
        (caller.client.get(f"{BASE}/interviews"), "GET", f"{BASE}/interviews", "-"),
        (caller.client.get("/health/live"), "GET", "/health/live", "-"),
        (caller.get("/nothing"), "GET", "-", "-"),
        (caller.call("PATCH", "/interviews"), "PATCH", "-", "-"),
    ]
    subjects = [*["tester"] * 2, "other", *["tester"] * 2, "other", "tester", *["-"] * 4]
    told = [entry(line, log_format) for line in lines()]
    assert told == [
        {
            "method": method,
            "route": route,
            "status": str(response.status_code),
            "tenant": f'"{tenant}"' if " " in tenant and log_format == "text" else tenant,
            "subject": subject,
            "address": "127.0.0.1",
            "request_id": response.headers["X-Request-ID"],
        }
        for (response, method, route, tenant), subject in zip(asked, subjects, strict=True)
    ]
    statuses = [response.status_code for response, *_ in asked]
    assert statuses == [201, 200, 404, 200, 422, 403, 204, 401, 200, 404, 405]


def test_the_clients_address_is_what_a_trusted_proxy_says(
    sqlite_database: Database, app_on: AppFactory, lines: Lines, log_format: str
) -> None:
    caller = Caller(app_on(sqlite_database, trusted_proxies="127.0.0.1"))
    caller.get("/interviews?q=jane", headers={"X-Forwarded-For": "192.0.2.9, 198.51.100.7"})
    assert [entry(line, log_format)["address"] for line in lines()] == ["198.51.100.7"]


TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("given", "is_logged"),
    [
        (f"00-{TRACE}-{PARENT}-01", True),
        (f"00-{TRACE}-{PARENT}-00", True),
        (f"cc-{TRACE}-{PARENT}-01-what-the-future-will-be-like", True),
        (f"00-{TRACE}-{PARENT}-01-more", False),
        (f"ff-{TRACE}-{PARENT}-01", False),
        (f"00-{TRACE.upper()}-{PARENT}-01", False),
        (f"00-{'0' * 32}-{PARENT}-01", False),
        (f"00-{TRACE}-{'0' * 16}-01", False),
        (f"00-{TRACE}-{PARENT}-01\x85level=ERROR", False),
        (f"00-{TRACE}-{PARENT}", False),
        ("Jane", False),
    ],
)
def test_the_ids_of_a_trace_are_logged_where_it_is_in_its_form(
    sqlite_caller: Caller, lines: Lines, log_format: str, given: str, is_logged: bool
) -> None:
    sqlite_caller.get("/interviews", headers={"traceparent": given})
    (line,) = lines()
    if log_format == "json":
        read = json.loads(line)
        told = (read.get("trace_id"), read.get("parent_id"))
        assert told == ((TRACE, PARENT) if is_logged else (None, None))
    else:
        assert line.endswith(f" trace_id={TRACE} parent_id={PARENT}") is is_logged
        assert is_logged or entry(line, log_format)


def test_an_internal_error_is_logged_with_its_traceback_under_the_requests_id(
    sqlite_caller: Caller, lines: Lines, log_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Interviews, "add", broken(ZeroDivisionError("no good")))
    response = sqlite_caller.post("/interviews", details(), headers={"X-Request-ID": "find-me"})
    assert (response.status_code, response.json) == (
        500,
        {"statusCode": 500, "message": "Internal server error", "requestId": "find-me"},
    )
    first, *trace, last = lines()
    assert entry(last, log_format)["status"] == "500"
    assert entry(last, log_format)["request_id"] == "find-me"
    if log_format == "json":
        assert trace == []
        told = json.loads(first)
        assert (told["message"], told["request_id"]) == ("internal error", "find-me")
        trace = told["exception"].splitlines()
    else:
        assert first.endswith(" ERROR internal error request_id=find-me")
    assert trace[-1] == "ZeroDivisionError"
    assert any("in add_interview" in line or "in create" in line for line in trace)
    assert not any("no good" in line for line in trace)


def test_a_line_is_written_without_a_lock_on_every_python(
    capfd: pytest.CaptureFixture[str],
) -> None:
    class Forbidden:
        def acquire(self) -> None:
            raise AssertionError("a lock was taken")

        __enter__ = acquire

    handler = logs.StandardError()
    assert handler.lock is None
    handler.lock = Forbidden()  # type: ignore[assignment]
    assert handler.handle(logging.makeLogRecord({"msg": "said"}))
    assert capfd.readouterr().err == "said\n"


# --- the id


@pytest.mark.parametrize("given", ["a", "9f3c-1/x:y_z.+=@", "0" * 128])
def test_an_id_that_was_given_is_echoed(sqlite_caller: Caller, given: str) -> None:
    response = sqlite_caller.get("/interviews", headers={"X-Request-ID": given})
    assert response.headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "naïve", 'a"b', "a;b", "<b>", "a\tb"])
def test_an_id_that_is_not_fit_for_a_log_is_replaced(
    sqlite_caller: Caller, lines: Lines, log_format: str, given: str
) -> None:
    response = sqlite_caller.get("/interviews", headers={"X-Request-ID": given})
    made = response.headers["X-Request-ID"]
    assert MADE.fullmatch(made)
    assert [entry(line, log_format)["request_id"] for line in lines()] == [made]


def test_every_answer_has_an_id_of_its_own(
    sqlite_caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = sqlite_caller
    path = f"/interviews/{caller.create()['id']}"
    current = caller.get(path).headers["ETag"]
    json_type = {"content_type": "application/json"}
    answers = [
        caller.get(path),
        caller.get(path, headers={"If-None-Match": current}),
        caller.call("HEAD", path),
        caller.call("OPTIONS", path),
        caller.put(path, {"level": "X"}),
        caller.put(path, {}, headers={"If-Match": '"stale"'}),
        caller.put(path, {"workflowState": "COMPLETED"}),
        caller.delete(path),
        caller.get(path),
        caller.get("/nothing"),
        caller.call("PATCH", "/interviews"),
        caller.call("POST", "/interviews", data=b"{", **json_type),
        caller.call("POST", "/interviews", data=b"{}", content_type="text/plain"),
        caller.call("POST", "/interviews", data=b" " * (2**20 + 1), **json_type),
        caller.client.get(f"{BASE}/interviews"),
        caller.other("acme", "nothing:*").get("/interviews"),
        caller.client.get("/health/live"),
        caller.client.get("/health/ready"),
        caller.client.get("/api/docs"),
        caller.client.get("/api/openapi.json"),
    ]
    monkeypatch.setattr(Lists, "page", broken(DatabaseUnavailable("away")))
    answers.append(caller.get("/interviews"))
    monkeypatch.setattr(Lists, "page", broken(ZeroDivisionError()))
    answers.append(caller.get("/interviews"))
    assert [each.status_code for each in answers] == [
        *(200, 304, 200, 200, 422, 412, 409, 204, 404, 404, 405, 400, 415, 413, 401, 403),
        *(200, 200, 200, 200, 503, 500),
    ]
    ids = [each.headers["X-Request-ID"] for each in answers]
    assert all(MADE.fullmatch(each) for each in ids)
    assert len(set(ids)) == len(ids)


# --- what is never in a log

NAME, EMAIL = "Zebulon Quux", "zebulon.quux@example.com"
PRIVATE = (
    *("zebulon", "quux", "Zymurgist", "Xylophony", "xyzzy", "plugh"),
    *("Bearer", "eyJ", "Cobol-9000", "confidential"),
)


def everything(caller: Caller) -> list[TestResponse]:
    """Return answers of every kind to requests that are full of what is private."""
    given = details(
        candidateName=NAME,
        candidateEmail=EMAIL,
        position="Zymurgist",
        skills=["Cobol-9000"],
        jobDescription="confidential",
        companyName="Xylophony",
        callbackUrl="https://ats.example.com/xyzzy",
    )
    created = caller.post("/interviews", given, headers={"Idempotency-Key": "plugh"})
    key = created.json.get("id", "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b")
    token = caller.headers["Authorization"].removeprefix("Bearer ")
    text = {"content_type": "application/json"}
    return [
        created,
        caller.post("/interviews", given, headers={"Idempotency-Key": "plugh"}),
        caller.post("/interviews", {}, headers={"Idempotency-Key": "plugh"}),
        caller.get("/interviews", query_string={"q": NAME}),
        caller.get("/interviews", query_string={"q": NAME, "state": "Zymurgist"}),
        caller.get("/interviews", query_string={"Zymurgist": "xyzzy"}),
        caller.get(f"/interviews/{key}"),
        caller.get(f"/interviews/{NAME}"),
        caller.get(f"/{NAME}/{EMAIL}"),
        caller.put(f"/interviews/{key}", {"candidateName": NAME, "level": "Zymurgist"}),
        caller.put(f"/interviews/{key}", {"companyName": "plugh"}),
        caller.post("/interviews", {"xyzzy": NAME}),
        caller.call("POST", "/interviews", data=f'{{"candidateName": {NAME}', **text),
        caller.call("POST", "/interviews", data=NAME, content_type="text/xyzzy"),
        caller.post("/a2a/interview", {"candidateName": NAME, "candidateEmail": "xyzzy"}),
        caller.post(
            f"/workflow/interviews/{key}/transition", {"transition": "CANCEL", "reason": NAME}
        ),
        caller.put(f"/interviews/{key}/transcript", {"turns": [{"speaker": NAME}]}),
        caller.call(
            "PUT", f"/interviews/{key}/transcript", data=f"{NAME} xyzzy", content_type="text/vtt"
        ),
        caller.get("/interviews", headers={"Authorization": f"Bearer {token}x"}),
        caller.get("/interviews", headers={"Authorization": f"Basic {token}"}),
        caller.client.get(f"{BASE}/interviews?token={token}"),
        caller.get("/interviews", headers={"X-Request-ID": f"{NAME} <{EMAIL}>"}),
        caller.get("/interviews", headers={"User-Agent": NAME, "Referer": f"/?q={NAME}"}),
    ]


def assert_nothing_private(told: list[str]) -> None:
    for line in told:
        for word in PRIVATE:
            assert word.lower() not in line.lower(), line


def test_no_token_no_body_no_query_and_no_candidate_is_ever_logged(
    sqlite_caller: Caller, lines: Lines, log_format: str
) -> None:
    answers = everything(sqlite_caller)
    told = lines()
    assert [entry(line, log_format)["status"] for line in told] == [
        str(each.status_code) for each in answers
    ]
    assert {each.status_code for each in answers} == {200, 201, 400, 401, 404, 409, 415, 422}
    assert_nothing_private(told)


@pytest.mark.parametrize("status", [500, 503])
def test_nothing_private_is_logged_of_what_fails_inside(
    sqlite_caller: Caller,
    lines: Lines,
    log_format: str,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = " ".join(PRIVATE)
    error: Exception = DatabaseUnavailable("OperationalError")
    if status == 500:
        error = RuntimeError(words)
        error.__cause__ = KeyError(words)
        error.__cause__.__context__ = ValueError(words)
    monkeypatch.setattr(Lists, "page", broken(error))
    for name in ("add", "get", "by_run", "locked"):
        monkeypatch.setattr(Interviews, name, broken(error))
    answers = everything(sqlite_caller)
    assert status in {each.status_code for each in answers}
    told = lines()
    assert_nothing_private(told)
    if log_format == "json":
        read = [json.loads(line) for line in told]
        assert sum(each["message"] == "request" for each in read) == len(answers)
        failed = sum(each["level"] == ("ERROR" if status == 500 else "WARNING") for each in read)
        assert failed == sum(each.status_code == status for each in answers)


def test_nothing_private_is_logged_of_an_error_of_the_database(
    own_database: Database, settings: Settings, lines: Lines
) -> None:
    caller = Caller(create_app(settings, database=own_database))
    repository = Repository(own_database, caller.tenant)
    lifecycle.create(repository, {"candidate_name": NAME}, SOMEBODY, external_id="plugh")
    with own_database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE idempotency_keys")
        connection.exec_driver_sql("ALTER TABLE interviews RENAME COLUMN candidate_name TO other")
    answers = everything(caller)
    assert {each.status_code for each in answers} & {500, 503}
    assert_nothing_private(lines())
