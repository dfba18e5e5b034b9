"""Scorecards: drafts, blindness, versions, and the numbers that come of several."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from interview_service.database.session import Database
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from tests.callers import Caller
from tests.lives import interview_in
from tests.panels import (
    INTERVIEWER,
    assessment,
    card,
    hand_in,
    interviewer,
    judged_interview,
)

ME = "/interviews/{}/scorecards/me"
RACERS = 8


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


@pytest.fixture
def repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


# --- writing


def test_a_card_comes_back_whole(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    given = {
        "ratings": [
            {"criterion": "depth", "rating": 5.0, "note": "Knew why.", "name": None, "group": None},
            {
                "criterion": "humour",
                "rating": None,
                "note": None,
                "name": "Humour",
                "group": "team",
            },
        ],
        "recommendation": "STRONG_HIRE",
        "summary": "Clear and kind.",
        "submitted": True,
    }
    put = hand_in(interviewer(caller, "ada"), one, given)
    shown = {key: value for key, value in put.json.items() if key in given}
    assert shown == given
    assert put.json["interviewer"] == "ada"
    assert put.json["interviewerName"] is None
    assert put.json["submittedAt"] == put.json["updatedAt"]
    read = interviewer(caller, "ada").get(ME.format(one))
    assert (read.json, read.headers["ETag"]) == (put.json, put.headers["ETag"])


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (card(rating=6), "ratings"),
        (card(rating=0), "ratings"),
        (card(rating=3.5), "ratings"),  # type: ignore[arg-type]
        (card(rating=True), "ratings"),
        (card(rating="4"), "ratings"),  # type: ignore[arg-type]
        (card(ratings=[{"criterion": "depth"}]), "ratings"),
        (card(ratings=[{"criterion": "unheard_of", "rating": 3}]), "ratings"),
        (card(ratings=[{"criterion": "own", "rating": 3, "name": "Own"}]), "ratings"),
        (card(ratings=[{"criterion": "depth", "rating": 3}] * 2), "ratings"),
        (card(ratings=[{"criterion": f"c{n}", "rating": 3} for n in range(31)]), "ratings"),
        (card(ratings=[{"criterion": "depth", "rating": 3, "note": "n" * 2001}]), "ratings"),
        (card(ratings=None), "ratings"),
        (card(summary="s" * 5001), "summary"),
        (card(summary="\0"), "summary"),
        (card(recommendation="MAYBE"), "recommendation"),
        (card(recommendation=None), "recommendation"),  # type: ignore[arg-type]
        (card(submitted="yes"), "submitted"),
        ({"ratings": [], "recommendation": "HIRE"}, "submitted"),
        (card(overallScore=3), "overallScore"),
    ],
)
def test_a_card_that_is_not_valid_is_refused_and_changes_nothing(
    given: dict[str, Any], place: str, caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    before = caller.get(f"/interviews/{one}").json
    put = interviewer(caller, "ada").put(ME.format(one), given)
    assert put.status_code == 422, put.json
    assert list(put.json["errors"]["json"]) == [place]
    assert interviewer(caller, "ada").get(ME.format(one)).status_code == 404
    assert caller.get(f"/interviews/{one}").json == before


def test_the_largest_card_is_taken(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    own = [
        {"criterion": f"c{n}", "rating": 3, "note": "n" * 2000, "name": "Own", "group": "own"}
        for n in range(30)
    ]
    put = hand_in(interviewer(caller, "ada"), one, card(ratings=own, summary="s" * 5000))
    assert len(put.json["ratings"]) == 30


@pytest.mark.parametrize("state", State)
def test_cards_are_written_from_the_approval_until_the_verdict(
    state: State, caller: Caller, repository: Repository
) -> None:
    one = interview_in(state, caller, repository)
    ada = interviewer(caller, "ada")
    is_open = state in {
        State.APPROVED,
        State.SCHEDULED,
        State.IN_PROGRESS,
        State.COMPLETED,
        State.ASSESSMENT_PENDING,
    }
    put = ada.put(ME.format(one), card())
    assert put.status_code == (200 if is_open else 409), put.json
    removed = ada.delete(ME.format(one))
    assert removed.status_code == (204 if is_open else 409)


def test_who_may_write_a_card(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    for held in (("interview:read",), ("interview:approve", "interview:update")):
        for method in ("GET", "PUT", "DELETE"):
            refused = caller.other("acme", *held).call(method, ME.format(one), json=card())
            assert refused.status_code == 403
            assert refused.json["message"].endswith("Required: interview:score")
    for tenant in ("acme", "globex"):
        name = one if tenant == "globex" else "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b"
        for method in ("GET", "PUT", "DELETE"):
            absent = caller.other(tenant, *INTERVIEWER).call(method, ME.format(name), json=card())
            assert (absent.status_code, absent.json["message"]) == (404, "Interview not found")


def test_a_program_cannot_hand_in_a_card(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    made = caller.other("acme", "interview:*", "key:manage").post(
        "/api-keys", {"name": "robot", "permissions": ["interview:*"]}
    )
    robot = caller.other()
    robot.headers = {"X-API-Key": made.json["key"]}
    for method in ("PUT", "DELETE"):
        refused = robot.call(method, ME.format(one), json=card())
        assert refused.status_code == 403
        assert refused.json["message"] == "API keys cannot hand in scorecards: only people judge"


def test_a_card_is_not_overwritten_by_who_has_not_seen_it(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    ada = interviewer(caller, "ada")
    first = hand_in(ada, one, card(submitted=False)).headers["ETag"]
    stale = {"If-Match": first}
    assert ada.put(ME.format(one), card("NO_HIRE"), headers=stale).status_code == 200
    assert ada.put(ME.format(one), card("HIRE"), headers=stale).status_code == 412
    assert ada.delete(ME.format(one), headers=stale).status_code == 412
    assert ada.get(ME.format(one)).json["recommendation"] == "NO_HIRE"
    assert ada.get(ME.format(one), headers={"If-None-Match": first}).status_code == 200
    assert ada.delete(ME.format(one)).status_code == 204
    assert ada.delete(ME.format(one)).status_code == 404
    assert hand_in(ada, one, card(submitted=False)).headers["ETag"] != first


def test_a_draft_is_its_authors_alone_and_touches_nothing(
    caller: Caller, repository: Repository
) -> None:
    caller.put("/tenant/settings", {"webhookUrl": "https://example.com/hook"})
    one = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    auditor = caller.other("acme", "audit:read")
    before = (
        caller.get(f"/interviews/{one}").headers["ETag"],
        caller.get(f"/interviews/{one}/assessment").headers["ETag"],
        auditor.get("/audit").json["data"],
        caller.get(f"/interviews/{one}/deliveries").json["data"],
    )
    ada = interviewer(caller, "ada")
    hand_in(ada, one, card(submitted=False))
    hand_in(ada, one, card("NO_HIRE", submitted=False))
    assert ada.get(f"/interviews/{one}/scorecards").json["data"][0]["submitted"] is False
    assert caller.get(f"/interviews/{one}/scorecards").json["data"] == []
    assert caller.get(f"/interviews/{one}/scorecards/ada/versions").status_code == 404
    assert ada.delete(ME.format(one)).status_code == 204
    after = (
        caller.get(f"/interviews/{one}").headers["ETag"],
        caller.get(f"/interviews/{one}/assessment").headers["ETag"],
        auditor.get("/audit").json["data"],
        caller.get(f"/interviews/{one}/deliveries").json["data"],
    )
    assert after == before


def test_what_is_handed_in_and_withdrawn_is_audited_without_its_content(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    ada = interviewer(caller, "ada")
    hand_in(ada, one)
    hand_in(ada, one, card(submitted=False))
    hand_in(ada, one)
    ada.delete(ME.format(one))
    entries = caller.other("acme", "audit:read").get(f"/audit?interviewId={one}").json["data"]
    actions = [each for each in reversed(entries) if each["action"].startswith("scorecard")]
    assert [each["action"] for each in actions] == [
        "scorecard.submit",
        "scorecard.withdraw",
        "scorecard.submit",
        "scorecard.delete",
    ]
    assert {(each["actor"], each["targetId"]) for each in actions} == {("ada", "ada")}
    assert actions[0]["fields"] == ["ratings", "recommendation", "summary"]


def test_the_same_card_again_changes_nothing(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    ada = interviewer(caller, "ada")
    first = hand_in(ada, one)
    tag = caller.get(f"/interviews/{one}").headers["ETag"]
    again = hand_in(ada, one)
    assert (again.json, again.headers["ETag"]) == (first.json, first.headers["ETag"])
    assert caller.get(f"/interviews/{one}").headers["ETag"] == tag
    versions = caller.get(f"/interviews/{one}/scorecards/ada/versions").json["data"]
    assert [each["number"] for each in versions] == [1]


def test_the_last_fifty_times_that_a_card_was_handed_in_are_kept(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    subject = "https://id.example.com/users/ada"
    ada = interviewer(caller, subject)
    for number in range(52):
        hand_in(ada, one, card(summary=f"Number {number + 1}"))
        hand_in(ada, one, card(submitted=False))
    ada.delete(ME.format(one))
    hand_in(ada, one, card(summary="Number 53"))
    path = f"/interviews/{one}/scorecards/{subject}/versions"
    versions = caller.get(path).json["data"]
    assert [each["number"] for each in versions] == list(range(53, 3, -1))
    assert versions[0]["summary"] == "Number 53"
    assert ada.get(path).status_code == 403
    assert caller.other("globex").get(path).status_code == 404


def test_an_interview_has_fifty_cards_at_most(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.APPROVED, caller, repository)
    for number in range(50):
        hand_in(interviewer(caller, f"interviewer-{number}"), one, card(submitted=number % 2 == 0))
    refused = interviewer(caller, "one-too-many").put(ME.format(one), card())
    assert refused.status_code == 409
    hand_in(interviewer(caller, "interviewer-1"), one, card("NO_HIRE"))


def test_a_card_goes_with_its_interview(caller: Caller, repository: Repository) -> None:
    one = judged_interview(caller, repository, card())
    assert caller.delete(f"/interviews/{one}").status_code == 204
    assert repository.scorecards.of_interview(one) == []
    assert repository.scorecards.versions(one, "interviewer-0") == []


# --- who is missing


def test_those_are_missing_who_are_expected_and_have_not_handed_in(
    caller: Caller, repository: Repository
) -> None:
    admin = caller.other("acme", "user:*", "interview:*")
    ada = admin.post("/users", {"email": "Ada@Example.com", "name": "Ada", "role": "INTERVIEWER"})
    assert ada.status_code == 201, ada.json
    user_id = ada.json["id"]
    expected = ["ada@example.COM", "auth0|7", user_id, "grace@example.com", "auth0|7"]
    one = interview_in(State.APPROVED, caller, repository, interviewers=expected)

    def missing() -> list[str]:
        return list(caller.get(f"/interviews/{one}/status").json["missingScorecards"])

    assert missing() == ["ada@example.COM", "auth0|7", "grace@example.com"]
    hand_in(interviewer(caller, "AUTH0|7"), one)
    assert "auth0|7" in missing()
    hand_in(interviewer(caller, "auth0|7"), one)
    assert missing() == ["ada@example.COM", "grace@example.com"]
    unverified = _with_email(caller, "grace-1", "grace@example.com", verified=False)
    hand_in(unverified, one)
    assert "grace@example.com" in missing()
    hand_in(_with_email(caller, "grace-2", "Grace@Example.com", verified=True), one)
    assert missing() == ["ada@example.COM"]
    verified = _with_email(caller, "idp|ada", "ada@example.com", verified=True)
    hand_in(verified, one)
    assert missing() == []
    hand_in(verified, one, card(submitted=False))
    assert missing() == ["ada@example.COM"]


def _with_email(caller: Caller, subject: str, email: str, *, verified: bool) -> Caller:
    claims = {"email": email, "email_verified": verified}
    return caller.other("acme", *INTERVIEWER, subject=subject, **claims)


# --- on every database


@pytest.fixture
def of_backend(database: Database, app: Flask) -> tuple[Caller, Repository]:
    """Somebody who may do everything, on each backend in turn."""
    return Caller(app), Repository(database, "acme")


def test_the_numbers_of_eight_cards_at_once_are_those_of_all_eight(
    of_backend: tuple[Caller, Repository],
) -> None:
    caller, repository = of_backend
    one = interview_in(State.COMPLETED, caller, repository)
    barrier = Barrier(RACERS)
    ratings = [1, 2, 3, 4, 5, 5, 5, 5]

    def submit(number: int) -> int:
        who = interviewer(caller, f"racer-{number}")
        body = card("HIRE" if number % 2 else "NO_HIRE", ratings[number])
        barrier.wait(60)
        return who.put(ME.format(one), body).status_code

    with ThreadPoolExecutor(RACERS) as pool:
        statuses = Counter(pool.map(submit, range(RACERS)))
    assert statuses == {200: RACERS}
    found = assessment(caller, one)
    assert found["scores"] == {"skills": {"depth": 3.8}}
    assert found["overallScore"] == 75
    assert found["recommendation"] == "NO_HIRE"
    assert found["agreement"] == "SPLIT"
    record = caller.get(f"/interviews/{one}").json
    assert (record["overallScore"], record["recommendation"]) == (75, "NO_HIRE")
    assert len(repository.assessments.ids(one, limit=10)) == 1
    history = caller.get(f"/workflow/interviews/{one}/history").json["data"]
    assert [each["transition"] for each in history].count("ASSESSMENT_READY") == 1
    print(f"\n{repository.work.database.backend.name}: {found['overallScore']} {found['scores']}")


def test_one_card_costs_this_many_statements(of_backend: tuple[Caller, Repository]) -> None:
    caller, repository = of_backend
    one = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    hand_in(interviewer(caller, "first"), one)
    ada = interviewer(caller, "ada")
    statements: list[str] = []
    engine = repository.work.database.engine
    listen = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    try:
        hand_in(ada, one)
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    of_tables = [each for each in statements if " " in each and "set_config" not in each]
    print(f"\n{repository.work.database.backend.name}: {len(of_tables)} statements for one card")
    assert len(of_tables) <= 18, of_tables
