"""Interviewers who hand in scorecards, as the tests play them."""

from typing import Any

from werkzeug.test import TestResponse

from interview_service.domain.workflow import State, Transition
from interview_service.repository import Repository

from .callers import Caller
from .lives import interview_in, take

INTERVIEWER = ("interview:read", "interview:update", "interview:score")


def card(recommendation: str = "HIRE", rating: int | None = 4, **changes: Any) -> dict[str, Any]:
    """Return the body of a scorecard that is handed in."""
    return {
        "ratings": [{"criterion": "depth", "rating": rating}],
        "recommendation": recommendation,
        "submitted": True,
        **changes,
    }


def interviewer(caller: Caller, subject: str) -> Caller:
    """Return somebody who may interview and score, and no more."""
    return caller.other(caller.tenant, *INTERVIEWER, subject=subject)


def hand_in(caller: Caller, interview_id: str, body: dict[str, Any] | None = None) -> TestResponse:
    """Hand a scorecard in, which must succeed."""
    put = caller.put(f"/interviews/{interview_id}/scorecards/me", body or card())
    assert put.status_code == 200, put.json
    return put


def assessment(caller: Caller, interview_id: str) -> dict[str, Any]:
    """Return the present assessment."""
    read = caller.get(f"/interviews/{interview_id}/assessment")
    assert read.status_code == 200, read.json
    found: dict[str, Any] = read.json
    return found


def judged_interview(caller: Caller, repository: Repository, *cards: dict[str, Any]) -> str:
    """Return the id of an interview that ended without a transcript, on scorecards alone."""
    interview_id = interview_in(State.IN_PROGRESS, caller, repository)
    for number, each in enumerate(cards):
        hand_in(interviewer(caller, f"interviewer-{number}"), interview_id, each)
    take(caller, interview_id, Transition.COMPLETE)
    return interview_id
