"""Transcripts: put in, read."""

from dataclasses import dataclass

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
from interview_service.transcripts.candidate import candidate_speaker
from interview_service.transcripts.turns import ParsedTranscript


@dataclass(frozen=True, slots=True)
class KeptTranscript:
    """What was said in an interview, as it is kept.

    :param candidate_speaker: whom the service takes for the candidate; None where it cannot tell.
    :param warnings: sentences for people, on what was not sure.
    """

    interview_id: str
    turns: tuple[said.Turn, ...]
    candidate_speaker: str | None
    warnings: tuple[str, ...]


@one_transaction
def put_transcript(
    repository: Repository,
    interview_id: str,
    parsed: ParsedTranscript,
    candidate: str | None = None,
) -> KeptTranscript:
    """Keep what was said, in place of what was kept before.

    An assessment that is waiting for its verdict was made of the old words: it stays as it is, and
    REJECT_ASSESSMENT has another one made of the new.

    :param candidate: the speaker who is the candidate; None to tell it from the transcript.
    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview has not started, or is over.
    :raise SpeakerNotFound: `candidate` is none of the speakers.
    """
    interview = repository.interviews.get(interview_id, for_update=True)
    state = State(interview.workflow_state)
    if state not in workflow.TRANSCRIPT_STATES:
        raise WrongState(f"Cannot take a transcript: workflowState is {state}")
    guess = candidate_speaker(parsed.transcript, interview.candidate_name, candidate)
    row = repository.documents.transcript(interview.id)
    touch(interview)
    if row is None:
        row = Transcript(tenant_id=interview.tenant_id, interview_id=interview.id)
        repository.documents.add(row)
    row.turns = parsed.transcript.to_list()
    row.candidate_speaker = guess.speaker if candidate is not None else None
    row.warnings = list(parsed.warnings)
    row.updated_at = interview.updated_at
    interview.has_transcript = True
    if state is State.COMPLETED:
        schedule_work(repository, interview)
    return _kept(row, interview.candidate_name)


def current_transcript(repository: Repository, interview_id: str) -> KeptTranscript:
    """Return what was said in an interview.

    :raise InterviewNotFound: there is no such interview.
    :raise TranscriptNotAvailable: it has no transcript.
    """
    interview = repository.interviews.record(interview_id)
    transcript = repository.documents.transcript(interview.id)
    if transcript is None:
        raise TranscriptNotAvailable(State(interview.workflow_state))
    return _kept(transcript, interview.candidate_name)


def _kept(row: Transcript, candidate_name: str | None) -> KeptTranscript:
    """Return a row as what it says, with whom the service takes for the candidate today."""
    transcript = said.Transcript.from_list(row.turns)
    guess = candidate_speaker(transcript, candidate_name, row.candidate_speaker)
    own = () if guess.warning is None else (guess.warning,)
    return KeptTranscript(
        row.interview_id, transcript.turns, guess.speaker, (*(row.warnings or ()), *own)
    )
