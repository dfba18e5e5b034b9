"""The intake for applicant tracking systems: what is missing is asked for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from interview_service import lifecycle
from interview_service.domain.assessment import AssessmentDraft, Binder, ModelDraft, Recommendation
from interview_service.domain.plan import PlanStructure, Section
from interview_service.repository import Repository
from tests.callers import Caller

FULL = {
    "candidateName": "Jane Smith",
    "candidateEmail": "jane@example.com",
    "externalId": "req-1",
    "position": "Senior Engineer",
    "level": "SENIOR",
    "skills": ["TypeScript", "React", "Node.js"],
    "jobDescription": "Build scalable platform services with modern tooling, in a team of six, for "
    "customers in forty countries.",
}
PLAN = PlanStructure(30, (Section("Talk", 30, ("Work",)),))


def without(*fields: str) -> dict[str, Any]:
    return {name: value for name, value in FULL.items() if name not in fields}


def plan(repository: Repository, interview_id: str) -> None:
    """Do the worker's part up to PENDING."""
    work = lifecycle.begin_work(repository, interview_id, timedelta(seconds=30))
    assert work is not None
    assert lifecycle.attach_plan(repository, interview_id, work.version, PLAN, {"engine": "test"})


def test_a_complete_request_goes_on_at_once(caller: Caller) -> None:
    response = caller.post("/a2a/interview", FULL)
    body = response.json
    assert response.status_code == 201
    assert body == {
        "runId": body["runId"],
        "interviewId": body["interviewId"],
        "state": "VALIDATING_SKILLS",
        "message": "The interview is complete: its plan is being written",
        "dataQuality": "EXCELLENT",
        "missing": [],
    }
    record = caller.get(f"/interviews/{body['interviewId']}").json
    assert (record["candidateName"], record["runId"]) == ("Jane Smith", body["runId"])
    history = caller.get(f"/workflow/interviews/{body['interviewId']}/history").json["data"]
    assert [(entry["transition"], entry["triggeredBy"]) for entry in history] == [
        ("VALIDATE", "service")
    ]


def test_an_empty_request_is_asked_everything(caller: Caller) -> None:
    body = caller.post("/a2a/interview", {}).json
    assert (body["state"], body["dataQuality"]) == ("INFO_NEEDED", "INCOMPLETE")
    assert [(item["field"], item["severity"]) for item in body["missing"]] == [
        ("candidateName", "CRITICAL"),
        ("position", "CRITICAL"),
        ("level", "HIGH"),
        ("skills", "HIGH"),
        ("jobDescription", "HIGH"),
    ]
    assert all(item["question"].strip() for item in body["missing"])


@pytest.mark.parametrize(
    ("change", "expected", "quality", "state"),
    [
        (
            {"jobDescription": "x" * 99},
            [("jobDescription", "MEDIUM")],
            "GOOD",
            "VALIDATING_SKILLS",
        ),
        ({"jobDescription": "x" * 100}, [], "EXCELLENT", "VALIDATING_SKILLS"),
        ({"jobDescription": "x" * 50}, [("jobDescription", "MEDIUM")], "GOOD", "VALIDATING_SKILLS"),
        ({"jobDescription": "x" * 49}, [("jobDescription", "HIGH")], "INCOMPLETE", "INFO_NEEDED"),
        (
            {"jobDescription": "<p>Care for patients</p>" + "&nbsp;" * 100},
            [("jobDescription", "HIGH")],
            "INCOMPLETE",
            "INFO_NEEDED",
        ),
        (
            {
                "jobDescription": "&lt;div class=&quot;"
                + "wide " * 20
                + "&quot;&gt;Care&lt;/div&gt;"
            },
            [("jobDescription", "HIGH")],
            "INCOMPLETE",
            "INFO_NEEDED",
        ),
        (
            {"jobDescription": f"<style>{'p {}' * 50}</style><p>{'x' * 99}</p>"},
            [("jobDescription", "MEDIUM")],
            "GOOD",
            "VALIDATING_SKILLS",
        ),
        (
            {"jobDescription": f"**{'x' * 50}** [{'y' * 50}](https://jobs.example.com)"},
            [],
            "EXCELLENT",
            "VALIDATING_SKILLS",
        ),
        ({"skills": ["SQL", "Go"]}, [("skills", "MEDIUM")], "GOOD", "VALIDATING_SKILLS"),
        ({"skills": ["SQL"]}, [("skills", "MEDIUM")], "GOOD", "VALIDATING_SKILLS"),
        ({"skills": []}, [("skills", "HIGH")], "INCOMPLETE", "INFO_NEEDED"),
        ({"skills": None}, [("skills", "HIGH")], "INCOMPLETE", "INFO_NEEDED"),
        ({"candidateEmail": ""}, [], "EXCELLENT", "VALIDATING_SKILLS"),
        ({"position": " "}, [("position", "CRITICAL")], "INCOMPLETE", "INFO_NEEDED"),
        (
            {"candidateName": "", "candidateEmail": " ", "externalId": ""},
            [("candidateName", "CRITICAL")],
            "INCOMPLETE",
            "INFO_NEEDED",
        ),
        ({"level": None}, [("level", "HIGH")], "INCOMPLETE", "INFO_NEEDED"),
        (
            {"candidateName": None, "candidateEmail": None},
            [],
            "EXCELLENT",
            "VALIDATING_SKILLS",
        ),
    ],
)
def test_completeness_at_its_edges(
    sqlite_caller: Caller,
    change: dict[str, Any],
    expected: list[tuple[str, str]],
    quality: str,
    state: str,
) -> None:
    body = sqlite_caller.post("/a2a/interview", {**FULL, **change}).json
    found = [(item["field"], item["severity"]) for item in body["missing"]]
    assert (found, body["dataQuality"], body["state"]) == (expected, quality, state)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", "GURU"),
        ("candidateEmail", "no address"),
        ("skills", "SQL"),
        ("skills", [""]),
        ("scheduledAt", "tomorrow"),
        ("callbackUrl", "https://127.0.0.1/"),
        ("unknown", 1),
    ],
)
def test_what_is_there_and_wrong_is_refused(sqlite_caller: Caller, field: str, value: Any) -> None:
    response = sqlite_caller.post("/a2a/interview", {**FULL, field: value})
    assert response.status_code == 422
    assert list(response.json["errors"]["json"]) == [field]
    assert sqlite_caller.get("/interviews").json["meta"]["total"] == 0


def test_information_comes_in_several_steps(caller: Caller) -> None:
    taken = caller.post("/a2a/interview", without("position", "level", "jobDescription")).json
    path = f"/a2a/interview/{taken['interviewId']}/complete-info"
    first = caller.call("PATCH", path, json={"position": "Engineer"}).json
    assert (first["state"], [item["field"] for item in first["missing"]]) == (
        "INFO_NEEDED",
        ["level", "jobDescription"],
    )
    status = caller.get(f"/a2a/interview/{taken['runId']}/status").json
    assert (status["waitingFor"], status["missing"]) == ("info", first["missing"])
    second = caller.call(
        "PATCH", path, json={"level": "MID", "jobDescription": FULL["jobDescription"]}
    ).json
    assert (second["state"], second["missing"]) == ("VALIDATING_SKILLS", [])
    third = caller.call("PATCH", path, json={"level": "LEAD"})
    assert third.status_code == 409
    assert third.json["message"].startswith(
        "Transition COMPLETE_INFO is not allowed: workflowState is VALIDATING_SKILLS."
    )


def test_what_is_still_unknown_can_be_sent_as_null(caller: Caller) -> None:
    taken = caller.post("/a2a/interview", {"candidateName": "Jane Smith"}).json
    path = f"/a2a/interview/{taken['interviewId']}/complete-info"
    unknown = {"level": None, "skills": None, "jobDescription": "", "candidateEmail": ""}
    response = caller.call("PATCH", path, json={**unknown, "position": "Engineer"})
    assert (response.status_code, [item["field"] for item in response.json["missing"]]) == (
        200,
        ["level", "skills", "jobDescription"],
    )


def test_what_is_known_cannot_be_taken_back(caller: Caller) -> None:
    taken = caller.post("/a2a/interview", without("level")).json
    path = f"/a2a/interview/{taken['interviewId']}/complete-info"
    response = caller.call("PATCH", path, json={"candidateName": None, "skills": None})
    assert (response.status_code, response.json["errors"]) == (
        422,
        {
            "json": {
                "candidateName": ["Field may not be null."],
                "skills": ["Length must be between 1 and 50."],
            }
        },
    )
    assert caller.get(f"/interviews/{taken['interviewId']}").json["candidateName"] == "Jane Smith"


def test_complete_info_without_what_blocks_stays_where_it_is(caller: Caller) -> None:
    taken = caller.post("/a2a/interview", without("level")).json
    path = f"/workflow/interviews/{taken['interviewId']}/transition"
    refused = caller.post(path, {"transition": "COMPLETE_INFO"})
    assert refused.status_code == 422
    assert list(refused.json["errors"]["json"]) == ["level"]
    assert caller.get(f"/interviews/{taken['interviewId']}").json["workflowState"] == "INFO_NEEDED"


def test_a_retried_intake_makes_no_second_record(caller: Caller) -> None:
    first = caller.post("/a2a/interview", without("level"))
    second = caller.post("/a2a/interview", without("level"))
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json == first.json
    assert caller.get("/interviews").json["meta"]["total"] == 1


def test_a_retried_intake_says_what_became_of_the_first(caller: Caller) -> None:
    taken = caller.post("/a2a/interview", without("level")).json
    caller.put(f"/interviews/{taken['interviewId']}", {"level": "MID"})
    filled = caller.post("/a2a/interview", without("level")).json
    assert filled["message"] == "Nothing is missing any more: call complete-info to go on"
    path = f"/workflow/interviews/{taken['interviewId']}/transition"
    caller.post(path, {"transition": "CANCEL"})
    again = caller.post("/a2a/interview", without("level"))
    assert (again.status_code, again.json) == (
        200,
        {
            **filled,
            "state": "CANCELLED",
            "message": "The interview was taken in before: workflowState is CANCELLED",
        },
    )


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}], ids=["id", "key"])
def test_an_intake_that_is_retried_in_parallel_makes_one_record(
    caller: Caller, headers: dict[str, str]
) -> None:
    body = without("externalId") if headers else FULL
    barrier = Barrier(4)

    def send(_: int) -> tuple[int, str]:
        own = Caller(caller.app)
        barrier.wait()
        response = own.post("/a2a/interview", body, headers=headers)
        return response.status_code, response.json["interviewId"]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert {status for status, _ in answers} <= {200, 201}
    assert len({interview_id for _, interview_id in answers}) == 1
    assert caller.get("/interviews").json["meta"]["total"] == 1


def test_an_external_id_is_added_once_and_never_changed(caller: Caller) -> None:
    caller.post("/a2a/interview", FULL)
    taken = caller.post("/a2a/interview", without("externalId", "level")).json
    path = f"/a2a/interview/{taken['interviewId']}/complete-info"
    used = caller.call("PATCH", path, json={"externalId": "req-1"})
    assert (used.status_code, list(used.json["errors"]["json"])) == (422, ["externalId"])
    assert caller.call("PATCH", path, json={"externalId": "req-2"}).status_code == 200
    changed = caller.call("PATCH", path, json={"externalId": "req-3"})
    assert changed.json["errors"] == {"json": {"externalId": ["Read-only field"]}}


@pytest.mark.parametrize(("approved", "state"), [(True, "APPROVED"), (False, "REJECTED")])
def test_a_plan_is_approved_or_rejected(
    caller: Caller, repository: Repository, approved: bool, state: str
) -> None:
    taken = caller.post("/a2a/interview", FULL).json
    plan(repository, taken["interviewId"])
    path = f"/a2a/interview/{taken['runId']}/approve"
    response = caller.post(path, {"approved": approved, "reason": "Because"})
    assert (response.status_code, response.json["newState"]) == (200, state)
    assert response.json["reason"] == "Because"
    assert caller.post(path, {"approved": approved}).status_code == 409


def test_another_plan_is_asked_for_with_a_reason(caller: Caller, repository: Repository) -> None:
    taken = caller.post("/a2a/interview", FULL).json
    plan(repository, taken["interviewId"])
    path = f"/a2a/interview/{taken['runId']}/request-modification"
    assert caller.call("PATCH", path, json={}).status_code == 422
    response = caller.call("PATCH", path, json={"reason": "More SQL"})
    assert response.json["newState"] == "GENERATING_PLAN"
    work = lifecycle.begin_work(repository, taken["interviewId"], timedelta(seconds=30))
    assert work is not None
    assert work.feedback == ("More SQL",)


def test_an_assessment_is_rejected_and_then_approved(
    caller: Caller, repository: Repository
) -> None:
    taken = caller.post("/a2a/interview", {**FULL, "scheduledAt": "2030-01-01T10:00:00Z"}).json
    interview_id = taken["interviewId"]
    plan(repository, interview_id)
    caller.post(f"/a2a/interview/{taken['runId']}/approve", {"approved": True})
    transitions = f"/workflow/interviews/{interview_id}/transition"
    caller.post(transitions, {"transition": "START"})
    caller.put(
        f"/interviews/{interview_id}/transcript", {"turns": [{"speaker": "A", "text": "Hello"}]}
    )
    caller.post(transitions, {"transition": "COMPLETE"})
    path = f"/a2a/interview/{interview_id}/approve-assessment"
    for approved, state in ((False, "COMPLETED"), (True, "ASSESSMENT_APPROVED")):
        work = lifecycle.begin_work(repository, interview_id, timedelta(seconds=30))
        assert work is not None
        said = "Too little was said."
        model = ModelDraft(0, Recommendation.NO_DECISION, said, {})
        result = AssessmentDraft(Binder((), (), said, ()), model)
        assert lifecycle.attach_assessment(
            repository, interview_id, work.version, result, {"engine": "test"}
        )
        answer = {"approved": approved, "reason": "Look again"}
        if approved:  # nothing was recommended, so that somebody has to decide
            assert caller.post(path, answer).status_code == 422
            answer["decision"] = {"recommendation": "NO_HIRE"}
        response = caller.post(path, answer)
        assert response.json["newState"] == state
    assert caller.get(f"/interviews/{interview_id}").json["decision"] == "NO_HIRE"


def test_each_call_needs_the_documented_permission(sqlite_caller: Caller) -> None:
    taken = sqlite_caller.post("/a2a/interview", without("level")).json
    run, interview_id = taken["runId"], taken["interviewId"]
    calls = [
        ("POST", "/a2a/interview", FULL, "interview:create"),
        ("GET", f"/a2a/interview/{run}/status", None, "interview:read"),
        ("PATCH", f"/a2a/interview/{interview_id}/complete-info", {}, "interview:update"),
        ("POST", f"/a2a/interview/{run}/approve", {"approved": True}, "interview:approve"),
        (
            "PATCH",
            f"/a2a/interview/{run}/request-modification",
            {"reason": "x"},
            "interview:approve",
        ),
        (
            "POST",
            f"/a2a/interview/{interview_id}/approve-assessment",
            {"approved": True},
            "interview:approve",
        ),
    ]
    every = {"interview:create", "interview:read", "interview:update", "interview:approve"}
    for method, path, body, permission in calls:
        others = sqlite_caller.other("acme", *(every - {permission}))
        refused = others.call(method, path, json=body)
        assert (refused.status_code, refused.json) == (
            403,
            {"statusCode": 403, "message": f"Insufficient permissions. Required: {permission}"},
        )
        stranger = sqlite_caller.other("other", permission)
        if path != "/a2a/interview":
            missing = stranger.call(method, path, json=body)
            assert missing.json == {"statusCode": 404, "message": "Interview not found"}


def test_an_incomplete_record_can_be_put_back_as_it_was_read(caller: Caller) -> None:
    interview_id = caller.post("/a2a/interview", {}).json["interviewId"]
    record = caller.get(f"/interviews/{interview_id}").json
    assert caller.put(f"/interviews/{interview_id}", record).json == record


def test_a_required_field_that_an_interview_has_cannot_be_emptied(caller: Caller) -> None:
    interview_id = caller.create()["id"]
    emptied = {"candidateName": None, "level": None, "skills": []}
    response = caller.put(f"/interviews/{interview_id}", emptied)
    assert (response.status_code, response.json["errors"]) == (
        422,
        {
            "json": {
                "candidateName": ["Field may not be null."],
                "level": ["Field may not be null."],
                "skills": ["Length must be between 1 and 50."],
            }
        },
    )
