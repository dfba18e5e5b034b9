"""What the pages keep out: other sites' forms, other tenants, who lacks a permission, scripts."""

import re

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from interview_service import lifecycle
from interview_service.domain.roles import Role
from interview_service.domain.workflow import State, Transition, grants
from interview_service.lifecycle.base import Actor
from tests.callers import Caller
from tests.integration.test_dashboard import (
    interview_form,
    planned,
    repository_of,
    state,
)
from tests.pages.people import COOKIE, Person, parsed

EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}</textarea>"


# --- forms that other sites cannot send


def dashboard_rules(app: Flask, method: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "00000000-0000-7000-8000-000000000000", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("dashboard.")
        and method in (rule.methods or ())
        and rule.endpoint != "dashboard.static"
    ]


def test_no_form_is_taken_without_its_sessions_token(sqlite_app: Flask) -> None:
    ada, other = Person(sqlite_app), Person(sqlite_app)
    nobody = Person(sqlite_app, None)
    rules = dashboard_rules(sqlite_app, "POST")
    assert len(rules) > 15
    for path in rules:
        for given in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": other.csrf()}, {"csrf": "é"}):
            for person in (ada, nobody):
                assert person.client.post(path, data=given).status_code == 400, path
    assert repository_of(ada).lists.page(limit=1).total == 0


def test_no_page_is_shown_to_who_is_not_signed_in(sqlite_app: Flask) -> None:
    nobody = Person(sqlite_app, None)
    public = {"/setup", "/sign-in", "/invitation", "/forgotten"}
    for path in set(dashboard_rules(sqlite_app, "GET")) - public:
        answer = nobody.get(path)
        assert answer.status_code == 303, path
        assert answer.location.startswith("/sign-in"), path
    for path in set(dashboard_rules(sqlite_app, "POST")) - public - {"/sign-out"}:
        answer = nobody.send(path, csrf_of="/sign-in")
        assert answer.status_code == 303, path
        assert answer.location.startswith("/sign-in"), path


def test_the_api_takes_no_cookie_and_the_pages_no_token(sqlite_app: Flask) -> None:
    ada, caller = Person(sqlite_app), Caller(sqlite_app)
    assert ada.get("/api/v1/interviews").status_code == 401
    bearer = sqlite_app.test_client().get("/interviews", headers=caller.headers)
    assert bearer.status_code == 303
    cookie = ada.client.get_cookie(COOKIE)
    assert cookie is not None
    token = {"Authorization": f"Bearer {cookie.value}"}
    assert sqlite_app.test_client().get("/api/v1/interviews", headers=token).status_code == 401


# --- who may do what

FORMS_BY_PERMISSION = {
    "interview:create": ["/interviews/new"],
    "interview:update": [
        "/interviews/{id}/edit",
        "/interviews/{id}/plan/edit",
        "/interviews/{id}/transcript",
        "/interviews/{id}/deliveries/{none}/redeliver",
    ],
    "interview:approve": ["/interviews/{id}/retry"],
    "interview:score": ["/interviews/{id}/scorecard", "/interviews/{id}/scorecard/remove"],
    "candidate:export": ["/interviews/{id}/export"],
    "candidate:erase": ["/interviews/{id}/erase"],
    "interview:delete": ["/interviews/{id}/delete"],
    "user:manage": [
        "/team",
        "/team/{none}",
        "/team/{none}/status",
        "/team/{none}/invitation",
        "/team/{none}/remove",
    ],
    "key:manage": ["/api-keys", "/api-keys/{none}/revoke"],
    "tenant:update": ["/settings", "/settings/secret", "/settings/test"],
}
PAGES_BY_PERMISSION = {
    "interview:read": [
        "/interviews",
        "/interviews.csv",
        "/interviews/{id}",
        "/interviews/{id}/plan",
        "/interviews/{id}/kit",
        "/interviews/{id}/transcript",
        "/interviews/{id}/assessment",
        "/interviews/{id}/history",
        "/interviews/{id}/progress",
        "/interviews/{id}/compare",
    ],
    "interview:score": ["/interviews/{id}/scorecard"],
    "candidate:erase": ["/interviews/{id}/erase"],
    "interview:create": ["/interviews/new"],
    "interview:update": ["/interviews/{id}/edit", "/interviews/{id}/plan/edit"],
    "user:read": ["/team"],
    "user:manage": ["/team/{user}"],
    "key:manage": ["/api-keys"],
    "tenant:read": ["/settings"],
    "audit:read": ["/audit"],
}


@pytest.mark.parametrize("role", list(Role))
def test_pages_and_forms_are_open_to_who_may_use_them(sqlite_app: Flask, role: Role) -> None:
    ada, person = Person(sqlite_app), Person(sqlite_app, role)
    places = {
        "id": planned(ada),
        "user": ada.user_id,
        "none": "00000000-0000-7000-8000-000000000000",
    }
    held_permissions = Actor("x", role.permissions).permissions

    def may(permission: str) -> bool:
        return grants(held_permissions, permission)

    for permission, paths in PAGES_BY_PERMISSION.items():
        for path in paths:
            expected = 200 if may(permission) else 403
            assert person.get(path.format(**places)).status_code == expected, path
    shown = {link["href"] for link in person.page("/account").select(".bar nav a")}
    assert shown == {
        path
        for permission, path in (
            ("interview:read", "/interviews"),
            ("user:read", "/team"),
            ("key:manage", "/api-keys"),
            ("tenant:read", "/settings"),
            ("audit:read", "/audit"),
        )
        if may(permission)
    }
    for permission, paths in FORMS_BY_PERMISSION.items():
        for path in paths:
            if not may(permission):
                answer = person.send(path.format(**places))
                assert answer.status_code == 403, path


def test_every_form_and_page_stands_in_these_tables(sqlite_app: Flask) -> None:
    def plain(path: str) -> str:
        return re.sub(r"<[^>]+>|\{\w+\}", "*", path)

    told = {plain(each) for paths in FORMS_BY_PERMISSION.values() for each in paths}
    told |= {plain(each) for paths in PAGES_BY_PERMISSION.values() for each in paths}
    rules = {
        plain(rule.rule)
        for rule in sqlite_app.url_map.iter_rules()
        if rule.endpoint.startswith("dashboard.") and rule.endpoint != "dashboard.static"
    }
    for_everybody = {"/", "/setup", "/sign-in", "/sign-out", "/invitation", "/account"}
    for_everybody |= {"/account/password", "/account/mail", "/forgotten"}
    for_everybody |= {"/interviews/*/transition"}
    assert rules == told | for_everybody


@pytest.mark.parametrize("role", list(Role))
def test_buttons_are_shown_to_who_may_press_them(sqlite_app: Flask, role: Role) -> None:
    interview = planned(Person(sqlite_app))
    person = Person(sqlite_app, role)
    page = person.page(f"/interviews/{interview}")
    shown = {str(each["value"]) for each in page.select("input[name=transition]")}
    assert shown == {
        name
        for name in ("APPROVE", "MODIFY", "REJECT", "CANCEL")
        if grants(role.permissions, str(Transition(name).permission))
    }
    for name in Transition:
        wanted = name.permission
        if wanted is None or not grants(role.permissions, wanted):
            answer = person.send(f"/interviews/{interview}/transition", transition=name.value)
            assert answer.status_code == 403, name


# --- other tenants


NONE = "00000000-0000-7000-8000-000000000000"


def page_requests(app: Flask) -> list[tuple[str, str]]:
    """Return the method and rule of everything that the pages answer."""
    return sorted(
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("dashboard.") and rule.endpoint != "dashboard.static"
        for method in (rule.methods or set()) & {"GET", "POST"}
    )


def filled(rule: str, places: dict[str, str]) -> str:
    return re.sub(r"<string:(\w+)>", lambda match: places[match[1]], rule)


def test_another_tenants_page_is_not_found_like_one_that_does_not_exist(app: Flask) -> None:
    ada, eve = Person(app), Person(app, tenant="globex")
    ada.send("/settings", timeZone="UTC", webhookUrl="https://ats.example.com/hook")
    assert ada.send("/api-keys", name="ats", permissions="interview:read").status_code == 200
    interview = planned(ada)
    real = {
        "interview_id": interview,
        "user_id": ada.user_id,
        "key_id": repository_of(ada).accounts.keys(after=None, limit=1)[0].id,
        "delivery_id": lifecycle.deliveries(repository_of(ada), interview, limit=1)
        .rows[0]
        .delivery.id,
    }
    none = dict.fromkeys(real, NONE)
    csrf = eve.csrf()
    compared = 0
    for method, rule in page_requests(app):
        if "<" not in rule:
            continue
        answers = [
            eve.client.open(filled(rule, places), method=method, data={"csrf": csrf})
            for places in (real, none)
        ]
        assert [each.status_code for each in answers] == [404, 404], (method, rule)
        assert answers[0].text == answers[1].text, (method, rule)
        compared += 1
    assert compared > 25
    assert state(ada, interview) is State.PENDING
    for path in ("/interviews", "/interviews?q=Jane", "/interviews.csv"):
        assert "Jane" not in eve.get(path).text
    assert ada.user_id not in eve.get("/team").text
    assert "ats" not in parsed(eve.get("/api-keys")).select_one("main .split > div").get_text()  # type: ignore[union-attr]
    for path in (f"/audit?interview={interview}", f"/interviews/new?like={interview}"):
        assert "Senior" not in eve.get(path).text
    assert eve.get(f"/settings?test={real['delivery_id']}").status_code == 200


def test_every_page_carries_the_headers_that_keep_it_safe(sqlite_app: Flask) -> None:
    ada, viewer, nobody = (Person(sqlite_app, each) for each in (Role.ADMIN, Role.VIEWER, None))
    places = {
        "interview_id": planned(ada),
        "user_id": ada.user_id,
        "key_id": NONE,
        "delivery_id": NONE,
    }
    seen = set()
    for method, rule in page_requests(sqlite_app):
        for person in (ada, viewer, nobody):
            answer = person.client.open(filled(rule, places), method=method)
            seen.add(answer.status_code)
            headers = answer.headers
            assert headers["Cache-Control"] == "no-store", (method, rule)
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            if answer.mimetype == "text/html":
                policy = headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy
                assert "unsafe" not in policy
                assert "frame-ancestors 'none'" in policy
    assert seen >= {200, 303, 400, 403}


# --- nothing that is typed can run


def assert_harmless(html: str) -> None:
    page = BeautifulSoup(html, "lxml")
    scripts = page.select("script")
    assert all(str(each.get("src", "")).startswith("/assets/live.js") for each in scripts)
    assert all(not each.get_text(strip=True) for each in scripts)
    assert not page.select("img, iframe, object, embed, style")
    for element in page.find_all(True):
        for name, value in element.attrs.items():
            assert not name.startswith("on"), (element.name, name)
            assert name != "style"
            assert "javascript:" not in str(value).lower() or element.name in ("input", "textarea")


def test_nothing_that_is_typed_can_run(sqlite_app: Flask) -> None:
    ada = Person(sqlite_app)
    evil_structure = {
        "duration": 45,
        "opening": [EVIL],
        "closing": [EVIL],
        "checks": [EVIL],
        "notes": [EVIL],
        "sections": [
            {
                "name": EVIL,
                "duration": 45,
                "topics": [EVIL],
                "questions": [
                    {"text": EVIL, "lookFor": [EVIL], "followUps": [EVIL], "criterion": "c"}
                ],
            }
        ],
        "criteria": [{"key": "c", "group": "g", "name": EVIL, "anchors": {"1": EVIL}}],
    }
    described = {
        "candidateName": EVIL,
        "position": EVIL,
        "skills": EVIL,
        "jobDescription": f"{EVIL}<p>Build <b>things</b> [x](javascript:alert(1))</p>",
        "companyName": EVIL,
        "companyDescription": EVIL,
        "location": "javascript:alert(1)",
        "interviewers": EVIL,
    }
    pending = planned(ada, evil_structure, **described)
    interview = planned(ada, evil_structure, externalId=EVIL, **described)
    ada.send("/team", name=EVIL, email="eve@example.com", role="VIEWER")
    ada.send("/account", name=EVIL)
    ada.send("/api-keys", name=EVIL, permissions="interview:read")
    for name in ("APPROVE", "START"):
        ada.send(f"/interviews/{interview}/transition", transition=name, reason=EVIL)
    talk = f"Interviewer: {EVIL}\n<b>Jane</b> {EVIL}: {EVIL}\nJane: {EVIL}\n".encode()
    assert ada.upload(f"/interviews/{interview}/transcript", "t.txt", talk).status_code == 303
    card = {"recommendation": "HIRE", "summary": EVIL, "note-c": EVIL, "ownName": EVIL}
    card_path = f"/interviews/{interview}/scorecard"
    assert ada.send(card_path, do="submit", **card).status_code == 303
    ada.send(f"/interviews/{interview}/transition", transition="COMPLETE")
    paths = {
        filled(rule, {"interview_id": each, "user_id": ada.user_id})
        for each in (pending, interview)
        for method, rule in page_requests(sqlite_app)
        if method == "GET" and not rule.endswith(("/progress", ".csv"))
    }
    paths |= {f"/interviews?q={EVIL}", f"/interviews?state={EVIL}", f"/audit?interview={EVIL}"}
    paths |= {f"/interviews?{name}={EVIL}" for name in ("position", "createdFrom", "sort", "level")}
    paths |= {f"/interviews/{interview}?said={EVIL}", f"/setup?code={EVIL}", f"/{EVIL}"}
    paths |= {f"/invitation?token={EVIL}", f"/sign-in?next={EVIL}"}
    shown = 0
    for path in paths:
        answer = ada.get(path)
        assert answer.status_code in (200, 303, 404, 409), path
        assert_harmless(answer.text)
        shown += "&lt;script&gt;alert(1)" in answer.text
    assert shown >= 20
    fields = dict.fromkeys([*interview_form(), "callbackUrl", "externalId"], EVIL)
    for path, field in (
        ("/interviews/new", fields),
        (f"/interviews/{interview}/edit", fields),
        (f"/interviews/{pending}/plan/edit", {"do": "save", "s0-name": EVIL, "s0-minutes": EVIL}),
        (f"/interviews/{pending}/erase", {"confirmation": f"{EVIL}x"}),
        ("/settings", {"webhookUrl": "javascript:alert(1)", "timeZone": EVIL}),
        ("/api-keys", {"name": EVIL, "permissions": EVIL}),
        ("/team", {"name": EVIL, "email": EVIL, "role": EVIL}),
    ):
        answer = ada.send(path, **field)
        assert answer.status_code == 422
        assert_harmless(answer.text)
