"""The table of transitions, told a second time in other words: what the two say must be the same.

Whatever else tests the workflow asks the table what to expect; here stands what the table itself
has to say.
"""

import pytest

from interview_service.domain.interview import EMPTY
from interview_service.domain.workflow import (
    FINAL,
    TABLE,
    WORK_IN,
    Event,
    State,
    Transition,
    caller_transitions_from,
    is_allowed,
    transition_between,
    transitions_from,
    waiting_for,
)

UPDATE, APPROVE, SERVICE = "interview:update", "interview:approve", None

TOLD = """
VALIDATE            RECEIVED            VALIDATING_SKILLS    service
REQUEST_INFO        RECEIVED            INFO_NEEDED          service
REQUEST_INFO        VALIDATING_SKILLS   INFO_NEEDED          service
COMPLETE_INFO       INFO_NEEDED         VALIDATING_SKILLS    update
GENERATE_PLAN       VALIDATING_SKILLS   GENERATING_PLAN      service
PLAN_READY          GENERATING_PLAN     PENDING              service
APPROVE             PENDING             APPROVED             approve
REJECT              PENDING             REJECTED             approve
MODIFY              PENDING             GENERATING_PLAN      approve
SCHEDULE            APPROVED            SCHEDULED            update
SCHEDULE            SCHEDULED           SCHEDULED            update
START               APPROVED            IN_PROGRESS          update
START               SCHEDULED           IN_PROGRESS          update
NO_SHOW             SCHEDULED           APPROVED             update
NO_SHOW             IN_PROGRESS         APPROVED             update
COMPLETE            IN_PROGRESS         COMPLETED            update
ASSESSMENT_READY    COMPLETED           ASSESSMENT_PENDING   service
APPROVE_ASSESSMENT  ASSESSMENT_PENDING  ASSESSMENT_APPROVED  approve
REJECT_ASSESSMENT   ASSESSMENT_PENDING  COMPLETED            approve
CANCEL              RECEIVED            CANCELLED            update
CANCEL              VALIDATING_SKILLS   CANCELLED            update
CANCEL              INFO_NEEDED         CANCELLED            update
CANCEL              GENERATING_PLAN     CANCELLED            update
CANCEL              PENDING             CANCELLED            update
CANCEL              APPROVED            CANCELLED            update
CANCEL              SCHEDULED           CANCELLED            update
CANCEL              IN_PROGRESS         CANCELLED            update
CANCEL              COMPLETED           CANCELLED            update
CANCEL              ASSESSMENT_PENDING  CANCELLED            update
"""
ROWS = [tuple(line.split()) for line in TOLD.split("\n") if line]
CELLS = {(name, source): (target, who) for name, source, target, who in ROWS}
STATES = {
    *("RECEIVED", "VALIDATING_SKILLS", "INFO_NEEDED", "GENERATING_PLAN", "PENDING", "APPROVED"),
    *("REJECTED", "SCHEDULED", "IN_PROGRESS", "COMPLETED", "ASSESSMENT_PENDING"),
    *("ASSESSMENT_APPROVED", "CANCELLED"),
}
WAITS = {
    "RECEIVED": "plan",
    "VALIDATING_SKILLS": "plan",
    "INFO_NEEDED": "info",
    "GENERATING_PLAN": "plan",
    "PENDING": "approval",
    "APPROVED": "schedule",
    "SCHEDULED": "start",
    "IN_PROGRESS": "completion",
    "COMPLETED": "evidence",
    "ASSESSMENT_PENDING": "verdict",
    "REJECTED": None,
    "ASSESSMENT_APPROVED": None,
    "CANCELLED": None,
}


def test_there_are_these_states_and_transitions_and_no_others() -> None:
    assert {state.value for state in State} == STATES
    assert {name.value for name in Transition} == {name for name, *_ in ROWS}
    assert {state.value for state in FINAL} == {"REJECTED", "ASSESSMENT_APPROVED", "CANCELLED"}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", Transition)
def test_each_transition_leads_from_each_state_where_it_should_or_nowhere(
    name: Transition, state: State
) -> None:
    cell = CELLS.get((name.value, state.value))
    assert is_allowed(name, state) is (cell is not None)
    assert (name in transitions_from(state)) is (cell is not None)
    who = next(row[3] for row in ROWS if row[0] == name)
    permission = {"update": UPDATE, "approve": APPROVE, "service": SERVICE}[who]
    assert name.permission == permission
    for held in ([], [UPDATE], [APPROVE], [UPDATE, APPROVE], ["interview:*"], ["interview:read"]):
        may = cell is not None and (permission in held or (permission and "interview:*" in held))
        assert (name in caller_transitions_from(state, held)) is bool(may)


@pytest.mark.parametrize("source", State)
@pytest.mark.parametrize("target", State)
def test_one_transition_at_most_leads_from_a_state_to_another(source: State, target: State) -> None:
    between = [
        name
        for (name, begin), (end, _) in CELLS.items()
        if (begin, end) == (source, target) and name != "NO_SHOW"  # which is asked for by name
    ]
    assert transition_between(source, target) == (between[0] if between else None)
    assert len(between) <= 1


@pytest.mark.parametrize("state", State)
def test_each_state_waits_for_one_thing(state: State) -> None:
    assert waiting_for(state, has_transcript=False) == WAITS[state]
    with_words = "assessment" if state is State.COMPLETED else WAITS[state]
    assert waiting_for(state, has_transcript=True) == with_words


BRINGS = """
VALIDATE            -                    plan        -
REQUEST_INFO        info_needed          -           failures
COMPLETE_INFO       info_completed       plan        failures
GENERATE_PLAN       -                    plan        -
PLAN_READY          plan_generated       -           failures
APPROVE             approved             -           failures feedback
REJECT              rejected             -           failures feedback
MODIFY              -                    plan        failures plan_id
SCHEDULE            scheduled            -           failures
START               started              -           failures
NO_SHOW             no_show              -           failures scheduled_at
COMPLETE            completed            assessment  failures
ASSESSMENT_READY    assessment_ready     assessment  -
APPROVE_ASSESSMENT  assessment_approved  -           failures feedback
REJECT_ASSESSMENT   assessment_rejected  assessment  failures assessment_id overall_score recommendation is_read
CANCEL              cancelled            -           failures feedback
"""  # noqa: E501
FAILURES = {"attempts", "last_error", "leased_until"}


@pytest.mark.parametrize("line", BRINGS.strip().splitlines())
def test_each_transition_brings_this_with_it_and_no_more(line: str) -> None:
    name, event, work, *forgotten = line.split()
    rule = TABLE[Transition(name)]
    assert (rule.event or "-", rule.work or "-") == (event, work)
    expected = {each for each in forgotten if each not in ("failures", "-")}
    assert set(rule.forgets) == expected | (FAILURES if "failures" in forgotten else set())
    assert set(rule.forgets) <= set(EMPTY)
    assert rule.gives_feedback is (name in ("MODIFY", "REJECT_ASSESSMENT"))
    assert rule.only_by_name is (name == "NO_SHOW")
    follows = {
        "APPROVE": (Transition.SCHEDULE, "scheduled_at"),
        "COMPLETE": (Transition.ASSESSMENT_READY, "assessment_id"),
    }
    assert (rule.then, rule.then_where) == follows.get(name, (None, ""))


def test_the_table_tells_every_transition_and_moving_an_appointment_has_an_event_of_its_own() -> (
    None
):
    assert [line.split()[0] for line in BRINGS.strip().splitlines()] == list(Transition)
    schedule = TABLE[Transition.SCHEDULE]
    assert schedule.event_from(State.APPROVED) is Event.SCHEDULED
    assert schedule.event_from(State.SCHEDULED) is Event.RESCHEDULED


@pytest.mark.parametrize("name", Transition)
def test_whatever_leads_to_a_state_leaves_the_same_work_due(name: Transition) -> None:
    assert TABLE[name].work is WORK_IN.get(TABLE[name].target)
