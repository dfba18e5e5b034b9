"""Every answer tells browsers and caches what they may do with it."""

import re

import pytest

from tests.callers import BASE, Caller


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


@pytest.mark.parametrize(
    "path",
    [
        "/health/live",
        "/health/ready",
        "/api/openapi.json",
        "/api/docs",
        "/api/docs/start.js",
        "/api/docs/assets/js/swagger-ui-bundle.js",
        f"{BASE}/interviews",
        f"{BASE}/nothing",
        "/",
    ],
)
def test_every_answer_is_what_it_says_and_tells_nobody_where_it_was(
    caller: Caller, path: str
) -> None:
    for method in ("GET", "DELETE"):
        response = caller.client.open(path, method=method, buffered=True)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_no_cache_keeps_what_is_answered_to_somebody(caller: Caller) -> None:
    record = caller.create()
    path = f"/interviews/{record['id']}"
    tag = caller.get(path).headers["ETag"]
    for response in (
        caller.get("/interviews"),
        caller.get(path),
        caller.get(path, headers={"If-None-Match": tag}),
        caller.put(path, {"level": "GURU"}),
        caller.get(f"{path}/plan"),
        caller.delete(path),
    ):
        assert response.headers["Cache-Control"] == "no-store", response.status


def test_the_page_runs_no_script_and_no_style_but_files_of_the_service(caller: Caller) -> None:
    page = caller.client.get("/api/docs")
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", page.text) == []
    for source in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert caller.client.get(source, buffered=True).status_code == 200


def test_the_page_keeps_no_token_in_the_browser(caller: Caller) -> None:
    script = caller.client.get("/api/docs/start.js", buffered=True).text
    assert "persistAuthorization: false" in script
    assert "Storage" not in script
