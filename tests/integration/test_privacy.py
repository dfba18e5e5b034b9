"""What a client sees of a candidate's data: handed out, erased, and erased after its time."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from flask import Flask

from interview_service import lifecycle
from interview_service.cli import main
from interview_service.database.session import Database
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle import SERVICE, audit
from interview_service.repository import Repository
from interview_service.webhooks.transport import Outcome, Transport
from interview_service.worker import Worker
from tests.callers import Caller, details
from tests.conftest import AppFactory, Hands
from tests.engines import GoodEngine
from tests.integration.test_documented_answers import assert_as_documented
from tests.lives import TURNS, interview_in, work
from tests.marks import ALL, EMAIL, HOOK, STRUCTURE, Marks, found_in, live

NOBODY = "0190c7a4-1111-7d3f-8a2b-1c2d3e4f5a6b"
NOT_FOUND = {"statusCode": 404, "message": "Interview not found"}


@pytest.fixture
def app(database: Database, app_on: AppFactory) -> Flask:
    return app_on(database, webhook_allow_private=True)


@pytest.fixture
def caller(app: Flask) -> Caller:
    """Somebody of the tenant `acme` who may do everything, on each backend in turn."""
    return Caller(app, "acme", *ALL)


@pytest.fixture
def sqlite_caller(sqlite_app: Flask) -> Caller:
    return Caller(sqlite_app, "acme", *ALL)


@pytest.fixture
def sqlite_repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


@pytest.fixture
def document(sqlite_caller: Caller) -> dict[str, Any]:
    read: dict[str, Any] = sqlite_caller.client.get("/api/openapi.json").json
    return read


def erase(caller: Caller, interview_id: str) -> None:
    answer = caller.delete(f"/interviews/{interview_id}/candidate-data")
    assert (answer.status_code, answer.data) == (204, b"")


# --- handed out


def test_an_export_holds_all_that_is_kept_on_a_candidate(
    caller: Caller, repository: Repository
) -> None:
    marks = Marks()
    lived = live(caller, repository, marks)
    second = caller.create(candidateEmail=EMAIL.upper())["id"]
    caller.create(candidateEmail=f"x{EMAIL}")
    answer = caller.get("/candidates/export", query_string={"email": EMAIL.title()})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="candidate.json"'
    found = answer.json
    assert (found["candidateEmail"], found["tenantId"]) == (EMAIL.title(), "acme")
    first, other = found["interviews"]
    assert [first["interview"]["id"], other["interview"]["id"]] == [lived, second]
    assert found_in(answer.text, marks) == set(marks.made)
    record = caller.get(f"/interviews/{lived}").json
    assert {name: first["interview"][name] for name in record} == record
    assert len(first["plans"]) == 4
    assert [each["transition"] for each in first["history"]][-1] == "APPROVE_ASSESSMENT"
    submitted = {card["interviewer"]: card["submitted"] for card in first["scorecards"]}
    assert submitted == {"tester": True, "other": False}
    bodies = [orjson.loads(each["body"])["type"] for each in first["deliveries"]]
    assert bodies == [each["event"] for each in first["deliveries"]]
    assert (other["transcript"], other["assessments"], other["scorecards"]) == (None, [], [])


def test_an_export_is_as_documented_and_stands_in_the_log(
    sqlite_caller: Caller, sqlite_repository: Repository, document: dict[str, Any]
) -> None:
    interview_id = live(sqlite_caller, sqlite_repository, Marks())
    answer = sqlite_caller.get("/candidates/export", query_string={"email": EMAIL})
    assert_as_documented(document, "/candidates/export", answer)
    entry = audit.audit_log(sqlite_repository, limit=1).entries[0]
    assert (entry.actor, entry.action, entry.interview_id, entry.fields) == (
        "tester",
        "candidate.export",
        interview_id,
        (),
    )
    assert entry.request_id == answer.headers["X-Request-ID"]


def test_of_a_candidate_of_whom_nothing_is_kept_nothing_is_handed_out(caller: Caller) -> None:
    caller.other("globex").create(candidateEmail=EMAIL)
    answer = caller.get("/candidates/export", query_string={"email": EMAIL})
    assert (answer.status_code, answer.json["interviews"]) == (200, [])
    erased = caller.post("/candidates/erase", {"email": EMAIL})
    assert (erased.status_code, erased.json) == (200, {"interviewIds": []})
    assert caller.other("globex").get("/interviews").json["data"][0]["candidateEmail"] == EMAIL


@pytest.mark.parametrize("email", [None, "", "jane", "a@example.com&email=b@example.com"])
def test_an_export_and_an_erasure_want_one_email(sqlite_caller: Caller, email: str | None) -> None:
    query = "" if email is None else f"?email={email}"
    assert sqlite_caller.get(f"/candidates/export{query}").status_code == 422
    body = {} if email is None else {"email": email}
    assert sqlite_caller.post("/candidates/erase", body).status_code == 422


def test_many_interviews_are_handed_out_and_erased_page_by_page(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interview_service.lifecycle.privacy.PAGE_ROWS", 2)
    ids = [caller.create(candidateEmail=EMAIL)["id"] for _ in range(5)]
    found = caller.get("/candidates/export", query_string={"email": EMAIL}).json
    assert [each["interview"]["id"] for each in found["interviews"]] == ids
    assert caller.post("/candidates/erase", {"email": EMAIL}).json == {"interviewIds": ids}
    found = caller.get("/candidates/export", query_string={"email": EMAIL}).json
    assert found["interviews"] == []


# --- erased


def test_what_is_left_of_an_interview_says_nothing_of_its_candidate(
    caller: Caller, repository: Repository
) -> None:
    interview_id = live(caller, repository, Marks())
    path = f"/interviews/{interview_id}"
    before = caller.get(path).json
    cards = caller.get(f"{path}/scorecards").json["data"]
    assessment = caller.get(f"{path}/assessment").json
    erase(caller, interview_id)
    after = caller.get(path).json
    gone = (
        *("candidateName", "candidateEmail", "externalId", "jobDescription"),
        *("companyDescription", "location", "callbackUrl"),
    )
    assert after == {
        **before,
        **dict.fromkeys(gone),
        "candidateErasedAt": after["updatedAt"],
        "updatedAt": after["updatedAt"],
    }
    assert before["decision"] == "HIRE"
    assert caller.get(f"{path}/plan").json["structure"] == {
        "duration": 30,
        "sections": [
            {"name": "Section 1", "duration": 30, "topics": ["Section 1"], "questions": []}
        ],
        "opening": [],
        "closing": [],
        "criteria": [
            {
                "key": "criterion_1",
                "group": "group_1",
                "name": "Criterion 1",
                "anchors": {
                    "1": "Shows little or nothing of what this part is about.",
                    "3": "Shows what the job needs, with gaps.",
                    "5": "Convinces throughout, with concrete examples.",
                },
            }
        ],
        "checks": [],
        "notes": [],
    }
    left = caller.get(f"{path}/assessment").json
    own = list(assessment["scores"])[1]
    assert list(assessment["scores"]) == ["markgroup", own]
    assert left == {
        **assessment,
        "summary": None,
        "scores": {"group_1": {"criterion_1": 4}, "group_4": {"criterion_2": 2}},
        "draft": {
            "overallScore": 70,
            "recommendation": "HIRE",
            "scores": {"group_1": {"criterion_1": 4}},
            "summary": "",
        },
        "coverage": [
            {
                "criterion": "criterion_1",
                "name": "Criterion 1",
                "status": "ANSWERED",
                "followUp": None,
            }
        ],
        "evidence": [],
        "notes": [],
        "candidateSpeaker": None,
        "decision": {**assessment["decision"], "reason": None},
        "transcript": None,
    }
    (card,) = caller.get(f"{path}/scorecards").json["data"]
    assert card == {
        **cards[0],
        "ratings": [
            {"criterion": "criterion_1", "rating": 4, "note": None, "name": None, "group": None},
            {
                "criterion": "criterion_2",
                "rating": 2,
                "note": None,
                "name": None,
                "group": "group_4",
            },
        ],
        "summary": None,
    }
    assert caller.get(f"{path}/transcript").status_code == 404
    assert caller.get(f"{path}/scorecards/tester/versions").status_code == 404
    history = caller.get(f"/workflow/interviews/{interview_id}/history").json["data"]
    assert {each["reason"] for each in history} == {None}
    assert caller.get("/interviews?q=mark").json["data"] == []
    (row,) = caller.get("/interviews?q=senior engineer").json["data"]
    assert (row["id"], row["candidateName"]) == (interview_id, None)
    assert caller.get(f"{path}/calendar.ics").status_code == 200


def test_what_an_engine_made_of_the_job_alone_keeps_its_criteria(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.ASSESSMENT_PENDING, caller, repository)
    path = f"/interviews/{interview_id}"
    scores = caller.get(f"{path}/assessment").json["scores"]
    criteria = caller.get(f"{path}/plan").json["structure"]["criteria"]
    erase(caller, interview_id)
    structure = caller.get(f"{path}/plan").json["structure"]
    assert structure["criteria"] == criteria
    assert [each["name"] for each in structure["sections"]] == ["Talk", "Close"]
    assert [each["questions"] for each in structure["sections"]] == [[], []]
    assert caller.get(f"{path}/assessment").json["scores"] == scores


def test_the_job_stays_without_the_candidates_name(sqlite_caller: Caller) -> None:
    record = sqlite_caller.create(
        position="Engineer (Jane Smith)",
        skills=["Go", "asked by jane smith"],
        companyName="Smith & Sons",
    )
    erase(sqlite_caller, record["id"])
    after = sqlite_caller.get(f"/interviews/{record['id']}").json
    assert after["position"] == "Engineer (Candidate)"
    assert after["skills"] == ["Go", "asked by Candidate"]
    assert after["companyName"] == "Smith & Sons"
    assert sqlite_caller.get("/interviews?q=jane").json["data"] == []


@pytest.mark.parametrize("state", State)
def test_an_interview_that_is_not_over_is_cancelled(
    caller: Caller, repository: Repository, state: State
) -> None:
    interview_id = interview_in(state, caller, repository)
    totals = caller.get("/interviews/counts").json["byState"]
    feed = caller.get("/interviews/changes").json["nextCursor"]
    erase(caller, interview_id)
    is_over = state.is_final
    after = caller.get(f"/interviews/{interview_id}").json
    assert after["workflowState"] == (state if is_over else "CANCELLED")
    last = caller.get(f"/workflow/interviews/{interview_id}/history").json["data"][-1:]
    if not is_over:
        assert (last[0]["transition"], last[0]["previousState"]) == ("CANCEL", state)
        totals = {**totals, state: totals[state] - 1, "CANCELLED": totals["CANCELLED"] + 1}
    assert caller.get("/interviews/counts").json["byState"] == totals
    (change,) = caller.get(f"/interviews/changes?cursor={feed}").json["data"]
    assert (change["interviewId"], change["change"]) == (interview_id, "UPSERTED")
    status = caller.get(f"/interviews/{after['runId']}/status").json
    assert (status["waitingFor"], status["allowedTransitions"], status["error"]) == (None, [], None)
    assert not work(repository, interview_id)


@pytest.mark.parametrize("state", [State.PENDING, State.IN_PROGRESS, State.ASSESSMENT_PENDING])
def test_nothing_is_done_any_more_about_a_candidate_who_was_erased(
    sqlite_caller: Caller, sqlite_repository: Repository, state: State
) -> None:
    caller = sqlite_caller
    interview_id = interview_in(state, caller, sqlite_repository, callbackUrl=HOOK)
    erase(caller, interview_id)
    path, flow = f"/interviews/{interview_id}", f"/workflow/interviews/{interview_id}"
    record = caller.get(path)
    delivery = caller.get(f"{path}/deliveries").json["data"][0]["id"]
    structure = Marks().in_(STRUCTURE, "Late")
    card = {"ratings": [], "recommendation": "HIRE", "submitted": False}
    answers = {
        "update": caller.put(path, {"candidateName": "Jane Smith"}),
        "state": caller.put(path, {"workflowState": "APPROVED"}),
        "plan": caller.put(f"{path}/plan", {"structure": structure}),
        "transcript": caller.put(f"{path}/transcript", {"turns": TURNS}),
        "card": caller.put(f"{path}/scorecards/me", card),
        "no card": caller.delete(f"{path}/scorecards/me"),
        "retry": caller.post(f"{flow}/retry"),
        "redeliver": caller.post(f"{path}/deliveries/{delivery}/redeliver"),
        "info": caller.call("PATCH", f"/a2a/interview/{interview_id}/complete-info", json={}),
        **{
            name: caller.post(f"{flow}/transition", {"transition": name})
            for name in Transition
            if name.permission is not None
        },
    }
    assert {name: each.status_code for name, each in answers.items()} == dict.fromkeys(answers, 409)
    assert answers["redeliver"].json["message"] == "The candidate's data was erased"
    same = caller.get(path)
    assert (same.json, same.headers["ETag"]) == (record.json, record.headers["ETag"])
    another = caller.post("/interviews", details(planFromInterviewId=interview_id))
    assert another.status_code == 422


def test_erasing_twice_changes_nothing(caller: Caller, repository: Repository) -> None:
    interview_id = caller.create(candidateEmail=EMAIL)["id"]
    erase(caller, interview_id)
    before = (caller.get(f"/interviews/{interview_id}").json, len(audit_of(repository)))
    erase(caller, interview_id)
    assert caller.post("/candidates/erase", {"email": EMAIL}).json == {"interviewIds": []}
    after = (caller.get(f"/interviews/{interview_id}").json, len(audit_of(repository)))
    assert after == before


def audit_of(repository: Repository) -> list[Any]:
    return audit.audit_log(repository, limit=100).entries


def test_an_erasure_stands_in_the_log_and_says_nothing_of_the_candidate(
    sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = sqlite_caller.create(candidateEmail=EMAIL)["id"]
    sqlite_caller.post("/candidates/erase", {"email": EMAIL})
    entry = audit_of(sqlite_repository)[0]
    assert (entry.actor, entry.action, entry.target_id, entry.interview_id, entry.fields) == (
        "tester",
        "candidate.erase",
        interview_id,
        interview_id,
        (),
    )


def test_an_erasure_takes_a_version_and_a_key(caller: Caller) -> None:
    record = caller.create(candidateEmail=EMAIL)
    path = f"/interviews/{record['id']}/candidate-data"
    assert caller.delete(path, headers={"If-Match": '"stale"'}).status_code == 412
    key = {"Idempotency-Key": "erase"}
    first = caller.post("/candidates/erase", {"email": EMAIL}, headers=key)
    caller.create(candidateEmail=EMAIL)
    again = caller.post("/candidates/erase", {"email": EMAIL}, headers=key)
    assert first.json == again.json == {"interviewIds": [record["id"]]}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert caller.get("/interviews").json["data"][0]["candidateEmail"] == EMAIL
    other = caller.post("/candidates/erase", {"email": "bo@example.com"}, headers=key)
    assert other.status_code == 409
    current = caller.get(f"/interviews/{record['id']}").headers["ETag"]
    assert caller.delete(path, headers={"If-Match": current}).status_code == 204


def test_another_tenants_candidate_is_not_found(caller: Caller) -> None:
    record = caller.create(candidateEmail=EMAIL)
    stranger = caller.other("globex", *ALL)
    for interview_id in (record["id"], NOBODY, "nonsense"):
        answer = stranger.delete(f"/interviews/{interview_id}/candidate-data")
        assert (answer.status_code, answer.json) == (404, NOT_FOUND)
    assert stranger.post("/candidates/erase", {"email": EMAIL}).json == {"interviewIds": []}
    assert caller.get(f"/interviews/{record['id']}").json == record


# --- told


def test_receivers_are_told_by_ids_alone_in_the_place_of_what_was_not_delivered(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(
        State.PENDING, caller, repository, callbackUrl=HOOK, externalId="req-1"
    )
    record = caller.get(f"/interviews/{interview_id}").json
    erase(caller, interview_id)
    told = []
    while post := lifecycle.begin_delivery(repository, interview_id):
        assert post.url == HOOK
        told.append(orjson.loads(post.body))
        lifecycle.record_delivery(repository, post, Outcome(204, 3, "", None))
    assert [each["type"] for each in told] == ["interview.cancelled", "interview.candidate_erased"]
    assert told[0]["data"]["externalId"] is None
    assert told[1]["data"] == {
        "interviewId": interview_id,
        "runId": record["runId"],
        "tenantId": "acme",
        "externalId": None,
        "transition": None,
        "previousState": None,
        "workflowState": "CANCELLED",
        "planId": None,
        "assessmentId": None,
        "decision": None,
    }
    shown = caller.get(f"/interviews/{interview_id}/deliveries").json["data"]
    assert [(each["state"], each["url"]) for each in shown] == [("DELIVERED", "")] * 2


# --- when its time is over


@pytest.fixture
def worker(database: Database) -> Iterator[Worker]:
    worker = Worker(database, GoodEngine(), Transport(), lease=timedelta(seconds=30))
    yield worker
    worker.stop()


def test_data_is_erased_when_its_time_is_over(
    caller: Caller, repository: Repository, worker: Worker, hands: Hands
) -> None:
    other = caller.other("globex", *ALL)
    caller.put("/tenant/settings", {"retentionDays": 30})
    ended = interview_in(State.REJECTED, caller, repository)
    waiting = caller.create()["id"]
    kept = other.create()["id"]
    hands.forward(days=20)
    touched = caller.create()["id"]
    changed = caller.create()["id"]
    hands.forward(days=10)
    caller.put(f"/interviews/{changed}", {"companyName": "Acme"})

    def erased() -> set[str]:
        return {
            each
            for each in (ended, waiting, touched, changed)
            if caller.get(f"/interviews/{each}").json["candidateErasedAt"]
        }

    worker.tidy()
    assert erased() == set()
    hands.forward(milliseconds=1000)
    worker.tidy()
    assert erased() == {ended, waiting}
    assert caller.get(f"/interviews/{waiting}").json["workflowState"] == "CANCELLED"
    assert caller.get(f"/interviews/{ended}").json["workflowState"] == "REJECTED"
    hands.forward(days=20)
    worker.tidy()
    assert erased() == {ended, waiting, touched}
    assert other.get(f"/interviews/{kept}").json["candidateErasedAt"] is None
    by = {each.actor for each in audit_of(repository) if each.action == "candidate.erase"}
    assert by == {SERVICE}


def test_much_that_is_past_its_time_is_erased_a_few_of_each_tenant_in_turn(
    caller: Caller, worker: Worker, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interview_service.worker.ERASED_AT_ONCE", 2)
    tenants = [caller, caller.other("globex", *ALL)]
    for each in tenants:
        each.put("/tenant/settings", {"retentionDays": 1})
        for _ in range(5):
            each.create()
    hands.forward(days=2)
    order: list[str] = []
    erase_expired = lifecycle.erase_expired

    def noted(repository: Repository, *args: Any, **options: Any) -> int:
        order.append(repository.tenant_id)
        return erase_expired(repository, *args, **options)

    monkeypatch.setattr(lifecycle, "erase_expired", noted)
    worker.tidy()
    assert order == ["acme", "globex"] * 3
    for each in tenants:
        rows = each.get("/interviews").json["data"]
        assert [row["candidateName"] for row in rows] == [None] * 5


# --- by the command line


def test_an_operator_hands_out_and_erases(
    own_database: Database, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, app_on: AppFactory
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
    caller = Caller(app_on(own_database), "acme", *ALL)
    first, second, third = (caller.create(candidateEmail=EMAIL)["id"] for _ in range(3))

    def run(*arguments: str, answer: str | None = None) -> Any:
        return CliRunner().invoke(main, ["candidate", *arguments], input=answer)

    exported = run("export", EMAIL, "--tenant", "acme")
    assert exported.exit_code == 0, exported.output
    found = orjson.loads(exported.stdout)
    assert [each["interview"]["id"] for each in found["interviews"]] == [first, second, third]
    assert run("erase", EMAIL, "--tenant", "acme", answer="n\n").exit_code == 1
    assert run("erase", "--tenant", "acme").exit_code == 1
    one = run("erase", "--interview", second, "--tenant", "acme", "--yes")
    assert (one.exit_code, one.stdout) == (0, f"{second}\n")
    rest = run("erase", EMAIL.lower(), "--tenant", "acme", "--yes")
    assert (rest.exit_code, rest.stdout.split()) == (0, [first, third])
    assert run("erase", "nonsense", "--tenant", "acme", "--yes").exit_code == 1
    unknown = run("erase", "--interview", NOBODY, "--tenant", "acme", "--yes")
    assert (unknown.exit_code, unknown.stderr) == (1, "Error: Interview not found\n")
