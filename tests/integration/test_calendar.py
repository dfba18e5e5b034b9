"""The calendar file of an interview: one appointment that moves where it is moved."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from interview_service.database.session import Database
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from tests.callers import Caller
from tests.lives import TIME, interview_in, take


@pytest.fixture
def sqlite_repository(sqlite_database: Database) -> Repository:
    return Repository(sqlite_database, "acme")


def appointment(caller: Caller, interview_id: str) -> Any:
    response = caller.get(f"/interviews/{interview_id}/calendar.ics")
    assert response.status_code == 200, response.json
    assert response.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(response.data).walk("VEVENT")
    return event


def test_an_appointment_keeps_its_uid_and_grows_in_sequence(
    sqlite_caller: Caller, sqlite_repository: Repository
) -> None:
    caller = sqlite_caller
    interview_id = interview_in(State.SCHEDULED, caller, sqlite_repository)
    first = appointment(caller, interview_id)
    start = datetime.fromisoformat(TIME).astimezone(UTC)
    assert (first["DTSTART"].dt, first["DTEND"].dt) == (start, start + timedelta(hours=1))
    assert first["SUMMARY"] == "Interview: Jane Smith, Senior Engineer"
    assert first["STATUS"] == "CONFIRMED"
    assert appointment(caller, interview_id)["DTSTAMP"].dt == first["DTSTAMP"].dt
    moved = {
        "scheduledAt": "2030-03-01T10:00:00Z",
        "location": "Room, 1; 2\n",
        "durationMinutes": 90,
    }
    take(caller, interview_id, "SCHEDULE", **moved)
    second = appointment(caller, interview_id)
    assert second["UID"] == first["UID"]
    assert second["SEQUENCE"] > first["SEQUENCE"]
    assert second["DTSTART"].dt.month == 3
    assert second["DTEND"].dt - second["DTSTART"].dt == timedelta(minutes=90)
    assert second["LOCATION"] == "Room, 1; 2"
    take(caller, interview_id, "CANCEL")
    assert appointment(caller, interview_id)["STATUS"] == "CANCELLED"


def test_without_a_time_there_is_no_appointment_and_it_says_so(sqlite_caller: Caller) -> None:
    interview_id = sqlite_caller.create(scheduledAt=None)["id"]
    response = sqlite_caller.get(f"/interviews/{interview_id}/calendar.ics")
    assert (response.status_code, response.json) == (
        404,
        {"statusCode": 404, "message": "Interview has no scheduledAt: workflowState is RECEIVED"},
    )
    stranger = sqlite_caller.other("globex")
    for path in (interview_id, "nothing"):
        response = stranger.get(f"/interviews/{path}/calendar.ics")
        assert response.json == {"statusCode": 404, "message": "Interview not found"}
