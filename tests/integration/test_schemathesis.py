"""The whole OpenAPI document, tried by schemathesis: no 5xx, and every answer as documented.

With a good token, without one, and with one that has no permissions. Methods that a path does not
have are tried as well.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from interview_service.app import create_app
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.settings import Settings
from tests.callers import Caller, token
from tests.conftest import SECRET

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/x-subrip", "text/vtt")
def as_text(context: Any, value: Any) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def documented(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a database of its own."""
    options = Settings(instance_path=tmp_path_factory.mktemp("documented"), jwt_secret_key=SECRET)
    database = Database(make_engine(options.url))
    schema.upgrade(database.engine)
    yield create_app(options, database=database)
    database.engine.dispose()


@pytest.fixture(scope="module")
def document(documented: Flask) -> BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", documented)


@pytest.fixture(autouse=True)
def named_as_before(request: pytest.FixtureRequest) -> None:
    """Gives a test the name that schemathesis 4.32 looks for and pytest 9.2 no longer has."""
    request.node._nodeid = request.node.nodeid


operations = schemathesis.pytest.from_fixture("document")
"""Tries a test with each operation, and makes the cases when it runs: every process collects it."""


@pytest.fixture(scope="module")
def known(documented: Flask) -> Iterator[dict[str, Any] | None]:
    """An iterator over interviews that exist, in turn, and every so often None."""
    caller = Caller(documented)
    return itertools.cycle([*(caller.create() for _ in range(3)), None])


def aim(case: Any, interview: dict[str, Any] | None) -> None:
    """Point a case at an interview that exists."""
    for name, field in (("interviewId", "id"), ("runId", "runId")):
        if interview is not None and name in case.path_parameters:
            case.path_parameters[name] = interview[field]


def is_public(case: Any) -> bool:
    """Tell whether an operation's own document says that it wants no credential."""
    return case.operation.definition.raw.get("security") == []


def test_few_operations_want_no_credential_or_no_permission(document: BaseSchema) -> None:
    found = [each.ok() for each in document.get_all_operations()]
    public = [each.path for each in found if each.definition.raw.get("security") == []]
    assert all(path.startswith(("/health/", "/api/v1/auth/")) for path in public)
    free = [
        each.path
        for each in found
        if each.path not in public and "403" not in each.definition.raw["responses"]
    ]
    assert free == ["/api/v1/auth/me"]


@operations.parametrize()
@BOUNDED
def test_with_a_good_token_every_answer_is_as_documented(
    case: Any, known: Any, documented: Flask
) -> None:
    aim(case, next(known))
    headers = {"Authorization": f"Bearer {token(documented)}"}
    response = case.call(headers=headers)
    case.validate_response(response, checks=CHECKS)


@operations.parametrize()
@settings(BOUNDED, max_examples=4)
def test_without_a_token_there_is_only_401(case: Any, known: Any, documented: Flask) -> None:
    aim(case, next(known))
    case.headers.pop("Authorization", None)
    response = case.call()
    case.validate_response(response, checks=CHECKS)
    if not is_public(case):
        assert response.status_code in (401, 405) or case.method == "OPTIONS"


@operations.parametrize()
@settings(BOUNDED, max_examples=4)
def test_without_permissions_nothing_succeeds(case: Any, known: Any, documented: Flask) -> None:
    aim(case, next(known))
    headers = {"Authorization": f"Bearer {token(documented, 'acme', 'nothing:*')}"}
    response = case.call(headers=headers)
    case.validate_response(response, checks=CHECKS)
    if not is_public(case) and "403" in case.operation.definition.raw["responses"]:
        assert response.status_code >= 400 or case.method == "OPTIONS"
