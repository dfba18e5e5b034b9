"""The OpenAPI document is valid, says what it must of every call, and its examples are true."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from interview_service import __version__
from interview_service.api.docs import openapi
from interview_service.app import create_app
from interview_service.domain.interview import api_name
from interview_service.domain.workflow import State, Transition
from interview_service.settings import Settings
from interview_service.webhooks import payloads
from tests.callers import BASE, details
from tests.conftest import SECRET
from tests.documents import API

METHODS = ("get", "put", "post", "patch", "delete")
ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
PROBES = ("/health/live", "/health/ready")
SIGN_IN = tuple(
    f"{BASE}/auth/{each}" for each in ("login", "refresh", "invitation", "forgotten", "setup")
)
OPEN = (*PROBES, *SIGN_IN)
OWN_SESSION = tuple(
    (method, f"{BASE}/auth/{each}")
    for method, each in (("post", "logout"), ("put", "me"), ("put", "password"))
)

Document = dict[str, Any]
Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a SQLite file that is never opened."""
    folder = tmp_path_factory.mktemp("instance")
    app = create_app(Settings(instance_path=folder, jwt_secret_key=SECRET))
    yield app
    app.extensions["interview_service_database"].engine.dispose()


@pytest.fixture(scope="module")
def document(app: Flask) -> Document:
    with app.app_context():
        return openapi(app)


def operations(document: Document) -> list[Operation]:
    """Return every operation with its method and path."""
    return [
        (method, path, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def secured(document: Document) -> list[Operation]:
    return [each for each in operations(document) if each[1] not in OPEN]


def parameters(document: Document, path: str, operation: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return the place and the name of each parameter of an operation."""
    both = [*document["paths"][path].get("parameters", ()), *operation.get("parameters", ())]
    return {(each["in"], each["name"]) for each in both}


def errors_of(operation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        status: response for status, response in operation["responses"].items() if status[0] in "45"
    }


def kinds_of_body(operation: Mapping[str, Any]) -> set[str]:
    return set(operation.get("requestBody", {}).get("content", ()))


# --- the whole


def test_the_document_is_valid_openapi_3_1(document: Document) -> None:
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_document_is_that_of_this_version(document: Document) -> None:
    info = document["info"]
    assert (info["title"], info["version"]) == ("Interview Service", __version__)
    assert info["license"] == {"name": "MIT", "identifier": "MIT"}


def test_every_schema_is_valid_json_schema(document: Document) -> None:
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object" or schema["enum"], name


def test_no_field_comes_in_that_is_not_documented(document: Document) -> None:
    schemas = document["components"]["schemas"]
    for method, path, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert schemas[name]["additionalProperties"] is False, f"{method} {path}"


def nodes(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within a part of the document."""
    if isinstance(part, dict):
        yield part
        for key, each in part.items():
            if key != "example":
                yield from nodes(each)
    elif isinstance(part, list):
        for each in part:
            yield from nodes(each)


def test_every_closed_set_and_every_object_is_a_component(document: Document) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            for node in nodes(described):
                assert "enum" not in node, f"{name}.{field}"
                assert "object" not in str(node.get("type")), f"{name}.{field}"
                assert "x-component" not in node, f"{name}.{field}"


def test_what_may_be_null_says_so_beside_a_reference(document: Document) -> None:
    status = document["components"]["schemas"]["Status"]["properties"]
    assert status["waitingFor"]["anyOf"] == [
        {"$ref": "#/components/schemas/WaitingFor"},
        {"type": "null"},
    ]
    assert "enum" not in str(status)
    for node in nodes(document["components"]["schemas"]):
        assert None not in node.get("enum", ()), node


def test_only_requests_refuse_what_they_do_not_know(document: Document) -> None:
    schemas = document["components"]["schemas"]
    sent = reached([each.get("requestBody") for *_, each in operations(document)], schemas)
    answered = reached([each["responses"] for *_, each in operations(document)], schemas)
    assert {"InterviewCreate", "SectionInput"} <= sent
    assert {"Interview", "Section", "ErrorAnswer"} <= answered
    assert all("properties" not in schemas[name] for name in sent & answered)
    for name, schema in schemas.items():
        if "properties" in schema:
            closed = schema.get("additionalProperties") is False
            assert closed is (name in sent), name


def reached(part: Any, schemas: Mapping[str, Any]) -> set[str]:
    """Return the names of the components that a part of the document leads to."""
    direct = {node["$ref"].rpartition("/")[2] for node in nodes(part) if "$ref" in node}
    direct &= set(schemas)
    return direct.union(*(reached(schemas[name], schemas) for name in direct))


def test_every_id_is_a_uuid(document: Document) -> None:
    ids = {"id", "interviewId", "runId", "planId", "assessmentId"}
    for name, schema in document["components"]["schemas"].items():
        for field in ids & set(schema.get("properties", {})):
            assert schema["properties"][field]["format"] == "uuid", f"{name}.{field}"
    for path, item in document["paths"].items():
        for parameter in item.get("parameters", ()):
            assert parameter["schema"] == {"type": "string", "format": "uuid"}, path
        assert "_" not in path


def test_no_component_has_the_name_of_something_of_a_language_itself(document: Document) -> None:
    own = {
        "Error",
        "Exception",
        "Object",
        "Map",
        "Set",
        "Date",
        "Array",
        "String",
        "Number",
        "Type",
    }
    assert own & set(document["components"]["schemas"]) == set()


def test_the_permission_of_each_transition_is_written_down(document: Document) -> None:
    operation = document["paths"][f"{BASE}/workflow/interviews/{{interviewId}}/transition"]["post"]
    wanted = {each.value: each.permission for each in Transition if each.permission}
    assert operation["x-permissions"] == wanted
    told = document["components"]["schemas"]["Transition"]["description"]
    assert all(f"{name} {permission}" in told for name, permission in wanted.items())


# --- each operation


def test_every_operation_has_a_summary_a_tag_and_an_id_of_its_own(document: Document) -> None:
    found = operations(document)
    tags = {each["name"] for each in document["tags"]}
    for method, path, operation in found:
        summary = operation["summary"]
        assert summary.strip() == summary != "", f"{method} {path}"
        assert not summary.endswith("."), f"{method} {path}"
        assert len(operation["tags"]) == 1
        assert set(operation["tags"]) <= tags
        assert re.fullmatch(r"[a-z][a-zA-Z]+", operation["operationId"]), f"{method} {path}"
    ids = [operation["operationId"] for *_, operation in found]
    assert len(set(ids)) == len(ids)


def test_every_operation_but_health_and_sign_in_wants_a_bearer_token(document: Document) -> None:
    assert document["components"]["securitySchemes"] == {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }
    assert "security" not in document
    for method, path, operation in operations(document):
        expected = [] if path in OPEN else [{"bearer": []}]
        assert operation["security"] == expected, f"{method} {path}"
        assert ("x-permission" in operation) is (path not in OPEN)


def test_every_error_is_documented_in_the_one_shape(document: Document) -> None:
    for method, path, operation in operations(document):
        if path in PROBES:
            continue
        found = errors_of(operation)
        wanted = {"429", "500", "503"} | ({"401"} if path not in OPEN else set())
        assert wanted <= set(found), f"{method} {path}"
        is_refused = path not in OPEN and (method, path) != ("get", f"{BASE}/auth/me")
        assert ("403" in found) is is_refused, f"{method} {path}"
        for status, response in found.items():
            assert response["content"] == ERROR, f"{method} {path} {status}"
            assert response["description"], f"{method} {path} {status}"
    shape = document["components"]["schemas"]["ErrorAnswer"]
    assert set(shape["properties"]) == {"statusCode", "message", "errors", "requestId"}
    assert set(shape["required"]) == {"statusCode", "message"}


def test_every_header_that_a_client_can_use_is_documented(document: Document) -> None:
    names = {"401": "WWW-Authenticate", "429": "Retry-After", "503": "Retry-After"}
    assert set(document["components"]["headers"]) == {"X-Request-ID"}
    for method, path, operation in operations(document):
        statuses = list(operation["responses"])
        assert statuses == sorted(statuses), f"{method} {path}"
        keyed = ("header", "Idempotency-Key") in parameters(document, path, operation)
        for status, response in operation["responses"].items():
            headers = set(response["headers"])
            assert "X-Request-ID" in headers, f"{method} {path} {status}"
            replayed = keyed and status[0] == "2"
            assert ("Idempotent-Replayed" in headers) is replayed, f"{method} {path} {status}"
            if path not in PROBES and status in names:
                assert names[status] in headers, f"{method} {path} {status}"
    created = document["paths"][f"{BASE}/interviews"]["post"]["responses"]
    assert {"ETag", "Location"} <= set(created["200"]["headers"]) & set(created["201"]["headers"])


def test_every_field_of_an_answer_is_always_there(document: Document) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Interview", "InterviewRow", "InterviewPage", "Plan", "Assessment", "Status"):
        assert schemas[name]["required"] == sorted(schemas[name]["properties"]), name
    assert "required" not in schemas["InterviewUpdate"]
    assert "required" not in schemas["Intake"]


def test_what_an_operation_takes_says_which_errors_it_can_give(document: Document) -> None:
    for method, path, operation in secured(document):
        taken, found = parameters(document, path, operation), set(errors_of(operation))
        places = {place for place, _ in taken}
        kinds = kinds_of_body(operation)
        wanted = {
            "404": "path" in places,
            "412": ("header", "If-Match") in taken,
            "422": "query" in places or bool(kinds) or ("header", "Idempotency-Key") in taken,
            "400": "application/json" in kinds,
            "413": bool(kinds),
            "415": bool(kinds),
        }
        for status, expected in wanted.items():
            assert (status in found) is expected, f"{method} {path} {status}"
        if ("header", "Idempotency-Key") in taken:
            assert "409" in found, f"{method} {path}"
    for path in SIGN_IN:
        found = set(errors_of(document["paths"][path]["post"]))
        assert {"400", "413", "415", "422"} <= found, path


def test_every_permission_that_can_be_missing_is_named(document: Document) -> None:
    for method, path, operation in secured(document):
        if (method, path) == ("get", f"{BASE}/auth/me"):
            continue
        described = operation["responses"]["403"]["description"]
        if (method, path) in OWN_SESSION:
            assert described == "The caller has no session: it is a key or a token"
            continue
        permission = operation["x-permission"]
        named = f"`{permission}`" if permission else "that this transition wants"
        assert described.endswith(named), f"{method} {path}"


def test_every_answer_has_its_schema(document: Document) -> None:
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            empty = status in ("204", "304") or (path, status) == (f"{BASE}/auth/forgotten", "202")
            assert ("content" in response) is not empty, f"{method} {path} {status}"
            assert response["description"]
        assert any(status[0] == "2" for status in operation["responses"]), f"{method} {path}"


def test_what_can_be_asked_for_by_version_is_answered_with_its_version(document: Document) -> None:
    found: dict[str, list[str]] = {"If-None-Match": [], "If-Match": []}
    for method, path, operation in operations(document):
        for name in found:
            if ("header", name) in parameters(document, path, operation):
                found[name].append(f"{method} {path}")
        conditional = ("header", "If-None-Match") in parameters(document, path, operation)
        assert ("304" in operation["responses"]) is conditional, f"{method} {path}"
        if conditional:
            assert "ETag" in operation["responses"]["200"]["headers"], f"{method} {path}"
    one = f"{BASE}/interviews/{{interviewId}}"
    assert found == {
        "If-None-Match": [
            f"get {one}",
            f"get {one}/plan",
            f"get {one}/scorecards/me",
            f"get {one}/assessment",
        ],
        "If-Match": [
            f"put {one}",
            f"delete {one}",
            f"put {one}/plan",
            f"put {one}/scorecards/me",
            f"delete {one}/scorecards/me",
            f"post {BASE}/workflow/interviews/{{interviewId}}/transition",
            f"post {BASE}/a2a/interview/{{runId}}/approve",
            f"patch {BASE}/a2a/interview/{{runId}}/request-modification",
            f"post {BASE}/a2a/interview/{{interviewId}}/approve-assessment",
            f"delete {one}/candidate-data",
        ],
    }


def test_every_create_and_transition_can_be_retried_with_a_key(document: Document) -> None:
    for method, path, operation in operations(document):
        taken = ("header", "Idempotency-Key") in parameters(document, path, operation)
        if path.startswith(f"{BASE}/auth/"):
            assert not taken, f"{method} {path}"
        elif not path.startswith(f"{BASE}/tenant/"):
            assert taken is (method == "post"), f"{method} {path}"


# --- what there is


def test_every_route_is_documented_and_every_documented_path_is_a_route(
    app: Flask, document: Document
) -> None:
    routes = {
        (
            method.lower(),
            re.sub(r"<(?:\w+:)?(\w+)>", lambda found: f"{{{api_name(found[1])}}}", rule.rule),
        )
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith(OUTSIDE)
        and not rule.endpoint.startswith(("docs.", "links.", "kit.", "dashboard."))
    }
    assert {(method, path) for method, path, _ in operations(document)} == routes


OUTSIDE = (
    "/api/docs",
    "/api/openapi",
    "/setup",
    "/invitation",
    "/a2a",
    "/mcp",
    "/.well-known",
)
"""Pages for people, and the protocols of agents, which have descriptions of their own."""

NO_ONE_PERMISSION = {"the transition's": None, "any caller": None, "one's session": None}


def reference() -> Iterator[tuple[str, str, str | None]]:
    """Yield the method, path and permission of each call in the documented table."""
    table = API.split("| Method | Endpoint below `/api/v1` | Permission | Does |\n")[1]
    for line in table.split("\n\n")[0].splitlines()[1:]:
        methods, path, permissions, _ = (each.strip() for each in line.strip("|").split("|")[:4])
        owner = path.strip("`/").split("/")[0]
        ids = {"users": ":userId", "api-keys": ":keyId"}
        path = BASE + path.strip("`").replace(":id", ids.get(owner, ":interviewId"))
        path = re.sub(r":(\w+)", r"{\1}", path)
        names = permissions.split(", ")
        for number, method in enumerate(methods.split(", ")):
            name = names[min(number, len(names) - 1)]
            yield method.lower(), path, NO_ONE_PERMISSION.get(name, name)


def test_the_table_of_endpoints_is_that_of_the_document(document: Document) -> None:
    told = sorted(reference(), key=str)
    documented = [
        (method, path, operation.get("x-permission", "nobody's"))
        for method, path, operation in operations(document)
        if path not in PROBES
    ]
    assert told == sorted(documented, key=str)
    for path in PROBES:
        assert f"`GET {path}`" in API


def test_every_event_that_is_posted_is_documented(document: Document) -> None:
    events = set(payloads.EVENT_TYPES)
    assert set(document["webhooks"]) == events
    for item in document["webhooks"].values():
        body = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert body == {"$ref": "#/components/schemas/WebhookEvent"}
        assert {each["name"] for each in item["post"]["parameters"]} == {
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
        }


def test_every_state_and_transition_is_documented(document: Document) -> None:
    schemas = document["components"]["schemas"]
    assert schemas["WorkflowState"]["enum"] == list(State)
    assert schemas["Transition"]["enum"] == list(Transition)


# --- examples


def test_every_request_shows_a_body_that_can_be_sent_as_it_stands(document: Document) -> None:
    shown = 0
    for method, path, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        whole = {**content["schema"], "components": document["components"]}
        problems = list(Draft202012Validator(whole).iter_errors(content["example"]))
        assert problems == [], f"{method} {path}"
        assert not {"callbackUrl", "webhookUrl", "url"} & set(content["example"])
        shown += 1
    assert shown == 24


def test_every_example_is_valid_by_its_own_schema(document: Document) -> None:
    checked = 0
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            if "example" in described:
                whole = {**described, "components": document["components"]}
                problems = [
                    error.message
                    for error in Draft202012Validator(whole).iter_errors(described["example"])
                ]
                assert problems == [], f"{name}.{field}"
                checked += 1
    for method, path, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            if "example" in parameter["schema"]:
                whole = {**parameter["schema"], "components": document["components"]}
                validator = Draft202012Validator(whole)
                problems = list(validator.iter_errors(parameter["schema"]["example"]))
                assert problems == [], f"{method} {path} {parameter['name']}"
    assert checked > 50


def test_every_field_that_comes_in_is_described_and_has_an_example_where_it_must_be_given(
    document: Document,
) -> None:
    schemas = document["components"]["schemas"]
    for name in ("InterviewCreate", "InterviewUpdate", "TransitionRequest", "Verdict", "Intake"):
        properties = schemas[name]["properties"]
        assert [field for field in properties if not properties[field].get("description")] == []
        required = schemas[name].get("required", ())
        assert [field for field in required if "example" not in properties[field]] == [], name
    row = schemas["Interview"]["properties"]
    assert [field for field in row if not row[field].get("description")] == []


def test_the_examples_together_are_the_request_of_the_reference(document: Document) -> None:
    schema = document["components"]["schemas"]["InterviewCreate"]
    examples = {
        field: described["example"]
        for field, described in schema["properties"].items()
        if "example" in described
    }
    assert examples == details()
    validator = Draft202012Validator({**schema, "components": document["components"]})
    assert list(validator.iter_errors(details())) == []
    for field in schema["required"]:
        assert not validator.is_valid(details(**{field: ...})), field
    assert not validator.is_valid(details(nonsense="x"))
