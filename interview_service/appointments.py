"""The appointment of an interview as a calendar file (RFC 5545)."""

from datetime import timedelta

from icalendar import Calendar, Event

from interview_service.domain.interview import Interview
from interview_service.domain.workflow import State

CALENDAR = "text/calendar"

USUAL_MINUTES = 60
"""How long an interview is taken to last that has no duration."""

_PRODUCT = "-//Interview Service//Interview Service//EN"


def calendar_of(interview: Interview) -> bytes:
    """Return a calendar with an interview's appointment; the interview has a `scheduled_at`.

    The UID stays the same for ever and the SEQUENCE is the record's version, so that a calendar
    that has the appointment takes this one in its place.
    """
    assert interview.scheduled_at is not None
    event = Event()
    event.add("uid", f"{interview.id}@interview-service")
    event.add("sequence", interview.version)
    event.add("dtstamp", interview.updated_at)
    event.add("created", interview.created_at)
    event.add("last-modified", interview.updated_at)
    event.add("dtstart", interview.scheduled_at)
    minutes = interview.duration_minutes or USUAL_MINUTES
    event.add("dtend", interview.scheduled_at + timedelta(minutes=minutes))
    about = [each for each in (interview.candidate_name, interview.position) if each]
    event.add("summary", "Interview: " + ", ".join(about) if about else "Interview")
    if interview.location:
        event.add("location", interview.location)
    event.add("status", _status(interview.workflow_state))
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _status(state: State) -> str:
    if state in (State.CANCELLED, State.REJECTED):
        return "CANCELLED"
    return "CONFIRMED" if state in _AGREED else "TENTATIVE"


_AGREED = frozenset(
    {
        *(State.SCHEDULED, State.IN_PROGRESS, State.COMPLETED),
        *(State.ASSESSMENT_PENDING, State.ASSESSMENT_APPROVED),
    }
)
