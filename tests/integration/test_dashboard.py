"""The pages for people: every form, who may send it, and what it does with what is typed."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from interview_service import lifecycle
from interview_service.domain.assessment import (
    AssessmentDraft,
    Binder,
    Coverage,
    CoverageStatus,
    Evidence,
)
from interview_service.domain.clock import clock
from interview_service.domain.documents import Document
from interview_service.domain.interview import Interview
from interview_service.domain.plan import PlanStructure
from interview_service.domain.roles import Role
from interview_service.domain.workflow import Event, State
from interview_service.lifecycle import set_up
from interview_service.lifecycle.base import Actor
from interview_service.repository import Repository
from tests.callers import Caller
from tests.conftest import AppFactory, Hands
from tests.lives import interview_in
from tests.pages.people import FORM_COOKIE, Person, directory_of, kept, parsed, wrong

PASSWORD = "a quiet harbour town"
STRUCTURE: Document = {
    "duration": 45,
    "opening": ["Welcome, and thank you for coming."],
    "sections": [
        {
            "name": "Systems",
            "duration": 45,
            "topics": ["Design"],
            "questions": [
                {
                    "text": "Tell me about a system that you redesigned.",
                    "lookFor": ["Names what was wrong"],
                    "followUps": ["What would you do differently?"],
                    "criterion": "design",
                }
            ],
        }
    ],
    "criteria": [
        {
            "key": "design",
            "group": "technical",
            "name": "System design",
            "anchors": {"1": "Names parts", "3": "Weighs two ways", "5": "Foresees what breaks"},
        }
    ],
    "closing": ["Now it is your turn to ask."],
    "checks": ["A driving licence"],
    "notes": ["Kubernetes is left for another interview."],
}
TRANSCRIPT = b"Interviewer: Tell me about a system.\nJane Smith: I redesigned the queue.\n"
LEASE = timedelta(minutes=1)


@pytest.fixture
def ada(app: Flask) -> Person:
    return Person(app)


def interview_form(**changes: str) -> dict[str, str]:
    return {
        "candidateName": "Jane Smith",
        "candidateEmail": "jane@example.com",
        "position": "Senior Engineer",
        "level": "SENIOR",
        "skills": "TypeScript\nReact",
        "jobDescription": "Build services that forty ferry lines depend on every day.",
        **changes,
    }


def added(person: Person, **changes: str) -> str:
    """Add an interview by the form, and return its id."""
    answer = person.send("/interviews/new", **interview_form(**changes))
    assert answer.status_code == 303, wrong(answer)
    match = re.search(r"/interviews/([0-9a-f-]{36})", answer.location)
    assert match is not None
    return match[1]


def repository_of(person: Person) -> Repository:
    return directory_of(person.app).repository_of(person.tenant)


def planned(person: Person, structure: Document = STRUCTURE, **changes: str) -> str:
    """Add an interview whose plan is there."""
    interview = added(person, **changes)
    repository = repository_of(person)
    work = lifecycle.begin_work(repository, interview, LEASE)
    assert work is not None
    plan = PlanStructure.from_dict(structure)
    assert lifecycle.attach_plan(repository, interview, work.version, plan, {"engine": "test"})
    return interview


def held(person: Person, **changes: str) -> str:
    """Add an interview that is in progress."""
    interview = planned(person, **changes)
    for name in ("APPROVE", "START"):
        assert person.send(f"/interviews/{interview}/transition", transition=name).location
    return interview


def state(person: Person, interview: str) -> State:
    return record_of(person, interview).workflow_state


def record_of(person: Person, interview: str) -> Interview:
    return repository_of(person).interviews.get(interview)


# --- coming in


def test_the_first_administrator_sets_the_service_up(app: Flask) -> None:
    somebody = Person(app, None)
    code = set_up.new_set_up_code(directory_of(app))
    path = f"/setup?code={code}"
    fields = {
        "code": code,
        "tenant": "acme",
        "name": "Ada Byron",
        "email": "ada@example.com",
        "password": PASSWORD,
    }
    for _ in range(2):  # opening it uses nothing up
        assert "You are the first here" in somebody.page(path).get_text()
    short = somebody.send("/setup", csrf_of=path, **{**fields, "password": "short"})
    assert (short.status_code, list(wrong(short))) == (422, ["password"])
    assert kept(short, "email") == "ada@example.com"
    assert kept(short, "password") == ""
    begun = somebody.send("/setup", csrf_of=path, **fields)
    assert (begun.status_code, begun.location) == (303, "/interviews")
    assert "No interviews yet" in somebody.page("/interviews").get_text()
    again = Person(app, None).get(path)
    assert again.status_code == 404
    assert "not valid any more" in again.text


@pytest.fixture
def invited(ada: Person) -> tuple[Person, str]:
    """Somebody who was invited, and the path of their link."""
    answer = ada.send("/team", name="Grace", email="grace@example.com", role="INTERVIEWER")
    assert answer.status_code == 200
    link = parsed(answer).select_one("#secret")
    assert link is not None
    url = str(link["value"])
    assert url.startswith("http://localhost:3009/invitation?token=")
    return Person(ada.app, None), url.removeprefix("http://localhost:3009")


def test_an_invitation_sets_a_password_and_signs_in_with_it(
    invited: tuple[Person, str],
) -> None:
    grace, path = invited
    assert "Hello, Grace" in grace.page(path).get_text()
    token = path.partition("token=")[2]
    common = grace.send("/invitation", csrf_of=path, token=token, password="password1234")
    assert (common.status_code, list(wrong(common))) == (422, ["password"])
    used = grace.send("/invitation", csrf_of=path, token=token, password=PASSWORD)
    assert used.location == "/interviews?said=joined"
    assert "you are signed in" in grace.get(used.location).text
    assert grace.get(path).status_code == 404
    assert grace.send("/sign-out").location == "/sign-in?said=signed-out"
    refused = grace.send(
        "/sign-in", csrf_of="/sign-in", email="grace@example.com", password="wrong", next="/team"
    )
    assert refused.status_code == 401
    assert kept(refused, "email") == "grace@example.com"
    came_in = grace.send(
        "/sign-in",
        csrf_of="/sign-in",
        email="Grace@Example.com",
        password=PASSWORD,
        next="/interviews?state=PENDING",
    )
    assert came_in.location == "/interviews?state=PENDING"
    assert grace.get("/interviews").status_code == 200
    assert grace.get("/team").status_code == 403
    out = grace.send("/sign-out")
    assert out.location == "/sign-in?said=signed-out"
    assert grace.get("/interviews").status_code == 303


def test_a_session_that_ended_elsewhere_is_over(ada: Person) -> None:
    repository = repository_of(ada)
    repository.work.run(lambda: repository.accounts.end_sessions(ada.user_id))
    assert ada.get("/interviews").location == "/sign-in?next=/interviews"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example/x",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "///evil.example",
        "http:/evil.example",
        "/\t/evil.example",
        "evil",
    ],
)
def test_signing_in_leads_nowhere_else(sqlite_app: Flask, target: str) -> None:
    ada = Person(sqlite_app)
    answer = ada.client.get("/sign-in", query_string={"next": target})
    assert answer.location == "/interviews"


def test_the_cookie_is_kept_from_scripts_and_other_sites(
    app_on: AppFactory, sqlite_database: Any
) -> None:
    plain, tls = app_on(sqlite_database), app_on(sqlite_database, public_url="https://in.example")
    for app, secure, prefix in ((plain, False, ""), (tls, True, "__Host-")):
        somebody = Person(app, None)
        somebody.get("/sign-in")
        cookies = {each.key: each for each in somebody.client._cookies.values()}  # type: ignore[union-attr]
        kept_cookie = cookies[prefix + FORM_COOKIE]
        assert kept_cookie.http_only
        assert kept_cookie.same_site == "Strict"
        assert kept_cookie.secure is secure


# --- interviews


def test_what_was_typed_stays_and_what_is_wrong_stands_beside_it(sqlite_app: Flask) -> None:
    ada = Person(sqlite_app)
    answer = ada.send(
        "/interviews/new",
        candidateName="x" * 201,
        candidateEmail="nobody",
        position="  ",
        level="WIZARD",
        skills="",
        jobDescription="Kept\x00",
        scheduledAt="tomorrow",
        durationMinutes="3",
        location="Room 4",
        callbackUrl="ftp://x",
        interviewers="\n".join(f"p{n}@example.com" for n in range(21)),
    )
    assert answer.status_code == 422
    assert set(wrong(answer)) == {
        "candidateName",
        "candidateEmail",
        "position",
        "level",
        "skills",
        "jobDescription",
        "scheduledAt",
        "durationMinutes",
        "callbackUrl",
        "interviewers",
    }
    assert kept(answer, "candidateName") == "x" * 201
    assert kept(answer, "candidateEmail") == "nobody"
    assert kept(answer, "location") == "Room 4"
    assert "Nothing was saved yet" in answer.text
    assert repository_of(ada).lists.page(limit=1).total == 0


def test_an_interview_is_taken_in_found_and_filtered(ada: Person) -> None:
    first = added(
        ada,
        scheduledAt="2026-02-01T10:00",
        durationMinutes="45",
        interviewers="grace@example.com",
    )
    second = planned(ada, candidateName="José Álvarez", candidateEmail="jose@example.com")
    record = record_of(ada, first)
    assert record.skills == ("TypeScript", "React")
    assert record.scheduled_at is not None
    assert record.scheduled_at.isoformat() == "2026-02-01T10:00:00+00:00"
    listed = ada.page("/interviews")
    assert [row.get_text() for row in listed.select("tbody th a")] == ["José Álvarez", "Jane Smith"]
    assert "1 plan to approve" in " ".join(listed.select_one(".errands").get_text().split())  # type: ignore[union-attr]
    for path, expected in (
        ("/interviews?q=jane", ["Jane Smith"]),
        ("/interviews?state=PENDING", ["José Álvarez"]),
        ("/interviews?state=PENDING&q=jane", []),
        ("/interviews?state=nonsense&cursor=zero", ["José Álvarez", "Jane Smith"]),
        ("/interviews?sort=createdAt", ["Jane Smith", "José Álvarez"]),
        ("/interviews?sort=scheduledAt", ["Jane Smith", "José Álvarez"]),
        ("/interviews?scheduledFrom=2026-02-01&scheduledTo=2026-02-01", ["Jane Smith"]),
        ("/interviews?scheduledFrom=2026-02-02", []),
        ("/interviews?createdTo=2020-01-01", []),
        ("/interviews?level=SENIOR&position=senior+engineer&q=jos", ["José Álvarez"]),
        ("/interviews?level=JUNIOR", []),
        ("/interviews?decision=HIRE", []),
        ("/interviews?recommendation=HIRE", []),
        ("/interviews?interviewer=me", []),
        ("/interviews?interviewer=grace@example.com", ["Jane Smith"]),
    ):
        rows = ada.page(path).select("tbody th a")
        assert [row.get_text() for row in rows] == expected, path
    assert second in ada.get("/interviews").text
    wrong_one = ada.get("/interviews?createdFrom=yesterday&level=WIZARD&sort=up")
    assert (wrong_one.status_code, set(wrong(wrong_one))) == (200, {"createdFrom", "level"})
    assert kept(wrong_one, "createdFrom") == "yesterday"


def test_a_long_list_comes_in_pages_of_any_order(ada: Person) -> None:
    for number in range(41):
        details = {"candidate_name": f"Candidate {number}", "candidate_email": f"{number}@x.org"}
        lifecycle.create(repository_of(ada), details, Actor("x"))
    for order, numbers in (("-createdAt", range(40, -1, -1)), ("createdAt", range(41))):
        path, seen = f"/interviews?q=candidate&sort={order}", []
        while path:
            page = ada.page(path)
            seen += [row.get_text() for row in page.select("tbody th a")]
            assert "41 interviews" in page.select_one(".pages").get_text()  # type: ignore[union-attr]
            older = page.select_one("a[rel=next]")
            path = str(older["href"]) if older is not None else ""
        assert seen == [f"Candidate {number}" for number in numbers]
        first = page.find("a", string="First page")
        assert first is not None
        again = ada.page(str(first["href"])).select_one("tbody th a")
        assert again is not None
        assert again.get_text() == seen[0]


def test_a_list_is_downloaded_as_the_api_hands_it_out(ada: Person) -> None:
    added(ada, candidateName="=1+1", candidateEmail="kim@example.com", interviewers="g@x.org")
    planned(ada, scheduledAt="2026-02-01T10:00")
    link = ada.page("/interviews?sort=createdAt").find("a", string="Download as CSV")
    assert link is not None
    answer = ada.get(str(link["href"]))
    assert answer.is_streamed
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="interviews.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    caller = Caller(ada.app)
    theirs = caller.get("/interviews?sort=createdAt", headers={"Accept": "text/csv"})
    assert answer.text == theirs.text
    assert answer.text.count("\n") == 3
    assert "'=1+1" in answer.text
    one = ada.get("/interviews.csv?state=PENDING&cursor=zero&q=jane")
    assert one.text.count("\n") == 2
    assert ada.get("/interviews.csv?level=WIZARD").status_code == 422
    assert ada.app.test_client().get("/interviews.csv").status_code == 303


def test_who_judges_for_themselves_cannot_order_or_filter_by_what_others_think(ada: Person) -> None:
    interview = judged(ada)
    grace = Person(ada.app, Role.INTERVIEWER)
    page = grace.page("/interviews?sort=-overallScore&recommendation=NO_HIRE")
    assert interview in str(page)
    assert page.select_one('select[name=recommendation], option[value="-overallScore"]') is None
    assert "HIRE" not in grace.get("/interviews.csv?recommendation=NO_HIRE").text
    ranked = ada.page("/interviews?sort=-overallScore&recommendation=HIRE")
    assert interview in str(ranked)


def test_the_same_reference_shows_the_interview_that_has_it(ada: Person) -> None:
    first = added(ada, externalId="REQ-1")
    again = ada.send("/interviews/new", **interview_form(externalId="REQ-1"))
    assert again.location == f"/interviews/{first}?said=known"


def test_another_candidate_of_a_position_begins_with_its_details(ada: Person) -> None:
    first = added(ada)
    answer = ada.get(f"/interviews/new?like={first}")
    assert kept(answer, "position") == "Senior Engineer"
    assert kept(answer, "skills").split() == ["TypeScript", "React"]
    assert kept(answer, "candidateName") == ""


def test_a_candidates_other_interviews_stand_on_the_page(ada: Person) -> None:
    first = added(ada, candidateEmail="Jane@Example.com", position="Nurse")
    second = added(ada, candidateEmail="jane@example.COM")
    added(ada, candidateEmail="mary-jane@example.com", position="Somebody else's")
    Person(ada.app, tenant="globex").send("/interviews/new", **interview_form())
    for one, other, position in ((first, second, "Senior Engineer"), (second, first, "Nurse")):
        section = ada.page(f"/interviews/{one}").select_one("[aria-labelledby=others]")
        assert section is not None
        links = [(link["href"], link.get_text()) for link in section.select("a")]
        assert links == [(f"/interviews/{other}", position)]


def test_missing_information_is_supplied(ada: Person) -> None:
    record, _ = lifecycle.take_in(repository_of(ada), {"candidate_name": "Kim"}, Actor("x"))
    assert record.workflow_state is State.INFO_NEEDED
    path = f"/interviews/{record.id}/edit"
    page = ada.page(path)
    assert "Which position is the candidate for?" in page.get_text()
    part = ada.send(path, candidateName="Kim", position="Ward Nurse", level="", skills="")
    assert part.location == f"/interviews/{record.id}?said=saved"
    whole = ada.send(path, **interview_form(candidateName="Kim", position="Ward Nurse"))
    assert whole.location == f"/interviews/{record.id}?said=complete_info"
    assert state(ada, record.id) is State.VALIDATING_SKILLS


def test_a_change_that_changes_nothing_makes_no_new_plan(ada: Person) -> None:
    caller = Caller(ada.app)
    record = caller.create(skills=["C, C++ and Rust"], scheduledAt="2026-02-01T10:00:30.500Z")
    interview = record["id"]
    repository = repository_of(ada)
    work = lifecycle.begin_work(repository, interview, LEASE)
    assert work is not None
    plan = PlanStructure.from_dict(STRUCTURE)
    assert lifecycle.attach_plan(repository, interview, work.version, plan, {"engine": "test"})
    path = f"/interviews/{interview}/edit"
    page = ada.page(path)
    fields = {
        str(each["name"]): each.get_text()
        if each.name == "textarea"
        else str(each.get("value", ""))
        for each in page.select("form.card input, form.card textarea")
    }
    fields["level"] = "SENIOR"
    fields["location"] = "Room 4"
    answer = ada.client.post(path, data=fields)
    assert answer.status_code == 303, wrong(answer)
    after = record_of(ada, interview)
    assert after.workflow_state is State.PENDING
    assert after.skills == ("C, C++ and Rust",)
    assert after.location == "Room 4"
    assert after.scheduled_at is not None
    assert after.scheduled_at.microsecond == 500_000


def test_two_people_do_not_overwrite_each_other(ada: Person) -> None:
    interview = added(ada)
    path = f"/interviews/{interview}/edit"
    version = kept(ada.get(path), "version")
    first = ada.send(path, **interview_form(version=version, location="Room 1"))
    assert first.status_code == 303
    second = ada.send(path, **interview_form(version=version, location="Room 2"))
    assert second.status_code == 412
    assert record_of(ada, interview).location == "Room 1"


def test_removing_an_interview_wants_to_be_sure(ada: Person) -> None:
    interview = added(ada)
    ada.send(f"/interviews/{interview}/delete")
    assert ada.get(f"/interviews/{interview}").status_code == 200
    answer = ada.send(f"/interviews/{interview}/delete", sure="on")
    assert answer.location == "/interviews?said=deleted"
    assert ada.get(f"/interviews/{interview}").status_code == 404


# --- one interview


def test_an_interview_goes_its_way_by_buttons(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/transition"
    seen = kept(ada.get(f"/interviews/{interview}"), "seen")
    approved = ada.send(path, transition="APPROVE", seen=seen)
    assert approved.location == f"/interviews/{interview}?said=approve"
    assert "The plan is approved." in ada.get(approved.location).text
    unscheduled = ada.send(path, transition="SCHEDULE", durationMinutes="4", location="Room 4")
    assert (unscheduled.status_code, set(wrong(unscheduled))) == (
        422,
        {"scheduledAt", "durationMinutes"},
    )
    assert kept(unscheduled, "location") == "Room 4"
    ada.send(path, transition="SCHEDULE", scheduledAt="2026-02-01T10:00", location="Room 4")
    assert "1 Feb 2026, 10:00" in ada.get(f"/interviews/{interview}").text
    ada.send(path, transition="NO_SHOW", reason="Ill")
    assert state(ada, interview) is State.APPROVED
    for name in ("START", "COMPLETE"):
        ada.send(path, transition=name)
    assert state(ada, interview) is State.COMPLETED
    history = ada.page(f"/interviews/{interview}/history").get_text(" ", strip=True)
    assert "Candidate did not come" in history
    assert "Admin Example" in history
    late = ada.send(path, transition="START")
    assert late.status_code == 409
    assert "Somebody was faster" in late.text
    ada.send(path, transition="CANCEL", reason="Position closed")
    assert "This interview is closed" in ada.get(f"/interviews/{interview}").text


def test_wishes_are_needed_for_another_plan_and_kept(ada: Person) -> None:
    interview = planned(ada)
    path = f"/interviews/{interview}/transition"
    empty = ada.send(path, transition="MODIFY", reason=" ")
    assert empty.status_code == 422
    assert state(ada, interview) is State.PENDING
    long = ada.send(path, transition="MODIFY", reason="x" * 2001)
    assert (long.status_code, "x" * 2001 in long.text) == (422, True)
    asked = ada.send(path, transition="MODIFY", reason="More about databases")
    assert asked.location == f"/interviews/{interview}?said=modify"
    page = ada.get(f"/interviews/{interview}")
    assert "data-progress" in page.text
    assert '<meta http-equiv="refresh"' in page.text
    record = record_of(ada, interview)
    assert record.feedback == ("More about databases",)
    assert ada.get(f"/interviews/{interview}/progress").json == {"version": record.version}


def test_nobody_approves_a_plan_that_they_have_not_seen(ada: Person) -> None:
    interview = planned(ada)
    seen = kept(ada.get(f"/interviews/{interview}"), "seen")
    other = {**STRUCTURE, "notes": ["Another plan"]}
    repository = repository_of(ada)
    lifecycle.replace_plan(repository, interview, PlanStructure.from_dict(other), Actor("x"))
    path = f"/interviews/{interview}/transition"
    answer = ada.send(path, transition="APPROVE", seen=seen)
    assert answer.status_code == 412
    assert "changed while you were reading" in answer.text
    assert state(ada, interview) is State.PENDING


def test_a_plan_reads_as_a_kit_and_prints(ada: Person) -> None:
    interview = planned(ada)
    shown = [
        "Welcome, and thank you for coming.",
        "Tell me about a system that you redesigned.",
        "Names what was wrong",
        "What would you do differently?",
        "System design",
        "Foresees what breaks",
        "Now it is your turn to ask.",
        "A driving licence",
    ]
    page = ada.page(f"/interviews/{interview}/plan").get_text()
    printed = ada.page(f"/interviews/{interview}/kit")
    for each in shown:
        assert each in page
        assert each in printed.get_text()
    assert "Kubernetes is left for another interview." in page
    assert len(printed.select("tbody .box")) == 5
    caller = Caller(ada.app)
    html = caller.get(f"/interviews/{interview}/plan", headers={"Accept": "text/html"})
    assert html.mimetype == "text/html"
    assert html.text == ada.get(f"/interviews/{interview}/kit").text
    assert html.headers["Cache-Control"] == "no-store"
    json = caller.get(f"/interviews/{interview}/plan", headers={"Accept": "*/*"})
    assert json.json["structure"]["duration"] == 45
    style = printed.select_one("link[rel=stylesheet]")
    assert style is not None
    with ada.get(str(style["href"])) as answer:
        assert answer.status_code == 200


def test_background_work_that_fails_says_what_happens_next(ada: Person) -> None:
    interview = added(ada)
    repository = repository_of(ada)
    work = lifecycle.begin_work(repository, interview, LEASE)
    assert work is not None
    lifecycle.record_failure(repository, interview, work.version, "The model is unreachable")
    page = ada.page(f"/interviews/{interview}")
    assert "The model is unreachable" in page.get_text()
    assert "tries again by itself at" in page.get_text()
    answer = ada.send(f"/interviews/{interview}/retry")
    assert answer.location == f"/interviews/{interview}?said=retry"
    assert "The service is working on it." in ada.page(f"/interviews/{interview}").get_text()


def test_a_transcript_is_uploaded_or_pasted_and_read(ada: Person) -> None:
    interview = held(ada)
    path = f"/interviews/{interview}/transcript"
    nothing = ada.upload(path, "", b"")
    assert (nothing.status_code, list(wrong(nothing))) == (422, ["file"])
    broken = ada.upload(path, "zoom.vtt", b"WEBVTT\n\nnothing here\n")
    assert (broken.status_code, list(wrong(broken))) == (422, ["file"])
    pasted = ada.upload(path, "", b"", text="no speakers \x00 at all")
    assert (pasted.status_code, list(wrong(pasted))) == (422, ["text"])
    stranger = ada.upload(path, "t.txt", TRANSCRIPT, candidateSpeaker="Nobody")
    assert (stranger.status_code, list(wrong(stranger))) == (422, ["candidateSpeaker"])
    done = ada.upload(path, "talk.txt", TRANSCRIPT)
    assert done.location == f"{path}?said=transcript"
    page = ada.page(path)
    assert [each["id"] for each in page.select(".turn")] == ["turn-0", "turn-1"]
    assert "The candidate is Jane Smith" in page.get_text()
    other = ada.upload(path, "", b"", text="A: Hello there.\nB: Good morning.")
    assert other.status_code == 303
    assert "Good morning." in ada.page(path).get_text()


def test_a_transcript_of_a_mebibyte_can_be_pasted_and_a_larger_one_cannot(
    sqlite_app: Flask,
) -> None:
    ada = Person(sqlite_app)
    interview = held(ada)
    path = f"/interviews/{interview}/transcript"
    large = "Interviewer: Tell me.\n" + f"Jane Smith: {'I built it. ' * 10}\n" * 7_500
    answer = ada.upload(path, "", b"", text=large)
    assert answer.status_code == 303, wrong(answer)
    assert ada.upload(path, "", b"", text=large * 2).status_code == 413


def test_deliveries_are_listed_and_sent_again(ada: Person) -> None:
    ada.send("/settings", timeZone="UTC", webhookUrl="https://ats.example.com/hook")
    interview = planned(ada)
    page = ada.page(f"/interviews/{interview}/history")
    assert "Interview added" in page.get_text()
    assert "interview.received" in page.get_text()
    assert "It waits for the event before it" in page.get_text()
    report = lifecycle.deliveries(repository_of(ada), interview, limit=1).rows[0]
    path = f"/interviews/{interview}/deliveries/{report.delivery.id}/redeliver"
    assert ada.send(path).location == f"/interviews/{interview}/history?said=redeliver"


# --- judging


def judged(person: Person, **changes: str) -> str:
    """Add an interview that was held and waits for a decision."""
    interview = held(person, **changes)
    answer = person.send(
        f"/interviews/{interview}/scorecard",
        do="submit",
        recommendation="HIRE",
        summary="Knows what breaks.",
        **{"rating-design": "4", "note-design": "Drew it first"},
    )
    assert answer.status_code == 303, wrong(answer)
    person.send(f"/interviews/{interview}/transition", transition="COMPLETE")
    assert state(person, interview) is State.ASSESSMENT_PENDING
    return interview


def test_a_scorecard_is_written_saved_live_and_handed_in(ada: Person) -> None:
    interview = held(ada)
    path = f"/interviews/{interview}/scorecard"
    page = ada.page(path)
    assert "Foresees what breaks" in page.get_text()
    assert page.select_one("form[data-autosave]") is not None
    fields = {"rating-design": "4", "note-design": "Drew it", "recommendation": "NO_DECISION"}
    live = ada.send(path, live="on", do="draft", seen="", **fields)
    seen = live.json["seen"]
    stale = ada.send(path, live="on", do="draft", seen="", **fields)
    assert (stale.status_code, list(stale.json)) == (412, ["problem"])
    bad = ada.send(path, do="submit", seen=seen, **{**fields, "rating-design": "6"})
    assert (bad.status_code, list(wrong(bad))) == (422, ["rating-design"])
    assert kept(bad, "note-design") == "Drew it"
    long = ada.send(path, do="submit", seen=seen, **{**fields, "note-design": "x" * 2001})
    assert (long.status_code, kept(long, "note-design")) == (422, "x" * 2001)
    nameless = ada.send(path, do="draft", seen=seen, ownRating="5", **fields)
    assert (nameless.status_code, list(wrong(nameless))) == (422, ["ownName"])
    own = {"ownName": "Curiosity", "ownRating": "5"}
    done = ada.send(path, do="submit", seen=seen, **fields, **own)
    assert done.location == f"{path}?said=card-handed-in"
    page = ada.page(path)
    assert "You handed this in on" in page.get_text()
    assert "Curiosity" in page.get_text()
    assert page.select_one("form[data-autosave]") is None
    card = lifecycle.own_scorecard(repository_of(ada), interview, Actor(ada.user_id)).card
    assert [(each.criterion, each.rating, each.name) for each in card.ratings] == [
        ("design", 4, None),
        ("own_1", 5, "Curiosity"),
    ]
    again = {**fields, "rating-own_1": "2", "seen": kept(ada.get(path), "seen")}
    assert ada.send(path, do="draft", **again).location == f"{path}?said=card-saved"
    assert ada.send(f"{path}/remove").location == f"{path}?said=card-removed"


def test_nobody_sees_what_others_think_before_handing_in(ada: Person) -> None:
    interview = judged(ada)
    grace = Person(ada.app, Role.INTERVIEWER)
    secret = ("Knows what breaks.", "Drew it first", ">80<")
    for path in (
        f"/interviews/{interview}",
        f"/interviews/{interview}/assessment",
        f"/interviews/{interview}/compare",
        "/interviews",
    ):
        shown = grace.get(path).text
        assert not any(each in shown for each in secret), path
    assert (
        "once you have handed in your own" in grace.get(f"/interviews/{interview}/assessment").text
    )
    given = {"rating-design": "2", "recommendation": "NO_HIRE", "do": "submit"}
    assert grace.send(f"/interviews/{interview}/scorecard", **given).status_code == 303
    shown = grace.get(f"/interviews/{interview}/assessment").text
    assert "Knows what breaks." in shown
    assert "Drew it first" in shown
    assert "Some for hiring, some against" in shown


def test_people_decide(ada: Person) -> None:
    interview = judged(ada)
    path = f"/interviews/{interview}/transition"
    assessment = ada.page(f"/interviews/{interview}/assessment")
    assert "Drew it first" in assessment.get_text()
    assert len(assessment.select("input[name=decision]")) == 4
    assert not assessment.select("input[name=decision][checked]")  # nobody is swayed
    seen = kept(ada.get(f"/interviews/{interview}/assessment"), "seen")
    card = {"rating-design": "5", "recommendation": "HIRE", "do": "submit"}
    assert Person(ada.app).send(f"/interviews/{interview}/scorecard", **card).status_code == 303
    stale = ada.send(path, transition="APPROVE_ASSESSMENT", decision="HIRE", seen=seen)
    assert stale.status_code == 412
    seen = kept(stale, "seen")
    undecided = ada.send(path, transition="APPROVE_ASSESSMENT", decision="", reason="Kept")
    assert (undecided.status_code, list(wrong(undecided))) == (422, ["decision"])
    assert "Kept" in undecided.text
    decided = ada.send(
        path,
        transition="APPROVE_ASSESSMENT",
        decision="STRONG_HIRE",
        reason="The best of four",
        seen=seen,
    )
    assert decided.location == f"/interviews/{interview}?said=approve_assessment"
    text = ada.page(f"/interviews/{interview}/assessment").get_text(" ", strip=True)
    assert "Decided: Hire, strongly" in text
    assert "The best of four" in text
    assert "Admin Example" in text


def test_candidates_of_a_position_stand_side_by_side(ada: Person) -> None:
    first = judged(ada, candidateName="Jane Smith")
    judged(ada, candidateName="Kim Lee", candidateEmail="kim@example.com")
    added(ada, candidateName="Ole Berg", position="Senior Engineer of Pumps")
    path = f"/interviews/{first}/compare"
    page = ada.page(path)
    heads = [each.get_text(strip=True) for each in page.select("thead th a")]
    assert heads == ["Jane Smith", "Kim Lee"]
    assert "System design" in page.get_text()
    hidden = ada.get(f"{path}?names=off").text
    assert "Candidate 1" in hidden
    assert not any(name in hidden for name in ("Jane", "Kim", "Ole"))


def test_quotes_lead_to_the_turn_that_they_stand_in(ada: Person) -> None:
    interview = held(ada)
    ada.upload(f"/interviews/{interview}/transcript", "t.txt", TRANSCRIPT)
    ada.send(f"/interviews/{interview}/transition", transition="COMPLETE")
    repository = repository_of(ada)
    work = lifecycle.begin_work(repository, interview, LEASE)
    assert work is not None
    binder = Binder(
        (Coverage("design", "System design", CoverageStatus.ANSWERED, None),),
        (Evidence("design", "I redesigned the queue", 1),),
        "One criterion was answered.",
        ("Correctness was not checked.",),
    )
    draft = AssessmentDraft(binder)
    assert lifecycle.attach_assessment(repository, interview, work.version, draft, {"engine": "x"})
    page = ada.page(f"/interviews/{interview}/assessment")
    assert "“I redesigned the queue”" in page.get_text()
    assert "Correctness was not checked." in page.get_text()
    assert "Answered" in page.get_text()
    link = page.select_one("blockquote a")
    assert link is not None
    target, _, anchor = str(link["href"]).partition("#")
    assert anchor == "turn-1"
    assert "redesigned" in ada.page(target).select_one(f"#{anchor}").get_text()  # type: ignore[union-attr]


def test_another_candidate_gets_the_same_plan(ada: Person) -> None:
    first = planned(ada)
    form = ada.page(f"/interviews/new?like={first}")
    box = form.select_one("input[name=planFrom]")
    assert box is not None
    second = added(ada, candidateEmail="kim@example.com", planFrom=str(box["value"]))
    assert state(ada, second) is State.PENDING
    unknown = ada.send("/interviews/new", **interview_form(planFrom=ada.user_id))
    assert unknown.status_code == 422
    assert (
        Person(ada.app, tenant="globex")
        .send("/interviews/new", **interview_form(planFrom=first))
        .status_code
        == 422
    )


# --- team, keys, settings, account


def test_people_are_changed_disabled_and_removed(ada: Person) -> None:
    grace = Person(ada.app, Role.INTERVIEWER)
    path = f"/team/{grace.user_id}"
    twice = ada.send("/team", name="X", email="x@example.com", role="VIEWER")
    assert twice.status_code == 200
    again = ada.send("/team", name="Y", email="X@example.com", role="VIEWER")
    assert (again.status_code, list(wrong(again))) == (409, ["email"])
    assert kept(again, "name") == "Y"
    email = kept(ada.get(path), "email")
    assert ada.send(path, name="Grace", email=email, role="RECRUITER").status_code == 303
    assert grace.get("/team").status_code == 200
    assert ada.send(f"{path}/status", status="DISABLED").status_code == 303
    assert grace.get("/interviews").status_code == 303
    assert ada.send(f"{path}/invitation").status_code == 409
    assert ada.send(f"{path}/remove").location == "/team?said=user-removed"
    assert ada.get(path).status_code == 404


def test_the_last_administrator_stays(ada: Person) -> None:
    path = f"/team/{ada.user_id}"
    email = kept(ada.get(path), "email")
    for answer in (
        ada.send(path, name="Ada", email=email, role="VIEWER"),
        ada.send(f"{path}/status", status="DISABLED"),
        ada.send(f"{path}/remove"),
    ):
        assert answer.status_code == 409
        assert "last active" in answer.text
    assert ada.get("/team").status_code == 200


def test_a_key_is_shown_once_works_and_is_revoked(ada: Person) -> None:
    nothing = ada.send("/api-keys", name="", expiresAt="2020-01-01T00:00")
    assert (nothing.status_code, set(wrong(nothing))) == (422, {"name", "permissions"})
    past = ada.send(
        "/api-keys", name="ats", permissions="interview:read", expiresAt="2020-01-01T00:00"
    )
    assert (past.status_code, list(wrong(past))) == (422, ["expiresAt"])
    made = ada.send("/api-keys", name="ats", permissions=["interview:read", "interview:create"])
    secret = parsed(made).select_one("#secret")
    assert secret is not None
    key = str(secret["value"])
    client = ada.app.test_client()
    assert client.get("/api/v1/interviews", headers={"X-API-Key": key}).status_code == 200
    listed = ada.get("/api-keys")
    assert key not in listed.text
    assert key[:6] in listed.text
    assert "never" not in parsed(listed).select_one("tbody").get_text()  # type: ignore[union-attr]
    same = ada.send("/api-keys", name="ats", permissions="interview:read")
    assert (same.status_code, list(wrong(same))) == (422, ["name"])
    revoke = parsed(listed).select_one("form[action$='/revoke']")
    assert revoke is not None
    assert ada.send(str(revoke["action"])).location == "/api-keys?said=revoked"
    assert "No keys yet" in ada.get("/api-keys").text


def test_a_webhook_is_set_and_tested(ada: Person) -> None:
    assert ada.send("/settings/test").status_code == 422
    for refused in ("http://ats.example.com/x", "https://127.0.0.1/x", "nonsense"):
        answer = ada.send("/settings", timeZone="UTC", webhookUrl=refused)
        assert (answer.status_code, list(wrong(answer))) == (422, ["webhookUrl"])
        assert kept(answer, "webhookUrl") == refused
    saved = ada.send(
        "/settings", timeZone="UTC", webhookUrl="https://ats.example.com/x", autoApprovePlans="on"
    )
    assert saved.location == "/settings?said=settings"
    settings = lifecycle.tenant_settings(repository_of(ada))
    assert (settings.webhook_url, settings.auto_approve_plans) == (
        "https://ats.example.com/x",
        True,
    )
    assert parsed(ada.send("/settings/secret")).select_one("#secret[value^=whsec_]")
    test = ada.send("/settings/test")
    assert "Waiting for the answer" in ada.get(test.location).text
    assert ada.send("/settings/test").status_code == 409
    assert ada.send("/settings", timeZone="UTC", webhookUrl="").status_code == 303
    cleared = lifecycle.tenant_settings(repository_of(ada))
    assert (cleared.webhook_url, cleared.auto_approve_plans) == (None, False)


def test_a_team_sets_its_time_zone_retention_and_events(ada: Person) -> None:
    wrong_ones = {
        "timeZone": "Mars/Base",
        "retentionDays": "0",
        "webhookEvents": ["no", "approved"],
    }
    refused = ada.send("/settings", **wrong_ones)
    assert (refused.status_code, set(wrong(refused))) == (422, set(wrong_ones))
    assert kept(refused, "retentionDays") == "0"
    events = ["approved", "candidate_erased"]
    given = {"timeZone": "Europe/Berlin", "retentionDays": "180", "webhookEvents": events}
    assert ada.send("/settings", **given).location == "/settings?said=settings"
    settings = lifecycle.tenant_settings(repository_of(ada))
    assert (settings.time_zone, settings.retention_days) == ("Europe/Berlin", 180)
    assert list(settings.webhook_events) == events
    page = ada.page("/settings")
    assert page.select_one("#timeZone option[selected]").get_text() == "Europe/Berlin"  # type: ignore[union-attr]
    ticked = [each["value"] for each in page.select("[name=webhookEvents][checked]")]
    assert ticked == events
    assert len(page.select("[name=webhookEvents]")) == len(Event)
    assert ada.send("/settings", timeZone="UTC").status_code == 303
    settings = lifecycle.tenant_settings(repository_of(ada))
    assert (settings.retention_days, list(settings.webhook_events)) == (None, [])


def test_one_changes_ones_password(app: Flask) -> None:
    somebody = Person(app, None)
    code = set_up.new_set_up_code(directory_of(app))
    somebody.send(
        "/setup",
        csrf_of=f"/setup?code={code}",
        code=code,
        tenant="acme",
        name="Ada",
        email="ada@example.com",
        password=PASSWORD,
    )
    wrong_one = somebody.send(
        "/account/password", currentPassword="wrong", newPassword="another quiet harbour"
    )
    assert (wrong_one.status_code, list(wrong(wrong_one))) == (422, ["currentPassword"])
    done = somebody.send(
        "/account/password", currentPassword=PASSWORD, newPassword="another quiet harbour"
    )
    assert done.location == "/account?said=password"
    assert somebody.get("/account").status_code == 200


def test_the_audit_log_tells_who_did_what(ada: Person) -> None:
    ada.send("/team", name="Grace", email="grace@example.com", role="VIEWER")
    text = ada.page("/audit").select_one("table").get_text(" ", strip=True)  # type: ignore[union-attr]
    assert "added a person" in text
    assert "Admin Example" in text


# --- left out


def test_the_dashboard_can_be_left_out(app_on: AppFactory, sqlite_database: Any) -> None:
    app = app_on(sqlite_database, dashboard="off")
    client = app.test_client()
    for path in ("/", "/interviews", "/sign-in", "/team", "/assets/style.css"):
        assert client.get(path).status_code == 404, path
    assert client.post("/sign-in").status_code == 404
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("dashboard", ["on", "off"])
def test_nothing_of_it_is_loaded_where_it_is_left_out(tmp_path: Path, dashboard: str) -> None:
    program = (
        "import sys; from interview_service.app import create_app;"
        "from interview_service.settings import Settings; create_app(Settings.from_environment());"
        "print(any(name.startswith('interview_service.dashboard') for name in sys.modules))"
    )
    environment = {"INSTANCE_PATH": str(tmp_path), "DASHBOARD": dashboard, "PATH": ""}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(dashboard == "on")


def test_files_are_kept_by_the_browser_until_they_change(sqlite_app: Flask) -> None:
    page = Person(sqlite_app).page("/interviews")
    for selector, attribute in (("link[rel=stylesheet]", "href"), ("script", "src")):
        element = page.select_one(selector)
        assert element is not None
        with sqlite_app.test_client().get(str(element[attribute])) as answer:
            assert answer.status_code == 200
            assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_times_hold_still(ada: Person, hands: Hands) -> None:
    interview = added(ada)
    shown = ada.page(f"/interviews/{interview}").get_text()
    now = clock.now()
    assert f"{now.day} {now:%b %Y, %H:%M}" in shown
    assert "Times are in UTC" in shown


def test_times_are_read_and_shown_in_the_teams_zone(ada: Person) -> None:
    ada.send("/settings", timeZone="America/New_York")
    interview = planned(ada, scheduledAt="2026-07-01T23:30")
    path = f"/interviews/{interview}"
    moment = record_of(ada, interview).scheduled_at
    assert moment is not None
    assert moment.isoformat() == "2026-07-02T03:30:00+00:00"
    for page in (path, "/interviews", f"{path}/kit"):
        assert "23:30" in ada.get(page).text, page
        assert "03:30" not in ada.page(page).get_text(), page
    assert "When (America/New_York)" in ada.get(f"{path}/edit").text
    assert "Times are in America/New_York" in ada.get(path).text
    assert kept(ada.get(f"{path}/edit"), "scheduledAt") == "2026-07-01T23:30"
    filtered = "/interviews?scheduledFrom=2026-07-01&scheduledTo=2026-07-01"
    assert interview in ada.get(filtered).text
    assert interview not in ada.get(filtered.replace("07-01", "07-02")).text
    ada.send(f"{path}/transition", transition="APPROVE")
    ada.send(f"{path}/transition", transition="SCHEDULE", scheduledAt="2026-12-01T09:00")
    later = record_of(ada, interview).scheduled_at
    assert later is not None
    assert later.isoformat() == "2026-12-01T14:00:00+00:00"
    assert "Times are in UTC" not in ada.get("/audit").text


def test_every_page_of_an_interview_whose_candidate_was_erased_can_be_read(ada: Person) -> None:
    repository = repository_of(ada)
    caller = Caller(ada.app, ada.tenant)
    interview = interview_in(State.ASSESSMENT_APPROVED, caller, repository)
    lifecycle.erase_interview(repository, interview, Actor("tester"))
    for page in ("", "/plan", "/kit", "/transcript", "/assessment", "/history"):
        answer = ada.get(f"/interviews/{interview}{page}")
        assert answer.status_code == 200, page
        assert "Jane" not in answer.text
    assert interview in ada.get("/interviews").text
