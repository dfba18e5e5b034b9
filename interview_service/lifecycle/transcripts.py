"""Transcripts: put in, read."""

from interview_service.database.models import (
    Transcript,
)
from interview_service.domain import transcript as said
from interview_service.domain import workflow
from interview_service.domain.errors import (
    TranscriptNotAvailable,
    WrongState,
)
from interview_service.domain.workflow import State
from interview_service.lifecycle.base import one_transaction, touch
from interview_service.lifecycle.transitions import schedule_work
from interview_service.repository import Repository


@one_transaction
def put_transcript(
    repository: Repository, interview_id: str, transcript: said.Transcript
) -> Transcript:
    """Keep what was said, in place of what was kept before.

    An assessment that is waiting for its verdict was made of the old words: it stays as it is, and
    REJECT_ASSESSMENT has another one made of the new.

    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview has not started, or is over.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    state = State(interview.workflow_state)
    if state not in workflow.TRANSCRIPT_STATES:
        raise WrongState(f"Cannot take a transcript: workflowState is {state}")
    row = repository.documents.transcript(interview.id)
    touch(interview)
    if row is None:
        row = Transcript(tenant_id=interview.tenant_id, interview_id=interview.id)
        repository.documents.add(row)
    row.turns = transcript.to_list()
    row.updated_at = interview.updated_at
    interview.has_transcript = True
    if state is State.COMPLETED:
        schedule_work(repository, interview)
    return row


def current_transcript(repository: Repository, interview_id: str) -> Transcript:
    """Return what was said in an interview.

    :raise InterviewNotFound: there is no such interview.
    :raise TranscriptNotAvailable: it has no transcript.
    """
    interview = repository.interviews.record(interview_id)
    transcript = repository.documents.transcript(interview.id)
    if transcript is None:
        raise TranscriptNotAvailable(State(interview.workflow_state))
    return transcript
