"""Where the pages are: below a path of PUBLIC_URL, at addresses that lead nowhere, past a limit."""

from typing import Any

import pytest

from interview_service.lifecycle import set_up
from tests.callers import Caller, details
from tests.conftest import AppFactory
from tests.integration.test_dashboard import PASSWORD, added, interview_form
from tests.pages.people import Person, directory_of, parsed

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PATH = "/interviews"


# --- below a path


def behind_a_proxy_that_takes_the_path_off(application: Any) -> Any:
    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(PATH)
        environ["HTTP_X_FORWARDED_PREFIX"] = PATH
        return application(environ, start_response)

    return answer


@pytest.mark.parametrize("is_taken_off", [False, True])
def test_a_service_below_a_path_is_used_to_its_end(
    app_on: AppFactory,
    sqlite_database: Any,
    monkeypatch: pytest.MonkeyPatch,
    is_taken_off: bool,
) -> None:
    """The path is the most awkward there is: one of the service's own."""
    app = app_on(sqlite_database, public_url=f"https://example.org{PATH}")
    if is_taken_off:
        proxied = behind_a_proxy_that_takes_the_path_off(app.wsgi_app)
        monkeypatch.setattr(app, "wsgi_app", proxied)
    client = app.test_client()
    seen: set[str] = set()

    def ask(method: str, address: str, **fields: str) -> Any:
        assert address.startswith(f"{PATH}/"), address
        seen.add(address.partition("?")[0])
        return client.open(address, method=method, data=fields or None)

    def form(address: str) -> str:
        field = parsed(ask("GET", address)).select_one("input[name=csrf]")
        assert field is not None
        return str(field["value"])

    code = set_up.new_set_up_code(directory_of(app))
    csrf = form(f"{PATH}/setup?code={code}")
    person = {"tenant": "acme", "name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    begun = ask("POST", f"{PATH}/setup", csrf=csrf, code=str(code), **person)
    assert begun.location == f"{PATH}/interviews"
    cookies = client._cookies.values()  # type: ignore[union-attr]
    assert {(each.key, each.path, each.secure) for each in cookies} >= {
        ("__Secure-interview_session", PATH, True)
    }
    taken = ask(
        "POST", f"{PATH}/interviews/new", csrf=form(f"{PATH}/interviews/new"), **interview_form()
    )
    address = taken.location.partition("?")[0]
    page = parsed(ask("GET", address))
    current = page.select_one(".bar nav a[aria-current]")
    assert current is not None
    assert current["href"] == f"{PATH}/interviews"
    places = [each.get("href") or each.get("src") or each.get("action") for each in page.find_all()]
    for place in filter(None, places):
        assert str(place).startswith((f"{PATH}/", "#")), place
    for each in page.select("link[rel=stylesheet], script"):
        with ask("GET", str(each.get("href") or each.get("src"))) as asset:
            assert asset.status_code == 200
    out = ask("POST", f"{PATH}/sign-out", csrf=form(f"{PATH}/account"))
    assert out.location == f"{PATH}/sign-in?said=signed-out"
    back = ask("GET", address)
    assert back.location.startswith(f"{PATH}/sign-in?next=/interviews/")
    signed_in = ask(
        "POST",
        f"{PATH}/sign-in",
        csrf=form(back.location),
        next=address.removeprefix(PATH),
        email="ada@example.com",
        password=PASSWORD,
    )
    assert signed_in.location == address
    assert ask("GET", signed_in.location).status_code == 200
    document = ask("GET", f"{PATH}/api/openapi.json").json
    assert document["servers"] == [{"url": PATH}]
    assert len(seen) > 8


def test_the_api_below_a_path_tells_addresses_that_lead_there(
    app_on: AppFactory, sqlite_database: Any
) -> None:
    app = app_on(sqlite_database, public_url="https://example.org/hiring/")
    caller = Caller(app)
    place = "/hiring/api/v1/interviews"
    made = app.test_client().post(place, json=details(), headers=caller.headers)
    assert made.headers["Location"] == f"{place}/{made.json['id']}"
    listed = app.test_client().get("/hiring/api/v1/interviews?limit=1", headers=caller.headers)
    assert listed.headers["Link"].startswith("</hiring/api/v1/interviews?limit=1&page=1>")
    direct = app.test_client().get("/health/live")
    assert direct.status_code == 200
    assert app.test_client().get("/hiringx/sign-in").status_code == 404


# --- addresses that lead nowhere


def test_a_browser_reads_a_page_where_there_is_none(
    app_on: AppFactory, sqlite_database: Any
) -> None:
    app = app_on(sqlite_database)
    ada, nobody = Person(app), Person(app, None)
    for person, is_known in ((ada, True), (nobody, False)):
        for method, path, status in (
            ("GET", "/nothing", 404),
            ("GET", "/interviews/1/nothing", 404),
            ("GET", "/sign-out", 405),
            ("POST", "/audit", 405),
        ):
            answer = person.client.open(path, method=method, headers=BROWSER)
            assert (answer.status_code, answer.mimetype) == (status, "text/html"), path
            assert answer.headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert ("Audit log" in answer.text) is is_known
            assert ("Allow" in answer.headers) is (status == 405)


def test_programs_read_json_where_there_is_nothing(
    app_on: AppFactory, sqlite_database: Any
) -> None:
    client = app_on(sqlite_database).test_client()
    plain = {"statusCode": 404, "message": "Not found"}
    for path in ("/nothing", "/interviews/1/nothing"):
        for headers in ({}, {"Accept": "*/*"}, {"Accept": "application/json"}):
            assert client.get(path, headers=headers).json == plain
    for path in ("/api", "/api/v1/nothing", "/api/nothing", "/health/nothing", "/.well-known/x"):
        assert client.get(path, headers=BROWSER).json == plain, path
    assert client.get("/apiary", headers=BROWSER).mimetype == "text/html"
    off = app_on(sqlite_database, dashboard="off").test_client()
    assert off.get("/nothing", headers=BROWSER).json == plain


# --- past the limit


def test_pages_count_as_requests_do(app_on: AppFactory, sqlite_database: Any) -> None:
    app = app_on(sqlite_database, rate_limit="6/minute")
    ada, grace = Person(app), Person(app)
    interview = added(ada)  # two requests: the page with the form, and the form
    for _ in range(4):
        assert ada.get(f"/interviews/{interview}").status_code == 200
    with_style = ada.get("/assets/style.css")
    assert with_style.status_code == 200
    with_style.close()
    refused = ada.get("/interviews")
    assert (refused.status_code, refused.mimetype) == (429, "text/html")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert "Too many requests: try again in" in refused.text
    assert ada.client.get("/nothing", headers=BROWSER).status_code == 429
    assert grace.get("/interviews").status_code == 200


def test_a_tenants_pages_and_calls_share_its_limit(
    app_on: AppFactory, sqlite_database: Any
) -> None:
    app = app_on(sqlite_database, tenant_rate_limit="4/minute")
    ada, caller = Person(app), Caller(app)
    assert [ada.get("/interviews").status_code for _ in range(2)] == [200, 200]
    assert [caller.get("/interviews").status_code for _ in range(3)] == [200, 200, 429]
    assert ada.get("/interviews").status_code == 429


def test_guesses_at_a_session_are_counted(app_on: AppFactory, sqlite_database: Any) -> None:
    client = app_on(sqlite_database, rate_limit="3/minute").test_client()
    answers = []
    for number in range(4):
        client.set_cookie("interview_session", f"guess-{number}")
        answers.append(client.get("/interviews").status_code)
    assert answers == [303, 303, 303, 429]
