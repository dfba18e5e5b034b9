"""Brings interviews into every state there is, by the API and the worker's own functions."""

from datetime import timedelta
from typing import Any

from interview_service import lifecycle
from interview_service.domain.transcript import Transcript, Turn
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle import Actor
from interview_service.repository import Repository

from .callers import Caller
from .engines import GENERATED_BY, assessment_of, plan_of

LEASE = timedelta(seconds=30)
SOMEBODY = Actor("tester")
TIME = "2030-02-01T10:00:00.000Z"
INFO = {
    "candidateName": "Jane Smith",
    "position": "Engineer",
    "level": "SENIOR",
    "skills": ["SQL", "Go", "Kafka"],
    "jobDescription": "Build scalable platform services with modern tooling. " * 2,
}
TURNS = [
    {"speaker": "Ada Interviewer", "text": "What did you build, Jane?", "at": None},
    {"speaker": "Jane Smith", "text": "I moved billing to Go.", "at": "00:00:05"},
]
TRANSCRIPT = Transcript(tuple(Turn(**turn) for turn in TURNS))


def work(repository: Repository, interview_id: str) -> bool:
    """Do what the worker does, with plans and assessments of the tests; False: nothing to do."""
    begun = lifecycle.begin_work(repository, interview_id, LEASE)
    if begun is None:
        return False
    wishes = begun.feedback
    if begun.plan is None or begun.transcript is None:
        structure = plan_of(begun.brief, wishes)
        return lifecycle.attach_plan(
            repository, interview_id, begun.version, structure, GENERATED_BY.to_dict()
        )
    result = assessment_of(begun.plan, begun.transcript, wishes)
    return lifecycle.attach_assessment(
        repository, interview_id, begun.version, result, GENERATED_BY.to_dict()
    )


def take(caller: Caller, interview_id: str, name: Transition, **more: Any) -> dict[str, Any]:
    """Take a transition that must succeed, and return the answer."""
    path = f"/workflow/interviews/{interview_id}/transition"
    response = caller.post(path, {"transition": name, **more})
    assert response.status_code == 200, response.json
    answer: dict[str, Any] = response.json
    return answer


def put_transcript(caller: Caller, interview_id: str) -> None:
    response = caller.put(f"/interviews/{interview_id}/transcript", {"turns": TURNS})
    assert response.status_code == 200, response.json


_T = Transition
_TO_COMPLETED = (_T.APPROVE, _T.SCHEDULE, _T.START, _T.COMPLETE)
_FROM_PENDING: dict[State, tuple[Transition, ...]] = {
    State.PENDING: (),
    State.REJECTED: (_T.REJECT,),
    State.CANCELLED: (_T.CANCEL,),
    State.APPROVED: _TO_COMPLETED[:1],
    State.SCHEDULED: _TO_COMPLETED[:2],
    State.IN_PROGRESS: _TO_COMPLETED[:3],
    State.COMPLETED: _TO_COMPLETED,
    State.ASSESSMENT_PENDING: _TO_COMPLETED,
    State.ASSESSMENT_APPROVED: (*_TO_COMPLETED, _T.APPROVE_ASSESSMENT),
}


def interview_in(state: State, caller: Caller, repository: Repository, **changes: Any) -> str:
    """Return the id of a new interview in a state; it has no scheduledAt before SCHEDULED."""
    if state in (State.INFO_NEEDED, State.VALIDATING_SKILLS):
        given = INFO if state is State.VALIDATING_SKILLS else {}
        taken: str = caller.post("/a2a/interview", given).json["interviewId"]
        return taken
    interview_id: str = caller.create(**{"scheduledAt": None, **changes})["id"]
    if state is State.RECEIVED:
        return interview_id
    if state is State.GENERATING_PLAN:
        assert lifecycle.begin_work(repository, interview_id, LEASE) is not None
        return interview_id
    assert work(repository, interview_id)
    for name in _FROM_PENDING[state]:
        more = {"scheduledAt": TIME} if name is Transition.SCHEDULE else {}
        take(caller, interview_id, name, **more)
        if name is Transition.COMPLETE and state is not State.COMPLETED:
            put_transcript(caller, interview_id)
            assert work(repository, interview_id)
    return interview_id
