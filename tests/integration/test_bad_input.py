"""Every rule about input at its edges: a clear error in the one shape, and nothing changed."""

import json
from io import BytesIO
from typing import Any

import pytest
from gunicorn.http.errors import InvalidChunkSize
from werkzeug.test import TestResponse

from interview_service.processes import _RequestBody
from tests.callers import BASE, Caller, details

LIMITS = {
    "candidateName": 200,
    "position": 200,
    "jobDescription": 20_000,
    "companyName": 200,
    "companyDescription": 5_000,
    "externalId": 200,
}
REQUIRED = ("candidateName", "candidateEmail", "position", "level", "skills")
MISSING = "Missing data for required field."


def refused(response: TestResponse, errors: Any, place: str = "json") -> bool:
    return (response.status_code, response.json) == (
        422,
        {"statusCode": 422, "message": "Validation failed", "errors": {place: errors}},
    )


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


@pytest.fixture(autouse=True)
def nothing_is_left_behind(caller: Caller) -> Any:
    """Fail a test that says nothing of it and leaves a record."""
    yield
    kept = getattr(caller, "expects", 0)
    assert caller.get("/interviews").json["meta"]["total"] == kept


def accepts(caller: Caller, **changes: Any) -> dict[str, Any]:
    caller.expects = getattr(caller, "expects", 0) + 1  # type: ignore[attr-defined]
    return caller.create(**changes)


@pytest.mark.parametrize("field", REQUIRED)
def test_a_required_field_must_be_there(caller: Caller, field: str) -> None:
    assert refused(caller.post("/interviews", details(**{field: ...})), {field: [MISSING]})
    null = caller.post("/interviews", details(**{field: None}))
    assert refused(null, {field: ["Field may not be null."]})


@pytest.mark.parametrize(("field", "most"), LIMITS.items())
def test_text_has_its_longest_length(caller: Caller, field: str, most: int) -> None:
    assert accepts(caller, **{field: "é" * most})[field] == "é" * most
    assert accepts(caller, **{field: f"  {'x' * most}\n"})[field] == "x" * most
    least = 1 if field in REQUIRED else 0
    errors = {field: [f"Length must be between {least} and {most}."]}
    assert refused(caller.post("/interviews", details(**{field: "x" * (most + 1)})), errors)


@pytest.mark.parametrize("field", ["candidateName", "position"])
@pytest.mark.parametrize("blank", ["", "   ", "\n\t", "\u2003"])
def test_required_text_is_not_blank(caller: Caller, field: str, blank: str) -> None:
    errors = {field: ["Length must be between 1 and 200."]}
    assert refused(caller.post("/interviews", details(**{field: blank})), errors)


@pytest.mark.parametrize("field", ["jobDescription", "companyName", "externalId", "callbackUrl"])
def test_optional_text_that_is_blank_is_null(caller: Caller, field: str) -> None:
    assert accepts(caller, **{field: "  "})[field] is None


@pytest.mark.parametrize("text", ["a\x00b", "\x00"])
@pytest.mark.parametrize("field", ["candidateName", "jobDescription", "externalId"])
def test_u0000_is_refused(caller: Caller, field: str, text: str) -> None:
    response = caller.post("/interviews", details(**{field: text}))
    assert refused(response, {field: ["Must not contain U+0000."]})


@pytest.mark.parametrize("escaped", [r"\ud800", r"\udfff", r"x\udc00y"])
def test_lone_surrogates_are_refused(caller: Caller, escaped: str) -> None:
    body = json.dumps(details(candidateName="NAME")).replace("NAME", escaped)
    response = caller.call("POST", "/interviews", data=body, content_type="application/json")
    assert refused(response, {"candidateName": ["Must not contain lone surrogates."]})


@pytest.mark.parametrize("key", [r"\ud800", r"x\udfff", r"\u0000", "", "__proto__"])
def test_a_key_that_is_no_field_is_refused_whatever_it_is(caller: Caller, key: str) -> None:
    body = json.dumps(details(KEY=1)).replace("KEY", key)
    response = caller.call("POST", "/interviews", data=body, content_type="application/json")
    shown = json.loads(f'"{key}"').encode("utf-8", "replace").decode()
    assert refused(response, {shown: ["Unknown field."]})


@pytest.mark.parametrize(
    "name", ["😀👩‍🚀", "שלום עולם", "\u202eabc", "O'Brien; DROP TABLE", "明美", "%_\\"]
)
def test_any_other_text_comes_back_as_it_went_in(caller: Caller, name: str) -> None:
    record = accepts(caller, candidateName=name)
    assert caller.get(f"/interviews/{record['id']}").json["candidateName"] == name


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, ["x"]])
@pytest.mark.parametrize("field", ["candidateName", "candidateEmail", "jobDescription", "level"])
def test_numbers_and_others_are_no_text(caller: Caller, field: str, value: Any) -> None:
    response = caller.post("/interviews", details(**{field: value}))
    assert refused(response, {field: ["Not a valid string."]})


@pytest.mark.parametrize(
    "email", ["jane", "jane@", "@example.com", "a b@example.com", "a@b", "a@@b.co"]
)
def test_what_is_no_address_is_refused(caller: Caller, email: str) -> None:
    response = caller.post("/interviews", details(candidateEmail=email))
    assert refused(response, {"candidateEmail": ["Not a valid email address."]})


def test_an_address_has_at_most_320_characters(caller: Caller) -> None:
    longest = "a" * 312 + "@b.co.uk"
    assert accepts(caller, candidateEmail=longest)["candidateEmail"] == longest
    errors = {"candidateEmail": ["Length must be between 1 and 320."]}
    assert refused(caller.post("/interviews", details(candidateEmail="a" + longest)), errors)


@pytest.mark.parametrize("level", ["senior", "GURU", "", " SENIOR"])
def test_a_level_is_one_of_five(caller: Caller, level: str) -> None:
    response = caller.post("/interviews", details(level=level))
    errors = {"level": ["Must be one of: JUNIOR, MID, SENIOR, LEAD, PRINCIPAL."]}
    assert refused(response, errors)


def test_skills_are_1_to_50_of_1_to_100_characters(caller: Caller) -> None:
    assert len(accepts(caller, skills=[f"skill {n}" for n in range(50)])["skills"]) == 50
    assert accepts(caller, skills=["x" * 100])["skills"] == ["x" * 100]
    for skills, errors in (
        ([], ["Length must be between 1 and 50."]),
        (["x"] * 51, ["Length must be between 1 and 50."]),
        (["x" * 101], {"0": ["Length must be between 1 and 100."]}),
        (["x", ""], {"1": ["Length must be between 1 and 100."]}),
        ([1], {"0": ["Not a valid string."]}),
        ("x", ["Not a valid list."]),
        ({"x": 1}, ["Not a valid list."]),
    ):
        assert refused(caller.post("/interviews", details(skills=skills)), {"skills": errors})


def test_skills_that_repeat_are_dropped_and_the_order_is_kept(caller: Caller) -> None:
    given = ["React", " SQL ", "react", "Straße", "STRASSE", "sql", "Go"]
    assert accepts(caller, skills=given)["skills"] == ["React", "SQL", "Straße", "Go"]


NAIVE = "Must carry an offset, like 2024-01-15T10:00:00.000Z."
NO_TIME = "Not a timestamp of RFC 3339, like 2024-01-15T10:00:00.000Z."


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("2024-02-01T10:00:00", NAIVE),
        ("2024-02-01", NO_TIME),
        ("2024-02-30T10:00:00Z", NO_TIME),
        ("2024-02-01T25:00:00Z", NO_TIME),
        ("2024-02-01T10:00:60Z", NO_TIME),
        ("0001-01-01T00:00:00+14:00", NO_TIME),
        ("9999-12-31T23:59:59-14:00", NO_TIME),
        ("20240201T100000Z", NO_TIME),
        ("2024-W05-4T10:00:00Z", NO_TIME),
        ("2024-02-01T10:00:00+1:00", NO_TIME),
        ("２０２４-02-01T10:00:00Z", NO_TIME),
        ("tomorrow", NO_TIME),
        ("", NO_TIME),
        (1706781600000, NO_TIME),
        (True, NO_TIME),
    ],
)
def test_what_is_no_moment_is_refused(caller: Caller, given: Any, error: str) -> None:
    response = caller.post("/interviews", details(scheduledAt=given))
    assert refused(response, {"scheduledAt": [error]})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2024-02-01T10:00:00.000Z", "2024-02-01T10:00:00.000Z"),
        ("2024-02-01t10:00:00z", "2024-02-01T10:00:00.000Z"),
        ("2024-02-01T10:00:00.123456789Z", "2024-02-01T10:00:00.123Z"),
        ("2024-02-01T10:00:00.9996+02:00", "2024-02-01T08:00:00.999Z"),
        ("2024-02-29T23:30:00-05:30", "2024-03-01T05:00:00.000Z"),
        ("1969-12-31T23:59:59.001Z", "1969-12-31T23:59:59.001Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        (None, None),
    ],
)
def test_a_moment_comes_back_in_utc_with_milliseconds(
    caller: Caller, given: Any, kept: Any
) -> None:
    record = accepts(caller, scheduledAt=given)
    assert caller.get(f"/interviews/{record['id']}").json["scheduledAt"] == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://ats.example.com/",
        "ftp://ats.example.com/",
        "ats.example.com",
        "https://",
        "https://user:secret@ats.example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://ats.example.com/" + "x" * 2048,
        "javascript:alert(1)",
    ],
)
def test_a_callback_url_is_public_https(caller: Caller, url: str) -> None:
    response = caller.post("/interviews", details(callbackUrl=url))
    assert (response.status_code, list(response.json["errors"]["json"])) == (422, ["callbackUrl"])


@pytest.mark.parametrize(
    "field",
    ["id", "tenantId", "workflowState", "planId", "createdAt", "nonsense", "candidate_name"],
)
def test_unknown_fields_are_refused(caller: Caller, field: str) -> None:
    response = caller.post("/interviews", details(**{field: "x"}))
    assert refused(response, {field: ["Unknown field."]})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Request body is empty: it must be a JSON object"),
        (b"[]", "Request body must be a JSON object"),
        (b'"text"', "Request body must be a JSON object"),
        (b"null", "Request body must be a JSON object"),
        (b"{", "Request body is not JSON: Expecting property name enclosed in double quotes"),
        (b'{"a": 1,}', "Request body is not JSON"),
        (b'{"a": NaN}', "Request body is not JSON: NaN is no JSON number"),
        (b'{"a": -Infinity}', "Request body is not JSON: -Infinity is no JSON number"),
        (b'{"a": 1, "a": 2}', "Request body is not JSON: a key is repeated in an object"),
        (b'{"a": {"b": 1, "b": 1}}', "Request body is not JSON: a key is repeated"),
        (b"\xff\xfe{}", "Request body is not UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "Request body is not UTF-8"),
        (b'{"a":' * 100_000, "Request body is nested too deep"),
        (b"[" * 200_000, "Request body is nested too deep"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "Request body is not JSON"),
    ],
)
def test_a_body_that_is_no_json_object_is_400(caller: Caller, body: bytes, message: str) -> None:
    response = caller.call("POST", "/interviews", data=body, content_type="application/json")
    assert (response.status_code, response.json["statusCode"]) == (400, 400)
    assert response.json["message"].startswith(message)
    assert set(response.json) == {"statusCode", "message"}


def test_a_body_may_be_marked_as_utf8_twice(caller: Caller) -> None:
    caller.expects = 1  # type: ignore[attr-defined]
    body = b"\xef\xbb\xbf" + json.dumps(details()).encode()
    response = caller.call(
        "POST", "/interviews", data=body, content_type="application/json; charset=utf-8"
    )
    assert response.status_code == 201


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "xml"])
def test_a_body_that_is_not_said_to_be_json_is_415(caller: Caller, kind: str | None) -> None:
    response = caller.call(
        "POST", "/interviews", data=json.dumps(details()), content_type=kind or ""
    )
    assert (response.status_code, response.json) == (
        415,
        {"statusCode": 415, "message": "Content-Type must be application/json"},
    )


def padded(size: int) -> bytes:
    body = json.dumps(details()).encode()
    return body + b" " * (size - len(body))


def test_a_body_has_at_most_1_mib(caller: Caller) -> None:
    caller.expects = 1  # type: ignore[attr-defined]
    whole = {"content_type": "application/json"}
    assert caller.call("POST", "/interviews", data=padded(2**20), **whole).status_code == 201
    large = caller.call("POST", "/interviews", data=padded(2**20 + 1), **whole)
    assert (large.status_code, large.json) == (
        413,
        {"statusCode": 413, "message": "Request body is larger than 1 MiB"},
    )


def test_a_body_in_chunks_has_at_most_1_mib(caller: Caller) -> None:
    response = caller.client.open(
        f"{BASE}/interviews",
        method="POST",
        headers={**caller.headers, "Transfer-Encoding": "chunked"},
        content_type="application/json",
        input_stream=BytesIO(padded(2**20 + 1)),
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert response.status_code == 413


class Broken(BytesIO):
    """A body whose chunks are none, as gunicorn's reader finds."""

    def readinto(self, buffer: Any) -> int:
        raise InvalidChunkSize(b"zz")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}])
def test_a_body_that_breaks_off_is_400(caller: Caller, headers: dict[str, str]) -> None:
    response = caller.client.open(
        f"{BASE}/interviews",
        method="POST",
        headers={**caller.headers, **headers, "Transfer-Encoding": "chunked"},
        content_type="application/json",
        environ_overrides={
            "wsgi.input": _RequestBody(Broken()),
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": "",
        },
    )
    assert (response.status_code, response.json) == (
        400,
        {"statusCode": 400, "message": "Request body cannot be read to its end"},
    )


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("page=0", {"page": ["Must be greater than or equal to 1."]}),
        ("page=-1", {"page": ["Not a valid integer."]}),
        ("page=1.5", {"page": ["Not a valid integer."]}),
        ("page=1_0", {"page": ["Not a valid integer."]}),
        ("page=١", {"page": ["Not a valid integer."]}),
        ("page=", {"page": ["Not a valid integer."]}),
        ("page=" + "9" * 5000, {"page": ["Not a valid integer."]}),
        (
            "limit=0",
            {"limit": ["Must be greater than or equal to 1 and less than or equal to 100."]},
        ),
        (
            "limit=101",
            {"limit": ["Must be greater than or equal to 1 and less than or equal to 100."]},
        ),
        ("limit=all", {"limit": ["Not a valid integer."]}),
        ("nonsense=1", {"nonsense": ["Unknown field."]}),
        ("page=1&page=2", {"page": ["Must be given once."]}),
        ("q=%00", {"q": ["Must not contain U+0000."]}),
        ("q=" + "x" * 201, {"q": ["Length must be between 0 and 200."]}),
    ],
)
def test_a_bad_query_is_refused(caller: Caller, query: str, errors: Any) -> None:
    assert refused(caller.get(f"/interviews?{query}"), errors, "query")


@pytest.mark.parametrize("state", ["pending", "NONE", "", "PENDING,APPROVED"])
def test_a_state_is_one_of_the_table(caller: Caller, state: str) -> None:
    response = caller.get(f"/interviews?state={state}")
    assert (response.status_code, list(response.json["errors"]["query"])) == (422, ["state"])


@pytest.mark.parametrize("query", ["page=%zz", "page=%", "limit=1;page=2", "page=%2b1"])
def test_what_is_badly_encoded_is_no_number(caller: Caller, query: str) -> None:
    response = caller.get(f"/interviews?{query}")
    name = query.partition("=")[0]
    assert refused(response, {name: ["Not a valid integer."]}, "query")


@pytest.mark.parametrize("q", ["%ff", "%ED%A0%80", "%", "%zz", "%EF%B7%BA" * 200, "%22%22%22"])
def test_a_search_for_what_nobody_can_have_finds_nothing(caller: Caller, q: str) -> None:
    accepts(caller)
    response = caller.get(f"/interviews?q={q}")
    assert (response.status_code, response.json["meta"]["total"]) == (200, 0)


def test_1_and_100_rows_are_a_page_and_any_page_number_is_answered(caller: Caller) -> None:
    for query in ("limit=1", "limit=100", "page=999999999999999999", "page=007", "q="):
        assert caller.get(f"/interviews?{query}").status_code == 200


@pytest.mark.parametrize(
    "key",
    [
        "1",
        "interview-uuid",
        "00000000-0000-0000-0000-00000000000",
        "{01a20d8b-29c3-7aa7-9ec2-1f4ecf59966e}",
        "urn:uuid:01a20d8b-29c3-7aa7-9ec2-1f4ecf59966e",
        "01a20d8b29c37aa79ec21f4ecf59966e",
        "01a20d8b-29c3-7aa7-9ec2-1f4ecf59966e ",
        "%00",
        "..%2f..",
        "x" * 2000,
        "٠" * 36,
    ],
)
def test_an_id_that_is_no_uuid_is_not_found(caller: Caller, key: str) -> None:
    for method, path, body in (
        ("GET", f"/interviews/{key}", None),
        ("PUT", f"/interviews/{key}", {}),
        ("DELETE", f"/interviews/{key}", None),
        ("GET", f"/interviews/{key}/plan", None),
        ("GET", f"/interviews/{key}/status", None),
        ("GET", f"/workflow/interviews/{key}/history", None),
    ):
        response = caller.call(method, path, json=body)
        assert response.status_code == 404
        assert response.json["statusCode"] == 404


def test_an_id_in_capitals_is_the_same_id(caller: Caller) -> None:
    record = accepts(caller)
    assert caller.get(f"/interviews/{record['id'].upper()}").json == record


def test_wrong_methods_and_paths_are_json_as_well(caller: Caller) -> None:
    wrong = caller.call("PATCH", "/interviews")
    assert (wrong.status_code, wrong.json) == (
        405,
        {"statusCode": 405, "message": "Method PATCH is not allowed here"},
    )
    assert wrong.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert caller.get("/nothing").json == {"statusCode": 404, "message": "Not found"}


@pytest.mark.parametrize("change", [{"candidateName": None}, {"skills": []}, {"level": "X"}])
def test_a_bad_update_changes_nothing(caller: Caller, change: dict[str, Any]) -> None:
    record = accepts(caller)
    response = caller.put(f"/interviews/{record['id']}", {"companyName": "New", **change})
    assert response.status_code == 422
    assert caller.get(f"/interviews/{record['id']}").json == record
