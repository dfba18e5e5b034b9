"""Which changes of an interview's fields are allowed, and what they come to."""

from collections.abc import Mapping
from dataclasses import replace

from interview_service.domain.errors import FieldsFixed, InvalidFields
from interview_service.domain.interview import (
    APPOINTMENT_FIELDS,
    BRIEF_FIELDS,
    REQUIRED_FIELDS,
    Interview,
    Level,
    api_name,
)
from interview_service.domain.limits import SKILLS
from interview_service.domain.workflow import BRIEF_OPEN_STATES, State

Fields = Mapping[str, object]
"""Values of an interview's fields, by the names of its attributes."""


def as_kept(given: Fields) -> dict[str, object]:
    """Return values as an interview keeps them: tuples for lists, enums for what is one."""
    values = dict(given)
    for name in ("skills", "interviewers"):
        if name in values:
            items = values[name] or ()
            assert isinstance(items, (list, tuple))
            values[name] = tuple(items)
    if isinstance(values.get("level"), str):
        values["level"] = Level(str(values["level"]))
    return values


def changes(interview: Interview, given: Fields) -> dict[str, object]:
    """Return those of the values that differ from the interview's."""
    return {
        name: value for name, value in as_kept(given).items() if getattr(interview, name) != value
    }


def with_changes(interview: Interview, changed: Fields) -> Interview:
    """Return the interview with some values changed."""
    return replace(interview, **changed)  # type: ignore[arg-type]


def refuse_read_only(interview: Interview, given: Fields) -> None:
    """Refuse values of read-only fields that are not the interview's.

    :raise InvalidFields: one differs.
    """
    differing = changes(interview, given)
    if differing:
        raise InvalidFields({api_name(name): ["Read-only field"] for name in differing})


def refuse_emptied(changed: Fields) -> None:
    """Refuse to empty what an interview must have.

    :raise InvalidFields: a required field would be emptied.
    """
    errors = {}
    for name in REQUIRED_FIELDS:
        if name in changed and not changed[name]:
            length = f"Length must be between 1 and {SKILLS}."
            errors[api_name(name)] = [length if name == "skills" else "Field may not be null."]
    if errors:
        raise InvalidFields(errors)


def refuse_fixed(interview: Interview, changed: Fields) -> None:
    """Refuse changes that the interview's state does not allow.

    :raise FieldsFixed: a field is fixed by now, or an appointment would lose its time.
    """
    state = interview.workflow_state
    fixed = list(changed) if state.is_final else []
    if state not in BRIEF_OPEN_STATES:
        fixed = fixed or [name for name in changed if name in BRIEF_FIELDS]
    if fixed:
        raise FieldsFixed([api_name(name) for name in fixed], state)
    if state is State.SCHEDULED and "scheduled_at" in changed and not changed["scheduled_at"]:
        raise FieldsFixed(["scheduledAt to null"], state)


def replans(interview: Interview, changed: Fields) -> bool:
    """Tell whether a changed brief makes the interview's plan one of another brief."""
    return interview.workflow_state is State.PENDING and not changed.keys().isdisjoint(BRIEF_FIELDS)


def reschedules(interview: Interview, changed: Fields) -> bool:
    """Tell whether the appointment of a scheduled interview is moved."""
    is_scheduled = interview.workflow_state is State.SCHEDULED
    return is_scheduled and not changed.keys().isdisjoint(APPOINTMENT_FIELDS)
