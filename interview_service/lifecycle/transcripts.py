"""Transcripts: put in, read."""

from dataclasses import replace

from interview_service.domain import transcript as said
from interview_service.domain.clock import clock
from interview_service.domain.documents import InterviewTranscript
from interview_service.domain.errors import TranscriptNotAvailable, WrongState
from interview_service.domain.workflow import TRANSCRIPT_STATES, State
from interview_service.lifecycle.base import keep, one_transaction
from interview_service.repository import Repository


@one_transaction
def put_transcript(
    repository: Repository, interview_id: str, transcript: said.Transcript
) -> InterviewTranscript:
    """Keep what was said, in place of what was kept before.

    An assessment that is waiting for its verdict was made of the old words: it stays as it is, and
    REJECT_ASSESSMENT has another one made of the new.

    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview has not started, or is over.
    """
    interview = repository.interviews.locked(interview_id)
    state = interview.workflow_state
    if state not in TRANSCRIPT_STATES:
        raise WrongState(f"Cannot take a transcript: workflowState is {state}")
    now = clock.now()
    after = replace(interview.touched(now), has_transcript=True)
    kept = InterviewTranscript(interview.id, transcript.to_list(), after.updated_at)
    repository.transcripts.put(kept, is_first=not interview.has_transcript)
    keep(repository, interview, after.restarted(now) if state is State.COMPLETED else after)
    return kept


def current_transcript(repository: Repository, interview_id: str) -> InterviewTranscript:
    """Return what was said in an interview.

    :raise InterviewNotFound: there is no such interview.
    :raise TranscriptNotAvailable: it has no transcript.
    """
    interview = repository.interviews.get(interview_id)
    transcript = repository.transcripts.get(interview.id)
    if transcript is None:
        raise TranscriptNotAvailable(interview.workflow_state)
    return transcript
