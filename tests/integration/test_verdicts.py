"""Verdicts and appointments: people decide, an interview can end without a transcript."""

from dataclasses import replace
from typing import Any

import pytest

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.plan import OTHER_KITS
from interview_service.domain.workflow import State, Transition
from interview_service.repository import Repository
from tests.callers import Caller, details
from tests.engines import GENERATED_BY, assessment_of
from tests.lives import LEASE, interview_in, put_transcript, take, work
from tests.panels import assessment, card, hand_in, interviewer, judged_interview

PATH = "/workflow/interviews/{}/transition"
APPROVE = {"transition": "APPROVE_ASSESSMENT"}


@pytest.fixture
def caller(sqlite_caller: Caller) -> Caller:
    return sqlite_caller


@pytest.fixture
def repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


def undecided(caller: Caller, repository: Repository) -> str:
    """Return the id of an interview whose assessment recommends nothing."""
    return judged_interview(caller, repository, card("NO_DECISION", None))


def program(caller: Caller) -> Caller:
    made = caller.other("acme", "interview:*", "key:manage").post(
        "/api-keys", {"name": "robot", "permissions": ["interview:*"]}
    )
    robot = caller.other()
    robot.headers = {"X-API-Key": made.json["key"]}
    return robot


def test_a_decision_stands_wherever_it_is_told(caller: Caller, repository: Repository) -> None:
    url = "https://example.com/hook"
    one = interview_in(State.IN_PROGRESS, caller, repository, callbackUrl=url)
    hand_in(interviewer(caller, "ada"), one, card("HIRE"))
    take(caller, one, Transition.COMPLETE)
    given = {"recommendation": "STRONG_NO_HIRE", "reason": "No licence"}
    take(caller, one, Transition.APPROVE_ASSESSMENT, decision=given, reason="Sorry")
    record = caller.get(f"/interviews/{one}").json
    assert (record["workflowState"], record["decision"]) == (
        "ASSESSMENT_APPROVED",
        "STRONG_NO_HIRE",
    )
    assert (record["recommendation"], record["overallScore"]) == ("HIRE", 80)
    (row,) = caller.get("/interviews").json["data"]
    assert (row["decision"], row["recommendation"]) == ("STRONG_NO_HIRE", "HIRE")
    decision = assessment(caller, one)["decision"]
    assert decision.pop("at") == record["updatedAt"]
    assert decision == {**given, "by": "tester"}
    last = repository.deliveries.of_interview(one)[-1]
    assert last.event == "interview.assessment_approved"
    assert '"decision":"STRONG_NO_HIRE"' in last.body
    assert "licence" not in last.body


@pytest.mark.parametrize("decision", [..., None])
def test_without_one_it_is_what_the_assessment_recommends(
    decision: Any, caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card("NO_HIRE", 2))
    more = {} if decision is ... else {"decision": decision}
    take(caller, one, Transition.APPROVE_ASSESSMENT, reason="We agree", **more)
    found = assessment(caller, one)["decision"]
    assert (found["recommendation"], found["reason"]) == ("NO_HIRE", "We agree")


def test_where_there_is_nothing_to_follow_somebody_has_to_decide(
    caller: Caller, repository: Repository
) -> None:
    one = undecided(caller, repository)
    before = caller.get(f"/interviews/{one}").json
    for refused in (
        caller.post(PATH.format(one), APPROVE),
        caller.post(f"/a2a/interview/{one}/approve-assessment", {"approved": True}),
        caller.put(f"/interviews/{one}", {"workflowState": "ASSESSMENT_APPROVED"}),
    ):
        assert refused.status_code == 422, refused.json
        assert list(refused.json["errors"]["json"]) == ["decision"]
    assert caller.get(f"/interviews/{one}").json == before
    decision = {"recommendation": "HIRE"}
    path = f"/a2a/interview/{before['runId']}/approve-assessment"
    done = caller.post(path, {"approved": True, "decision": decision, "reason": "Met her"})
    assert done.status_code == 200, done.json
    found = assessment(caller, one)["decision"]
    assert (found["recommendation"], found["reason"]) == ("HIRE", "Met her")


def test_words_alone_recommend_nothing(caller: Caller, repository: Repository) -> None:
    one = interview_in(State.COMPLETED, caller, repository)
    put_transcript(caller, one)
    begun = lifecycle.begin_work(repository, one, LEASE)
    assert begun is not None
    assert begun.plan is not None
    assert begun.transcript is not None
    draft = replace(assessment_of(begun.plan, begun.transcript), model=None)
    assert lifecycle.attach_assessment(
        repository, one, begun.version, draft, GENERATED_BY.to_dict()
    )
    found = assessment(caller, one)
    assert (found["basis"], found["overallScore"], found["scores"]) == ("TRANSCRIPT", None, {})
    assert (found["recommendation"], found["draft"]) == ("NO_DECISION", None)
    assert found["notes"] == ["Nothing was checked."]
    record = caller.get(f"/interviews/{one}").json
    assert (record["overallScore"], record["recommendation"]) == (None, "NO_DECISION")
    assert caller.post(PATH.format(one), APPROVE).status_code == 422


def test_a_program_says_what_it_decides(caller: Caller, repository: Repository) -> None:
    one = judged_interview(caller, repository, card("HIRE"))
    robot = program(caller)
    for refused in (
        robot.post(PATH.format(one), APPROVE),
        robot.post(f"/a2a/interview/{one}/approve-assessment", {"approved": True}),
        robot.put(f"/interviews/{one}", {"workflowState": "ASSESSMENT_APPROVED"}),
    ):
        assert refused.status_code == 422, refused.json
        assert list(refused.json["errors"]["json"]) == ["decision"]
    given = {**APPROVE, "decision": {"recommendation": "HIRE"}}
    assert robot.post(PATH.format(one), given).status_code == 200
    assert assessment(caller, one)["decision"]["by"] == "key:robot"


@pytest.mark.parametrize(
    "decision",
    [
        {"recommendation": "NO_DECISION"},
        {"recommendation": "hire"},
        {"recommendation": None},
        {},
        "HIRE",
        {"recommendation": "HIRE", "by": "me"},
        {"recommendation": "HIRE", "reason": "r" * 2001},
    ],
)
def test_a_decision_that_is_none_is_refused(
    decision: Any, caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card("HIRE"))
    refused = caller.post(PATH.format(one), {**APPROVE, "decision": decision})
    assert refused.status_code == 422
    assert list(refused.json["errors"]["json"]) == ["decision"]


def test_only_the_approval_of_an_assessment_takes_a_decision(
    caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card("HIRE"))
    decision = {"recommendation": "HIRE"}
    for refused in (
        caller.post(PATH.format(one), {"transition": "CANCEL", "decision": decision}),
        caller.post(
            f"/a2a/interview/{one}/approve-assessment",
            {"approved": False, "decision": decision},
        ),
    ):
        assert refused.status_code == 422
    pending = interview_in(State.PENDING, caller, repository)
    early = caller.post(PATH.format(pending), {**APPROVE, "decision": decision})
    assert early.status_code == 409


def test_nobody_decides_on_numbers_that_have_changed(
    caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card("HIRE", 4))
    paths = (f"/interviews/{one}", f"/interviews/{one}/assessment")
    seen = [caller.get(path).headers["ETag"] for path in paths]
    hand_in(interviewer(caller, "late"), one, card("NO_HIRE", 1))
    for tag in seen:
        stale = caller.post(PATH.format(one), APPROVE, headers={"If-Match": tag})
        assert stale.status_code == 412
    fresh = caller.get(paths[1]).headers["ETag"]
    assert caller.post(PATH.format(one), APPROVE, headers={"If-Match": fresh}).status_code == 200


def test_a_rejected_assessment_is_kept_and_a_new_one_is_made(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    hand_in(interviewer(caller, "ada"), one, card("NO_HIRE", 2))
    first = assessment(caller, one)
    take(caller, one, Transition.REJECT_ASSESSMENT, reason="Look again")
    record = caller.get(f"/interviews/{one}").json
    assert (record["assessmentId"], record["overallScore"], record["recommendation"]) == (
        None,
        None,
        None,
    )
    assert caller.get(f"/interviews/{one}/assessment").status_code == 404
    assert caller.get(f"/interviews/{one}/status").json["waitingFor"] == "assessment"
    assert work(repository, one)
    second = assessment(caller, one)
    assert second["id"] != first["id"]
    assert (second["basis"], second["overallScore"]) == ("SCORECARDS", 40)
    assert second["draft"]["summary"] == "Sound. Look again"
    page = caller.get(f"/interviews/{one}/assessments?limit=1").json
    assert page["data"] == [second]
    following = page["meta"]["nextCursor"]
    rest = caller.get(f"/interviews/{one}/assessments?limit=1&cursor={following}").json
    assert rest["data"] == [{**first, "transcript": None}]
    assert rest["meta"] == {"limit": 1, "nextCursor": None}
    assert caller.other("globex").get(f"/interviews/{one}/assessments").status_code == 404


def test_rejected_on_cards_alone_it_waits_until_a_card_changes(
    caller: Caller, repository: Repository
) -> None:
    one = judged_interview(caller, repository, card("HIRE"), card("HIRE"))
    take(caller, one, Transition.REJECT_ASSESSMENT, reason="Too soon")
    status = caller.get(f"/interviews/{one}/status").json
    assert (status["workflowState"], status["waitingFor"]) == ("COMPLETED", "evidence")
    assert not work(repository, one)
    hand_in(interviewer(caller, "interviewer-0"), one, card("NO_HIRE", 1))
    assert caller.get(f"/interviews/{one}/status").json["waitingFor"] == "verdict"
    assert assessment(caller, one)["overallScore"] == 50
    take(caller, one, Transition.REJECT_ASSESSMENT)
    for number in range(2):
        hand_in(interviewer(caller, f"interviewer-{number}"), one, card(submitted=False))
        state = caller.get(f"/interviews/{one}").json["workflowState"]
        if number == 0:
            assert state == "ASSESSMENT_PENDING"
            take(caller, one, Transition.REJECT_ASSESSMENT)
    assert state == "COMPLETED"
    put_transcript(caller, one)
    assert caller.get(f"/interviews/{one}/status").json["waitingFor"] == "assessment"
    assert work(repository, one)
    assert assessment(caller, one)["basis"] == "MODEL"
    assert len(caller.get(f"/interviews/{one}/assessments").json["data"]) == 4


def test_fifty_assessments_are_kept(caller: Caller, repository: Repository) -> None:
    one = judged_interview(caller, repository, card("HIRE", 1))
    ids = [assessment(caller, one)["id"]]
    for number in range(51):
        take(caller, one, Transition.REJECT_ASSESSMENT)
        hand_in(interviewer(caller, "interviewer-0"), one, card("HIRE", 1 + number % 4))
        hand_in(interviewer(caller, "interviewer-0"), one, card("HIRE", 5))
        ids.append(assessment(caller, one)["id"])
    found = caller.get(f"/interviews/{one}/assessments").json["data"]
    assert [each["id"] for each in found] == list(reversed(ids[-50:]))


# --- appointments


def test_an_appointment_has_a_length_a_place_and_people(
    caller: Caller, repository: Repository
) -> None:
    one = interview_in(State.APPROVED, caller, repository, interviewers=["ada", "grace"])
    when = "2030-02-01T10:00:00.000Z"
    take(
        caller,
        one,
        Transition.SCHEDULE,
        scheduledAt=when,
        durationMinutes=45,
        location="Room 12",
    )
    record = caller.get(f"/interviews/{one}").json
    shown = (record["scheduledAt"], record["durationMinutes"], record["location"])
    assert shown == (when, 45, "Room 12")
    (row,) = caller.get("/interviews").json["data"]
    assert row["interviewers"] == record["interviewers"] == ["ada", "grace"]
    take(caller, one, Transition.SCHEDULE, durationMinutes=60)
    moved = caller.put(f"/interviews/{one}", {"location": None})
    assert (moved.json["durationMinutes"], moved.json["location"]) == (60, None)
    history = caller.get(f"/workflow/interviews/{one}/history").json["data"]
    assert [each["transition"] for each in history[-3:]] == ["SCHEDULE"] * 3
    take(caller, one, Transition.NO_SHOW)
    record = caller.get(f"/interviews/{one}").json
    assert (record["workflowState"], record["scheduledAt"], record["durationMinutes"]) == (
        "APPROVED",
        None,
        60,
    )
    take(caller, one, Transition.START)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("durationMinutes", 4),
        ("durationMinutes", 481),
        ("durationMinutes", 30.5),
        ("durationMinutes", "30"),
        ("location", "l" * 501),
        ("interviewers", ["i"] * 21),
        ("interviewers", ["i" * 321]),
        ("interviewers", [""]),
        ("interviewers", "ada"),
    ],
)
def test_an_appointment_that_is_not_valid_is_refused(
    field: str, value: Any, caller: Caller, repository: Repository
) -> None:
    made = caller.post("/interviews", details(**{field: value}))
    assert made.status_code == 422
    assert list(made.json["errors"]["json"]) == [field]
    if field != "interviewers":
        one = interview_in(State.APPROVED, caller, repository)
        body = {"transition": "SCHEDULE", "scheduledAt": "2030-02-01T10:00:00Z", field: value}
        assert caller.post(PATH.format(one), body).status_code == 422


@pytest.mark.parametrize(
    "field", ["overallScore", "recommendation", "decision", "candidateErasedAt"]
)
def test_what_people_judge_cannot_be_written_into_the_record(field: str, caller: Caller) -> None:
    value = 80 if field == "overallScore" else "HIRE"
    if field == "candidateErasedAt":
        value = "2030-02-01T10:00:00.000Z"
    assert caller.post("/interviews", details(**{field: value})).status_code == 422
    one = caller.create()
    assert caller.put(f"/interviews/{one['id']}", one).status_code == 200
    refused = caller.put(f"/interviews/{one['id']}", {field: value})
    assert refused.json["errors"]["json"] == {field: ["Read-only field"]}


# --- the same questions for a position


def test_another_candidate_for_the_position_gets_the_same_questions_at_once(
    caller: Caller, repository: Repository
) -> None:
    first = interview_in(State.SCHEDULED, caller, repository)
    plan = caller.get(f"/interviews/{first}/plan").json
    made = caller.post("/interviews", details(planFromInterviewId=first))
    assert made.status_code == 201, made.json
    assert made.json["workflowState"] == "PENDING"
    assert "planFromInterviewId" not in made.json
    copy = caller.get(f"/interviews/{made.json['id']}/plan").json
    assert copy["id"] == made.json["planId"] != plan["id"]
    assert copy["structure"] == plan["structure"]
    assert copy["generatedBy"] == plan["generatedBy"]
    assert not work(repository, made.json["id"])
    history = caller.get(f"/workflow/interviews/{made.json['id']}/history").json["data"]
    assert [each["transition"] for each in history] == ["VALIDATE", "GENERATE_PLAN", "PLAN_READY"]
    take(caller, made.json["id"], Transition.MODIFY, reason="Shorter")
    assert work(repository, made.json["id"])
    assert caller.get(f"/interviews/{first}/plan").json == plan


def test_a_copied_plan_is_approved_by_itself_where_plans_are(
    caller: Caller, repository: Repository
) -> None:
    first = interview_in(State.PENDING, caller, repository)
    caller.put("/tenant/settings", {"autoApprovePlans": True})
    made = caller.post("/interviews", details(planFromInterviewId=first))
    assert made.json["workflowState"] == "SCHEDULED"


def notes_of(caller: Caller, interview_id: str) -> list[str]:
    notes: list[str] = caller.get(f"/interviews/{interview_id}/plan").json["structure"]["notes"]
    return notes


def asking(caller: Caller, interview_id: str, question: str) -> list[str]:
    """Put a plan with one question in an interview's place of its own; return its notes."""
    section = {"name": "Talk", "duration": 30, "topics": ["Work"]}
    section["questions"] = [{"text": question, "lookFor": ["Reasons"]}]
    given = {"structure": {"duration": 30, "sections": [section], "notes": [OTHER_KITS]}}
    put = caller.put(f"/interviews/{interview_id}/plan", given)
    assert put.status_code == 200, put.json
    assert notes_of(caller, interview_id) == put.json["structure"]["notes"]
    return notes_of(caller, interview_id)


def test_a_plan_tells_where_other_candidates_are_asked_something_else(
    caller: Caller, repository: Repository
) -> None:
    post = {"position": "Site Nurse"}
    first = interview_in(State.PENDING, caller, repository, **post)
    copy = caller.post("/interviews", details(**post, planFromInterviewId=first)).json["id"]
    alike = interview_in(State.PENDING, caller, repository, **post)
    for each in (first, copy, alike):
        assert notes_of(caller, each) == []
    assert asking(caller, copy, "What do you do first on a ward?") == [OTHER_KITS]
    third = interview_in(State.PENDING, caller, repository, position="SITE NURSE")
    assert notes_of(caller, third) == [OTHER_KITS]
    for each in (first, copy, alike, third):
        last = asking(caller, each, "What do you do first on a ward?")
    assert last == []
    again = caller.post("/interviews", details(**post, planFromInterviewId=copy)).json["id"]
    assert notes_of(caller, again) == []


def test_only_plans_that_candidates_are_interviewed_with_count_as_other_kits(
    caller: Caller, repository: Repository
) -> None:
    theirs = Repository(repository.work.database, "globex")
    neighbour = caller.other("globex")
    asking(neighbour, interview_in(State.PENDING, neighbour, theirs), "Why here?")
    for name in (Transition.CANCEL, Transition.REJECT):
        gone = interview_in(State.PENDING, caller, repository)
        asking(caller, gone, f"Why {name}?")
        take(caller, gone, name)
    interview_in(State.PENDING, caller, repository, position="Pastry chef")
    interview_in(State.RECEIVED, caller, repository)
    assert notes_of(caller, interview_in(State.PENDING, caller, repository)) == []


def test_a_plan_that_is_not_there_cannot_be_copied(caller: Caller, repository: Repository) -> None:
    theirs = interview_in(
        State.PENDING, caller.other("globex"), Repository(repository.work.database, "globex")
    )
    without = interview_in(State.RECEIVED, caller, repository)
    total = caller.get("/interviews").json["meta"]["total"]
    for name in (theirs, without, "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b", "x", 7):
        refused = caller.post("/interviews", details(planFromInterviewId=name))
        assert refused.status_code == 422, refused.json
        assert list(refused.json["errors"]["json"]) == ["planFromInterviewId"]
    assert caller.get("/interviews").json["meta"]["total"] == total
    mine = interview_in(State.PENDING, caller, repository)
    blind = caller.other("acme", "interview:create")
    refused = blind.post("/interviews", details(planFromInterviewId=mine))
    assert refused.status_code == 403
    assert refused.json["message"].endswith("Required: interview:read")
