"""No request costs more than a few times what a valid one of its size costs, or has a huge answer.

Every endpoint that takes a body is sent half a mebibyte of each kind, in each of its fields.
"""

import gc
import json
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from interview_service.api.docs import openapi
from tests.callers import BASE, Caller

SIZE = 512 * 1024  # of a body: half of what may come, and a cost that grows faster shows
MOST_TIMES = 5
MOST_ANSWER = 64 * 1024
MOST_MESSAGES = 50
NOBODY = "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"


def filled(item: str, opening: str = "[", closing: str = "]") -> str:
    """Return a JSON list of as many items as there is room for."""
    count = (SIZE - 4096) // (len(item.encode()) + 1)
    return opening + ",".join([item] * count) + closing


def keys(template: str) -> str:
    """Return a JSON object of as many different keys as there is room for."""
    size = len(template.format("000000").encode()) + 5
    count = (SIZE - 4096) // size
    return "{" + ",".join(f'"{template.format(f"{n:06}")}":1' for n in range(count)) + "}"


def question(texts: int) -> str:
    return '{"lookFor":[' + ",".join(["{}"] * texts) + "]}"


def section(questions: int, texts: int) -> str:
    return '{"questions":[' + ",".join([question(texts)] * questions) + "]}"


VALUES: dict[str, str] = {
    "empty objects": filled("{}"),
    "empty lists": filled("[]"),
    "as many parts as a plan may have, all wrong": filled(section(50, 40), '{"sections":[', "]}"),
    "sections of nothing": filled("{}", '{"duration":1,"sections":[', "]}"),
    "questions of nothing": filled("{}", '{"sections":[{"questions":[', "]}]}"),
    "as many turns as there may be, all wrong": "["
    + ",".join(['{"speaker":0,"x":0}'] * 20000)
    + "]",
    "long text": f'"{"x" * (SIZE - 4096)}"',
    "long text of letters that are not ASCII": f'"{"é" * (SIZE // 2 - 2048)}"',
    "long text after blanks": f'"{" " * (SIZE - 8192)}{"x" * 4096}"',
    "long text of dots": f'"a@{"b." * (SIZE // 2 - 2048)}"',
    "long text like a URL": f'"https://{"a." * (SIZE // 2 - 4096)}"',
    "long text of escapes": '"' + "\\u0001" * (SIZE // 6 - 1024) + '"',
    "lone surrogates": '"' + "\\ud800" * (SIZE // 6 - 1024) + '"',
    "numbers of many digits": filled("9" * 4000),
    "many lists within lists": filled("[" * 50 + "]" * 50),
    "unknown keys": keys("{}"),
}
WHOLE: dict[str, str] = {
    "unknown keys": keys("{}"),
    "unknown keys of control characters": keys("\\u0001\\u0002{}"),
    "unknown long keys": keys("x" * 5000 + "{}"),
    "unknown keys with objects": "{" + ",".join(f'"{n}":{{}}' for n in range(45_000)) + "}",
    "lists within lists without end": '{"a":' + "[" * (SIZE - 4096),
    "objects within objects without end": '{"a":' * (SIZE // 5 - 1024),
    "no JSON": "x" * (SIZE - 4096),
    "the same key again and again": "{" + ",".join(['"a":1'] * 80_000) + "}",
}


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


class Taker(NamedTuple):
    """An operation that takes a JSON body, and the schema of each of its fields."""

    method: str
    path: str
    fields: dict[str, Any]


def takers(app: Flask) -> Iterator[Taker]:
    """Yield every operation that takes a JSON body."""
    with app.app_context():
        document = openapi(app)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content is None:
                continue
            name = content["schema"]["$ref"].rpartition("/")[2]
            fields = document["components"]["schemas"][name]["properties"]
            for parameter in ("interviewId", "runId", "deliveryId"):
                path = path.replace(f"{{{parameter}}}", NOBODY)
            yield Taker(method.upper(), path.removeprefix(BASE), fields)


def shape(schema: dict[str, Any]) -> str:
    """Return what kind of value a field takes, whatever its limits are."""
    kept = {key: schema[key] for key in ("type", "format", "$ref", "anyOf") if key in schema}
    return f"{kept} of {shape(schema['items'])}" if "items" in schema else str(kept)


def different_fields(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Yield a method, path and field for each kind of field that a body can have."""
    seen = set()
    for method, path, fields in takers(app):
        for field, schema in fields.items():
            kind = shape(schema)
            if kind not in seen:
                seen.add(kind)
                yield method, path, field


@pytest.fixture(autouse=True, scope="module")
def _without_what_tests_left() -> Iterator[None]:
    """Keep the collector, as a web process does, from going through all that was there before."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def cost(ask: Callable[[], TestResponse], times: int) -> tuple[float, TestResponse]:
    """Return the least CPU time in seconds that asking took, and the last answer."""
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        response = ask()
        best = min(best, time.process_time() - began)
    return best, response


_COSTS: list[float] = []


def valid_cost(caller: Caller) -> float:
    """Return what a valid transcript of the same size costs, measured once.

    It is read whole, and is nobody's.
    """
    if _COSTS:
        return _COSTS[0]
    turn = json.dumps(
        {"speaker": "Candidate", "text": "I moved billing to Go, in steps.", "at": None}
    )
    body = filled(turn, '{"turns":[', "]}")
    assert SIZE * 0.9 < len(body.encode()) <= SIZE
    found, response = cost(sender(caller, "PUT", f"/interviews/{NOBODY}/transcript", body), 3)
    assert (response.status_code, response.json["message"]) == (404, "Interview not found")
    _COSTS.append(found)
    return found


def sender(caller: Caller, method: str, path: str, body: str) -> Callable[[], TestResponse]:
    encoded = body.encode()
    assert len(encoded) <= SIZE
    return lambda: caller.call(method, path, data=encoded, content_type="application/json")


def messages(errors: Any) -> int:
    if isinstance(errors, dict):
        return sum(map(messages, errors.values()))
    return len(errors)


def assert_bounded(response: TestResponse) -> None:
    assert 400 <= response.status_code < 500
    assert len(response.data) <= MOST_ANSWER
    assert messages(response.json.get("errors", {})) <= MOST_MESSAGES


def assert_cheap(caller: Caller, requests: dict[str, Callable[[], TestResponse]]) -> None:
    """Fail where a request costs too much; one that seems so is measured again, more often."""
    valid = valid_cost(caller)
    dear = {}
    for name, ask in requests.items():
        found, response = cost(ask, 1)
        assert_bounded(response)
        if found > MOST_TIMES * valid:
            found, _ = cost(ask, 5)
        if found > MOST_TIMES * valid:
            dear[name] = round(found / valid, 1)
    assert dear == {}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_hostile_body_costs_no_more_than_a_valid_one(caller: Caller, kind: str) -> None:
    assert_cheap(
        caller,
        {
            f"{method} {path}": sender(caller, method, path, WHOLE[kind])
            for method, path, _ in takers(caller.app)
        },
    )


@pytest.mark.parametrize("kind", VALUES)
def test_a_hostile_field_costs_no_more_than_a_valid_body(caller: Caller, kind: str) -> None:
    requests = {
        f"{method} {path} {field}": sender(caller, method, path, f'{{"{field}":{VALUES[kind]}}}')
        for method, path, field in different_fields(caller.app)
    }
    assert len(requests) > 10
    assert_cheap(caller, requests)


@pytest.mark.parametrize(
    "query",
    [
        "&".join(f"x{n}=1" for n in range(800)),
        "&".join(f"page={n}" for n in range(800)),
        "q=" + "x" * 7000,
        "cursor=" + "A" * 7000,
        "state=" + "%00" * 2000,
        "&".join(["%ff=%ff"] * 800),
    ],
    ids=range(6),
)
def test_a_hostile_query_has_a_small_answer(caller: Caller, query: str) -> None:
    found, response = cost(lambda: caller.get(f"/interviews?{query}"), 3)
    assert_bounded(response)
    assert found < valid_cost(caller)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("If-None-Match", ", ".join(['"x"'] * 1500)),
        ("If-None-Match", '"' * 7000),
        ("If-None-Match", "W/" * 3500),
        ("Authorization", "Bearer " + "." * 7000),
        ("Authorization", "Bearer " + "a." * 3500),
        ("X-Request-ID", "x" * 7000),
        ("Accept", ",".join(["a/b;q=0.1"] * 700)),
    ],
)
def test_a_hostile_header_costs_no_more_than_another(caller: Caller, name: str, value: str) -> None:
    record = caller.create()
    path = f"/interviews/{record['id']}"
    found, response = cost(lambda: caller.get(path, headers={name: value}), 3)
    assert response.status_code in (200, 401)
    assert len(response.data) <= MOST_ANSWER
    assert found < valid_cost(caller)
