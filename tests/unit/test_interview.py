"""What an interview is and becomes, without a database."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from interview_service.api.schemas.interviews import InterviewCreateSchema, InterviewUpdateSchema
from interview_service.domain.changes import (
    changes,
    refuse_emptied,
    refuse_fixed,
    refuse_read_only,
    replans,
    reschedules,
)
from interview_service.domain.errors import FieldsFixed, InvalidFields
from interview_service.domain.interview import (
    BRIEF_FIELDS,
    READ_ONLY_FIELDS,
    REQUIRED_FIELDS,
    WRITABLE_FIELDS,
    Interview,
    Level,
    taken,
)
from interview_service.domain.workflow import State, Transition, WorkKind
from interview_service.repository.tables import INTERVIEWS

NOW = datetime(2030, 1, 15, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def interview(**changed: object) -> Interview:
    made = Interview(
        id="interview-1",
        tenant_id="acme",
        run_id="run-1",
        version=3,
        workflow_state=State.PENDING,
        created_at=NOW,
        updated_at=NOW,
        plan_id="plan-1",
        candidate_name="Jane Smith",
        candidate_email="jane@example.com",
        position="Engineer",
        level=Level.SENIOR,
        skills=("SQL", "Go"),
        transition_count=4,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def test_each_field_that_a_schema_takes_is_kept_and_each_that_is_kept_has_its_column() -> None:
    columns = {column.key for column in INTERVIEWS.columns}
    found_by = {
        "search_text",
        "position_key",
        "candidate_key",
    }  # derived from the fields, for lists alone
    assert {each.name for each in fields(Interview)} | found_by == columns
    created = set(InterviewCreateSchema().load_fields)
    assert created - {"external_id", "plan_from_interview_id"} <= set(WRITABLE_FIELDS)
    updated = set(InterviewUpdateSchema().load_fields) - {"workflow_state"}
    assert updated <= {*WRITABLE_FIELDS, *READ_ONLY_FIELDS}


def test_what_feeds_the_plan_and_what_cannot_be_lost() -> None:
    assert set(BRIEF_FIELDS) == {"position", "level", "skills", "job_description"}
    expected = {"candidate_name", "candidate_email", "position", "level", "skills"}
    assert set(REQUIRED_FIELDS) == expected
    assert not set(WRITABLE_FIELDS) & set(READ_ONLY_FIELDS)


@pytest.mark.parametrize(
    ("name", "email", "known"),
    [
        ("Jane Smith", "someone.else@example.com", "Jane Smith"),
        (None, "jane.doe-smith+jobs2@example.com", "jane doe smith"),
        (None, "j.doe@example.com", None),
        (None, "janedoe@example.com", None),
        (None, None, None),
    ],
)
def test_a_name_is_known_from_the_record_or_else_from_the_address(
    name: str | None, email: str | None, known: str | None
) -> None:
    assert interview(candidate_name=name, candidate_email=email).known_name == known


def test_wishes_add_up_on_one_brief_and_are_forgotten_with_the_approval() -> None:
    first, *_ = taken(
        interview(), Transition.MODIFY, LATER, by="ann", reason="Shorter", feedback="Shorter"
    )
    assert first.interview.feedback == ("Shorter",)
    assert (first.interview.plan_id, first.interview.due_at) == (None, LATER)
    pending, *_ = taken(replace(first.interview, plan_id="plan-2"), Transition.PLAN_READY, LATER)
    second, *_ = taken(pending.interview, Transition.MODIFY, LATER, feedback="More SQL")
    assert second.interview.feedback == ("Shorter", "More SQL")
    third, *_ = taken(replace(second.interview, plan_id="plan-3"), Transition.PLAN_READY, LATER)
    approved, *_ = taken(third.interview, Transition.APPROVE, LATER)
    assert approved.interview.feedback == ()


def test_an_approval_schedules_where_there_is_an_appointment() -> None:
    assert len(taken(interview(), Transition.APPROVE, LATER, by="ann")) == 1
    steps = taken(interview(scheduled_at=LATER), Transition.APPROVE, LATER, by="ann")
    assert [(each.entry.transition, each.entry.triggered_by) for each in steps] == [
        (Transition.APPROVE, "ann"),
        (Transition.SCHEDULE, "service"),
    ]
    assert [each.entry.number for each in steps] == [5, 6]
    assert steps[-1].interview.workflow_state is State.SCHEDULED
    assert steps[0].entry.created_at < steps[1].entry.created_at


def test_a_clock_that_goes_back_does_not_take_an_interview_back() -> None:
    (step,) = taken(interview(), Transition.REJECT, NOW - timedelta(days=1))
    assert step.entry.created_at == NOW + timedelta(milliseconds=1)


def test_work_under_way_keeps_its_failures_and_another_transition_forgets_them() -> None:
    failed = interview(workflow_state=State.VALIDATING_SKILLS, attempts=2, last_error="no model")
    (begun,) = taken(failed, Transition.GENERATE_PLAN, LATER)
    assert (begun.interview.attempts, begun.interview.last_error) == (2, "no model")
    (ready,) = taken(begun.interview, Transition.PLAN_READY, LATER)
    assert (ready.interview.attempts, ready.interview.last_error) == (0, None)


def test_an_assessment_is_due_once_there_is_something_to_assess() -> None:
    started = interview(workflow_state=State.IN_PROGRESS)
    (without,) = taken(started, Transition.COMPLETE, LATER)
    assert (without.interview.due_work, without.interview.due_at) == (None, None)
    (with_words,) = taken(replace(started, has_transcript=True), Transition.COMPLETE, LATER)
    assert with_words.interview.due_work is WorkKind.ASSESSMENT
    assert with_words.interview.due_at == LATER
    read = replace(with_words.interview, is_read=True)
    assert read.due_work is None


def test_work_that_is_under_way_goes_on_when_scorecards_are_assessed() -> None:
    held = NOW + timedelta(seconds=30)
    begun = interview(
        workflow_state=State.COMPLETED,
        has_transcript=True,
        assessment_id="a",
        due_at=held,
        leased_until=held,
        attempts=2,
        last_error="busy",
        feedback=("Shorter",),
    )
    (ready,) = taken(begun, Transition.ASSESSMENT_READY, LATER)
    after = ready.interview
    assert (after.due_at, after.leased_until, after.attempts) == (held, held, 2)
    assert (after.last_error, after.feedback) == ("busy", ("Shorter",))


def test_cards_that_were_handed_in_before_the_end_bring_their_assessment_with_it() -> None:
    started = interview(workflow_state=State.IN_PROGRESS, assessment_id="a")
    done, ready = taken(started, Transition.COMPLETE, LATER)
    assert done.interview.workflow_state is State.COMPLETED
    assert ready.interview.workflow_state is State.ASSESSMENT_PENDING
    assert (ready.entry.triggered_by, ready.interview.due_at) == ("service", None)


def test_only_what_differs_is_a_change() -> None:
    given = {"skills": ["SQL", "Go"], "level": "SENIOR", "position": "Lead", "interviewers": []}
    assert changes(interview(), given) == {"position": "Lead"}


@pytest.mark.parametrize("name", REQUIRED_FIELDS)
def test_what_an_interview_must_have_cannot_be_emptied(name: str) -> None:
    changed = changes(interview(), {name: [] if name == "skills" else None})
    with pytest.raises(InvalidFields):
        refuse_emptied(changed)


def test_a_read_only_field_may_be_sent_back_and_not_changed() -> None:
    refuse_read_only(interview(), {"plan_id": "plan-1"})
    with pytest.raises(InvalidFields):
        refuse_read_only(interview(), {"plan_id": "plan-2"})


def test_what_feeds_the_plan_is_fixed_from_the_approval_on_and_all_is_at_the_end() -> None:
    refuse_fixed(interview(), {"skills": ("Go",)})
    scheduled = interview(workflow_state=State.SCHEDULED)
    refuse_fixed(scheduled, {"company_name": "Acme", "scheduled_at": LATER})
    for fixed in ({"skills": ("Go",)}, {"scheduled_at": None}):
        with pytest.raises(FieldsFixed):
            refuse_fixed(scheduled, fixed)
    with pytest.raises(FieldsFixed):
        refuse_fixed(interview(workflow_state=State.CANCELLED), {"company_name": "Acme"})


def test_a_changed_brief_asks_for_another_plan_and_a_changed_time_moves_an_appointment() -> None:
    scheduled = interview(workflow_state=State.SCHEDULED)
    assert replans(interview(), {"level": Level.LEAD})
    assert not replans(interview(), {"company_name": "Acme"})
    assert not replans(scheduled, {"level": Level.LEAD})
    for name in ("scheduled_at", "duration_minutes", "location"):
        assert reschedules(scheduled, {name: None})
        assert not reschedules(interview(), {name: None})
