"""The appointment of an interview as a calendar file (RFC 5545), and mailed (RFC 5546, iTIP)."""

from datetime import datetime, timedelta

from icalendar import Calendar, Event, vCalAddress

from interview_service.domain.interview import Interview
from interview_service.domain.mail import Slot
from interview_service.domain.workflow import State

CALENDAR = "text/calendar"

USUAL_MINUTES = 60
"""How long an interview is taken to last that has no duration."""

_PRODUCT = "-//Interview Service//Interview Service//EN"


def slot_of(interview: Interview) -> Slot:
    """Return when an interview takes place; it has a `scheduled_at`.

    The sequence is the record's version, so that a calendar that has the appointment takes this one
    in its place.
    """
    assert interview.scheduled_at is not None
    minutes = interview.duration_minutes or USUAL_MINUTES
    ends_at = interview.scheduled_at + timedelta(minutes=minutes)
    return Slot(interview.version, interview.scheduled_at, ends_at)


def calendar_of(interview: Interview) -> bytes:
    """Return a calendar with an interview's appointment; the interview has a `scheduled_at`."""
    return _calendar(_described(interview, _status(interview.workflow_state)))


def request_of(interview: Interview, *, organizer: str, attendee: str) -> bytes:
    """Return what puts an interview's appointment into the attendee's calendar, or moves it there.

    :param organizer: the email address that such files come from.
    """
    event = _described(interview, "CONFIRMED")
    return _calendar(_between(event, organizer, attendee), method="REQUEST")


def cancellation_of(
    interview_id: str, slot: Slot, *, at: datetime, organizer: str, attendee: str
) -> bytes:
    """Return what takes an appointment out of the attendee's calendar; no candidate is in it.

    :param at: when it was called off.
    """
    event = _event(interview_id, slot, at, "CANCELLED")
    event.add("summary", "Interview")
    return _calendar(_between(event, organizer, attendee), method="CANCEL")


def _described(interview: Interview, status: str) -> Event:
    event = _event(interview.id, slot_of(interview), interview.updated_at, status)
    event.add("created", interview.created_at)
    event.add("last-modified", interview.updated_at)
    about = [each for each in (interview.candidate_name, interview.position) if each]
    event.add("summary", "Interview: " + ", ".join(about) if about else "Interview")
    if interview.location:
        event.add("location", interview.location)
    return event


def _event(interview_id: str, slot: Slot, at: datetime, status: str) -> Event:
    """Return an event whose UID is the interview's for ever."""
    event = Event()
    event.add("uid", f"{interview_id}@interview-service")
    event.add("sequence", slot.sequence)
    event.add("dtstamp", at)
    event.add("dtstart", slot.starts_at)
    event.add("dtend", slot.ends_at)
    event.add("status", status)
    return event


def _between(event: Event, organizer: str, attendee: str) -> Event:
    event.add("organizer", vCalAddress(f"mailto:{organizer}"))
    address = vCalAddress(f"mailto:{attendee}")
    address.params.update({"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    event.add("attendee", address)
    return event


def _calendar(event: Event, method: str | None = None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    if method is not None:
        calendar.add("method", method)
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
