"""The workflow over HTTP is the table of transitions: who may do what, and from where."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from interview_service.database.session import Database
from interview_service.domain.workflow import (
    APPROVAL,
    FINAL,
    TABLE,
    UPDATE,
    State,
    Transition,
    WaitingFor,
    caller_transitions_from,
    grants,
    transition_between,
    waiting_for,
)
from interview_service.repository import Repository
from tests.callers import Caller
from tests.lives import INFO, TIME, interview_in, put_transcript, take, work

OF_CALLERS = [name for name in Transition if name.permission is not None]
OF_THE_SERVICE = [name for name in Transition if name.permission is None]
NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def sqlite_repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


def body_for(name: Transition) -> dict[str, Any]:
    more = {"scheduledAt": TIME} if name is Transition.SCHEDULE else {}
    return {"transition": name.value, **more}


def ask(caller: Caller, interview_id: str, name: Transition, **more: Any) -> TestResponse:
    path = f"/workflow/interviews/{interview_id}/transition"
    return caller.post(path, {**body_for(name), **more})


def history(caller: Caller, interview_id: str) -> list[dict[str, Any]]:
    response = caller.get(f"/workflow/interviews/{interview_id}/history")
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.json["data"]
    return found


def status(caller: Caller, interview_id: str) -> dict[str, Any]:
    run_id = caller.get(f"/interviews/{interview_id}").json["runId"]
    found: dict[str, Any] = caller.get(f"/interviews/{run_id}/status").json
    return found


def complete(caller: Caller, interview_id: str) -> None:
    """Supply what an interview lacks without taking COMPLETE_INFO: that is left to the test."""
    response = caller.put(f"/interviews/{interview_id}", INFO)
    assert response.status_code == 200, response.json


# --- a transition and its permission


@pytest.mark.parametrize(
    ("name", "source"), [(name, source) for name in OF_CALLERS for source in TABLE[name].sources]
)
def test_a_token_with_the_transitions_permission_alone_may_take_it(
    name: Transition, source: State, caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(source, caller, repository)
    if name is Transition.COMPLETE_INFO:
        complete(caller, interview_id)
    before = history(caller, interview_id)
    narrow = caller.other("acme", str(name.permission), subject="narrow")
    response = narrow.post(
        f"/workflow/interviews/{interview_id}/transition",
        {**body_for(name), "reason": "because"},
    )
    entry = {
        "transition": name.value,
        "previousState": source.value,
        "newState": TABLE[name].target.value,
        "triggeredBy": "narrow",
        "reason": "because",
        "timestamp": response.json.get("timestamp"),
    }
    assert (response.status_code, response.json) == (200, {"interviewId": interview_id, **entry})
    record = caller.get(f"/interviews/{interview_id}").json
    assert (record["workflowState"], record["updatedAt"]) == (
        TABLE[name].target.value,
        entry["timestamp"],
    )
    assert history(caller, interview_id) == [*before, entry]


@pytest.mark.parametrize("name", OF_CALLERS)
def test_a_token_without_the_transitions_permission_is_told_which_it_lacks(
    name: Transition, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    permission = str(name.permission)
    others = {"interview:read", "interview:create", "interview:delete", UPDATE, APPROVAL}
    poor = sqlite_caller.other("acme", *(others - {permission}))
    interview_id = interview_in(TABLE[name].sources[0], sqlite_caller, sqlite_repository)
    before = sqlite_caller.get(f"/interviews/{interview_id}").json
    response = ask(poor, interview_id, name)
    assert (response.status_code, response.json) == (
        403,
        {"statusCode": 403, "message": f"Insufficient permissions. Required: {permission}"},
    )
    assert sqlite_caller.get(f"/interviews/{interview_id}").json == before


@pytest.mark.parametrize("name", OF_THE_SERVICE)
def test_the_services_own_transitions_are_not_for_callers(
    name: Transition, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(TABLE[name].sources[0], sqlite_caller, sqlite_repository)
    before = history(sqlite_caller, interview_id)
    response = ask(sqlite_caller, interview_id, name)
    assert (response.status_code, response.json) == (
        403,
        {"statusCode": 403, "message": f"Transition {name} is made by the service only"},
    )
    assert history(sqlite_caller, interview_id) == before


@pytest.mark.parametrize("state", State)
def test_in_each_state_what_the_table_does_not_allow_is_a_conflict_that_names_what_is_allowed(
    state: State, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(state, sqlite_caller, sqlite_repository)
    before = sqlite_caller.get(f"/interviews/{interview_id}").json
    allowed = caller_transitions_from(state, ["interview:*"])
    names = ", ".join(allowed) or "none"
    assert before["workflowState"] == state
    for name in set(OF_CALLERS) - set(allowed):
        response = ask(sqlite_caller, interview_id, name)
        message = (
            f"Transition {name} is not allowed: workflowState is {state}. "
            f"Allowed transitions: {names}"
        )
        assert (response.status_code, response.json) == (
            409,
            {"statusCode": 409, "message": message},
        )
    assert sqlite_caller.get(f"/interviews/{interview_id}").json == before


@pytest.mark.parametrize("state", State)
def test_in_each_state_a_caller_is_told_what_it_may_do_and_what_is_waited_for(
    state: State, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(state, sqlite_caller, sqlite_repository)
    record = sqlite_caller.get(f"/interviews/{interview_id}").json
    for held in ({UPDATE}, {APPROVAL}, {UPDATE, APPROVAL}):
        someone = sqlite_caller.other("acme", "interview:read", *held)
        allowed = [
            name.value
            for name in Transition
            if state in TABLE[name].sources and name.permission in held
        ]
        available = someone.get(f"/workflow/interviews/{interview_id}/available-transitions")
        assert (available.status_code, available.json) == (200, {"data": allowed})
        found = status(someone, interview_id)
        same = ("runId", "planId", "assessmentId", "createdAt", "updatedAt")
        assert found == {
            **{name: record[name] for name in same},
            "interviewId": interview_id,
            "workflowState": state.value,
            "waitingFor": waiting_for(state, has_transcript=False),
            "missing": found["missing"],
            "missingScorecards": [],
            "allowedTransitions": allowed,
            "error": None,
        }
        assert bool(found["missing"]) is (state is State.INFO_NEEDED)


def test_the_reason_is_optional_and_kept_as_it_was_given(
    sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(State.PENDING, sqlite_caller, sqlite_repository)
    reason = "Mehr über Datenbanken – и тесты\n(2 sections)"
    assert take(sqlite_caller, interview_id, Transition.MODIFY, reason=reason)["reason"] == reason
    assert work(sqlite_repository, interview_id)
    assert take(sqlite_caller, interview_id, Transition.APPROVE)["reason"] is None
    assert [entry["reason"] for entry in history(sqlite_caller, interview_id)] == [
        *(None, None, None),
        *(reason, None, None),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"transition": None},
        {"transition": "approve"},
        {"transition": "FLY"},
        {"transition": 7},
        {"transition": "APPROVE", "reason": "x" * 2001},
        {"transition": "APPROVE", "reason": ["x"]},
        {"transition": "APPROVE", "scheduledAt": "tomorrow"},
        {"transition": "APPROVE", "nonsense": 1},
    ],
)
def test_a_transition_that_is_not_well_formed_changes_nothing(
    body: dict[str, Any], sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(State.PENDING, sqlite_caller, sqlite_repository)
    before = history(sqlite_caller, interview_id)
    response = sqlite_caller.post(f"/workflow/interviews/{interview_id}/transition", body)
    [field_at_fault] = response.json["errors"]["json"]
    assert (response.status_code, field_at_fault) == (422, list({"transition": 0, **body})[-1])
    assert history(sqlite_caller, interview_id) == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "transition"),
        ("POST", "retry"),
        ("GET", "history"),
        ("GET", "available-transitions"),
    ],
)
def test_an_interview_that_is_not_there_or_another_tenants_is_not_found(
    method: str, path: str, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    foreign = sqlite_caller.other("globex")
    interview_id = interview_in(State.PENDING, sqlite_caller, sqlite_repository)
    for who, which in (
        (sqlite_caller, NOWHERE),
        (sqlite_caller, "nonsense"),
        (foreign, interview_id),
    ):
        body = {"transition": "CANCEL"} if path == "transition" else None
        response = who.call(method, f"/workflow/interviews/{which}/{path}", json=body)
        assert (response.status_code, response.json) == (
            404,
            {"statusCode": 404, "message": "Interview not found"},
        )
    assert len(history(sqlite_caller, interview_id)) == 3


# --- scheduling


def test_scheduling_wants_a_time_and_takes_it(caller: Caller, repository: Repository) -> None:
    interview_id = interview_in(State.APPROVED, caller, repository)
    path = f"/workflow/interviews/{interview_id}/transition"
    response = caller.post(path, {"transition": "SCHEDULE"})
    assert (response.status_code, response.json) == (
        422,
        {
            "statusCode": 422,
            "message": "Validation failed",
            "errors": {"json": {"scheduledAt": ["Required to schedule: the interview has none."]}},
        },
    )
    assert caller.get(f"/interviews/{interview_id}").json["workflowState"] == "APPROVED"
    take(caller, interview_id, Transition.SCHEDULE, scheduledAt=TIME)
    take(caller, interview_id, Transition.SCHEDULE)
    later = TIME.replace("2030", "2031")
    take(caller, interview_id, Transition.SCHEDULE, scheduledAt=later)
    record = caller.get(f"/interviews/{interview_id}").json
    assert (record["workflowState"], record["scheduledAt"]) == ("SCHEDULED", later)


def test_approving_an_interview_that_has_a_time_schedules_it(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.PENDING, caller, repository, scheduledAt=TIME)
    answer = take(caller, interview_id, Transition.APPROVE, reason="good")
    assert (answer["newState"], answer["triggeredBy"]) == ("APPROVED", "tester")
    assert caller.get(f"/interviews/{interview_id}").json["workflowState"] == "SCHEDULED"
    approval, schedule = history(caller, interview_id)[-2:]
    assert approval == {name: value for name, value in answer.items() if name != "interviewId"}
    assert schedule == {
        "transition": "SCHEDULE",
        "previousState": "APPROVED",
        "newState": "SCHEDULED",
        "triggeredBy": "service",
        "reason": None,
        "timestamp": schedule["timestamp"],
    }


def test_completing_the_info_is_refused_while_something_is_missing(sqlite_caller: Caller) -> None:
    interview_id = sqlite_caller.post("/a2a/interview", {}).json["interviewId"]
    response = ask(sqlite_caller, interview_id, Transition.COMPLETE_INFO)
    assert response.status_code == 422
    assert list(response.json["errors"]["json"]) == [
        item["field"] for item in status(sqlite_caller, interview_id)["missing"]
    ]


# --- the same, by PUT


@pytest.mark.parametrize("name", [each for each in OF_CALLERS if not TABLE[each].only_by_name])
def test_putting_the_state_takes_the_transition_that_leads_there(
    name: Transition, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    source, target = TABLE[name].sources[0], TABLE[name].target
    put_id, asked_id = (interview_in(source, sqlite_caller, sqlite_repository) for _ in range(2))
    more = body_for(name)
    del more["transition"]
    if name is Transition.COMPLETE_INFO:
        more = INFO
        complete(sqlite_caller, asked_id)
    assert ask(sqlite_caller, asked_id, name).status_code == 200
    response = sqlite_caller.put(f"/interviews/{put_id}", {**more, "workflowState": target})
    assert (response.status_code, response.json["workflowState"]) == (200, target.value)
    timeless = [
        [{**entry, "timestamp": ""} for entry in history(sqlite_caller, each)]
        for each in (put_id, asked_id)
    ]
    assert timeless[0] == timeless[1]
    assert timeless[0][-1]["transition"] == name


@pytest.mark.parametrize("source", TABLE[Transition.NO_SHOW].sources)
def test_putting_the_state_never_says_that_nobody_came(
    source: State, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(source, sqlite_caller, sqlite_repository)
    response = sqlite_caller.put(f"/interviews/{interview_id}", {"workflowState": "APPROVED"})
    assert response.status_code == 409
    assert "NO_SHOW" in response.json["message"]
    assert status(sqlite_caller, interview_id)["workflowState"] == source


def test_who_does_not_come_can_be_given_another_time(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.IN_PROGRESS, caller, repository)
    assert ask(caller, interview_id, Transition.NO_SHOW).json["newState"] == "APPROVED"
    record = caller.get(f"/interviews/{interview_id}").json
    assert (record["workflowState"], record["scheduledAt"]) == ("APPROVED", None)
    assert record["planId"] is not None
    again = "2031-03-01T10:00:00.000Z"
    assert ask(caller, interview_id, Transition.SCHEDULE, scheduledAt=again).status_code == 200


def test_a_scheduled_interview_is_moved_by_putting_another_time(
    caller: Caller, repository: Repository
) -> None:
    interview_id = interview_in(State.SCHEDULED, caller, repository)
    moved = "2031-03-01T10:00:00.000Z"
    response = caller.put(f"/interviews/{interview_id}", {"scheduledAt": moved})
    assert (response.status_code, response.json["scheduledAt"]) == (200, moved)
    last = history(caller, interview_id)[-1]
    assert (last["transition"], last["previousState"]) == ("SCHEDULE", "SCHEDULED")
    count = len(history(caller, interview_id))
    same = caller.put(f"/interviews/{interview_id}", {"scheduledAt": moved})
    assert (same.status_code, len(history(caller, interview_id))) == (200, count)


@pytest.mark.parametrize("name", [name for name in OF_CALLERS if name.permission == APPROVAL])
def test_putting_a_state_wants_the_permission_of_its_transition(
    name: Transition, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(TABLE[name].sources[0], sqlite_caller, sqlite_repository)
    writer = sqlite_caller.other("acme", "interview:read", UPDATE)
    body = {"workflowState": TABLE[name].target, "companyName": "Other"}
    response = writer.put(f"/interviews/{interview_id}", body)
    assert (response.status_code, response.json) == (
        403,
        {"statusCode": 403, "message": f"Insufficient permissions. Required: {APPROVAL}"},
    )
    record = sqlite_caller.get(f"/interviews/{interview_id}").json
    assert (record["workflowState"], record["companyName"]) == (TABLE[name].sources[0], None)


@pytest.mark.parametrize("state", State)
def test_putting_a_state_that_no_transition_leads_to_is_a_conflict_or_the_services_own(
    state: State, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(state, sqlite_caller, sqlite_repository)
    before = sqlite_caller.get(f"/interviews/{interview_id}").json
    names = ", ".join(caller_transitions_from(state, ["interview:*"])) or "none"
    for target in set(State) - {state}:
        name = transition_between(state, target)
        if name is not None and name.permission is not None:
            continue
        response = sqlite_caller.put(f"/interviews/{interview_id}", {"workflowState": target})
        if name is None:
            message = (
                f"workflowState {target} is not allowed: workflowState is {state}. "
                f"Allowed transitions: {names}"
            )
            expected = (409, message)
        else:
            expected = (403, f"Transition {name} is made by the service only")
        assert (response.status_code, response.json["message"]) == expected
    assert sqlite_caller.get(f"/interviews/{interview_id}").json == before


# --- retry


@pytest.mark.parametrize("state", State)
def test_only_an_interview_that_waits_for_background_work_can_be_retried(
    state: State, sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(state, sqlite_caller, sqlite_repository)
    response = sqlite_caller.post(f"/workflow/interviews/{interview_id}/retry")
    if status(sqlite_caller, interview_id)["waitingFor"] in (
        WaitingFor.PLAN,
        WaitingFor.ASSESSMENT,
    ):
        assert (response.status_code, response.json) == (202, status(sqlite_caller, interview_id))
    else:
        message = f"Nothing to retry: workflowState is {state}"
        assert (response.status_code, response.json) == (
            409,
            {"statusCode": 409, "message": message},
        )


def test_retrying_wants_the_permission_to_approve(
    sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    interview_id = interview_in(State.RECEIVED, sqlite_caller, sqlite_repository)
    writer = sqlite_caller.other("acme", "interview:read", UPDATE)
    response = writer.post(f"/workflow/interviews/{interview_id}/retry")
    assert (response.status_code, response.json) == (
        403,
        {"statusCode": 403, "message": f"Insufficient permissions. Required: {APPROVAL}"},
    )
    approver = sqlite_caller.other("acme", APPROVAL)
    assert approver.post(f"/workflow/interviews/{interview_id}/retry").status_code == 202


# --- random walks


@dataclass
class Expected:
    """What the table says about an interview that has gone through some steps."""

    state: State = State.RECEIVED
    scheduled: bool = False
    has_transcript: bool = False
    incomplete: bool = False
    entries: list[tuple[str, str, str, str]] = field(default_factory=list)

    def move(self, name: Transition, subject: str) -> None:
        rule = TABLE[name]
        assert self.state in rule.sources
        self.entries.append((name.value, self.state.value, rule.target.value, subject))
        self.state = rule.target

    def answer_to(self, name: Transition, permissions: frozenset[str], *, timed: bool) -> int:
        """Take a transition that a caller asks for, if it may; return the status of the answer."""
        if name.permission is None or not grants(permissions, name.permission):
            return 403
        if self.state not in TABLE[name].sources:
            return 409
        if name is Transition.SCHEDULE and not (timed or self.scheduled):
            return 422
        if name is Transition.COMPLETE_INFO and self.incomplete:
            return 422
        self.scheduled |= name is Transition.SCHEDULE
        self.move(name, "walker")
        if name is Transition.APPROVE and self.scheduled:
            self.move(Transition.SCHEDULE, "service")
        return 200

    @property
    def waits_for(self) -> WaitingFor | None:
        return waiting_for(self.state, has_transcript=self.has_transcript)

    def work(self) -> None:
        """Take the service's own transitions as far as they lead."""
        while self.waits_for in (WaitingFor.PLAN, WaitingFor.ASSESSMENT):
            [name] = (
                each
                for each in OF_THE_SERVICE
                if self.state in TABLE[each].sources and each is not Transition.REQUEST_INFO
            )
            self.move(name, "service")


BOTH = frozenset({UPDATE, APPROVAL})
step = st.one_of(
    st.tuples(
        st.sampled_from(Transition),
        st.sampled_from([BOTH, BOTH, frozenset({UPDATE}), frozenset({APPROVAL})]),
        st.booleans(),
    ),
    # what carries a life on, more often than chance would
    st.tuples(
        st.sampled_from(
            [
                *(Transition.APPROVE, Transition.SCHEDULE, Transition.START, Transition.COMPLETE),
                *(Transition.MODIFY, Transition.REJECT_ASSESSMENT),
            ]
        ),
        st.just(BOTH),
        st.just(True),
    ),
    st.sampled_from(["work", "work", "transcript", "inform"]),
)


@pytest.mark.parametrize("by", ["transition", "put"])
@given(incomplete=st.booleans(), timed=st.booleans(), steps=st.lists(step, max_size=25))
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_sequence_of_steps_leads_where_the_table_says(
    by: str,
    sqlite_app: Flask,
    sqlite_repository: Repository,
    incomplete: bool,
    timed: bool,
    steps: list[Any],
) -> None:
    caller = Caller(sqlite_app, subject="walker")
    times = {"scheduledAt": TIME} if timed else {}
    expected = Expected(scheduled=timed, incomplete=incomplete)
    if incomplete:
        interview_id = caller.post("/a2a/interview", times).json["interviewId"]
        expected.move(Transition.VALIDATE, "service")
        expected.move(Transition.REQUEST_INFO, "service")
    else:
        interview_id = caller.create(**{"scheduledAt": None, **times})["id"]
    for each in steps:
        if each == "work":
            if work(sqlite_repository, interview_id):
                expected.work()
        elif each == "transcript":
            put_transcript_if_possible(caller, interview_id, expected)
        elif each == "inform":
            inform(caller, interview_id, expected)
        else:
            walk(by, caller, interview_id, expected, *each)
        compare(caller, interview_id, expected)


def put_transcript_if_possible(caller: Caller, interview_id: str, expected: Expected) -> None:
    if expected.state in (State.IN_PROGRESS, State.COMPLETED, State.ASSESSMENT_PENDING):
        put_transcript(caller, interview_id)
        expected.has_transcript = True
    else:
        body = {"turns": [{"speaker": "A", "text": "B"}]}
        response = caller.put(f"/interviews/{interview_id}/transcript", body)
        assert response.status_code == 409


def inform(caller: Caller, interview_id: str, expected: Expected) -> None:
    response = caller.call("PATCH", f"/a2a/interview/{interview_id}/complete-info", json=INFO)
    if expected.state is not State.INFO_NEEDED:
        assert response.status_code == 409
        return
    assert response.status_code == 200
    expected.incomplete = False
    expected.move(Transition.COMPLETE_INFO, "walker")


def walk(
    by: str,
    caller: Caller,
    interview_id: str,
    expected: Expected,
    name: Transition,
    permissions: frozenset[str],
    timed: bool,
) -> None:
    """Ask for a transition, by its name or by the state that it leads to."""
    walker = caller.other("acme", *permissions, subject="walker")
    time = {"scheduledAt": TIME} if timed and name is Transition.SCHEDULE else {}
    target = TABLE[name].target
    by_state = (
        by == "put"
        and UPDATE in permissions
        and target is not expected.state
        and transition_between(expected.state, target) is name
    )
    before = expected.state
    status_code = expected.answer_to(name, permissions, timed=bool(time))
    if by_state:
        body = {"workflowState": target.value, **time}
        response = walker.put(f"/interviews/{interview_id}", body)
    else:
        body = {"transition": name.value, **time}
        response = walker.post(f"/workflow/interviews/{interview_id}/transition", body)
    assert response.status_code == status_code, (before, name, response.json)
    if status_code == 409:
        allowed = ", ".join(caller_transitions_from(before, permissions)) or "none"
        assert response.json["message"].endswith(f"Allowed transitions: {allowed}")


def compare(caller: Caller, interview_id: str, expected: Expected) -> None:
    found = status(caller, interview_id)
    assert (found["workflowState"], found["waitingFor"], found["allowedTransitions"]) == (
        expected.state.value,
        expected.waits_for,
        caller_transitions_from(expected.state, ["interview:*"]),
    )
    assert (found["waitingFor"] is None) is (expected.state in FINAL)
    entries = history(caller, interview_id)
    assert [
        (each["transition"], each["previousState"], each["newState"], each["triggeredBy"])
        for each in entries
    ] == expected.entries
    assert entries == sorted(entries, key=lambda each: each["timestamp"])
