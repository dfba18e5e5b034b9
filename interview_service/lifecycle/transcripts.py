"""Transcripts: put in, read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from interview_service.domain import transcript as said
from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock
from interview_service.domain.documents import InterviewTranscript
from interview_service.domain.errors import TranscriptNotAvailable, WrongState
from interview_service.domain.workflow import TRANSCRIPT_STATES
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, keep, one_transaction
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
    actor: Actor,
    candidate: str | None = None,
) -> KeptTranscript:
    """Keep what was said, in place of what was kept before.

    An assessment that is waiting for its verdict is renewed from the new words, in place.

    :param candidate: the speaker who is the candidate; None to tell it from the transcript.
    :raise InterviewNotFound: there is none.
    :raise WrongState: the interview has not started, or is over.
    :raise SpeakerNotFound: `candidate` is none of the speakers.
    """
    interview = repository.interviews.locked(interview_id)
    state = interview.workflow_state
    if state not in TRANSCRIPT_STATES:
        raise WrongState(f"Cannot take a transcript: workflowState is {state}")
    guess = candidate_speaker(parsed.transcript, interview.known_name, candidate)
    now = clock.now()
    after = replace(interview.touched(now), has_transcript=True, is_read=False).restarted(now)
    kept = InterviewTranscript(
        interview_id=interview.id,
        turns=parsed.transcript.to_list(),
        candidate_speaker=guess.speaker if candidate is not None else None,
        warnings=list(parsed.warnings),
        updated_at=after.updated_at,
    )
    repository.transcripts.put(kept, is_first=not interview.has_transcript)
    record(repository, actor, "interview.put_transcript", TargetType.INTERVIEW, interview.id)
    keep(repository, interview, after)
    return _kept(kept, interview.known_name)


def current_transcript(repository: Repository, interview_id: str) -> KeptTranscript:
    """Return what was said in an interview.

    :raise InterviewNotFound: there is no such interview.
    :raise TranscriptNotAvailable: it has no transcript.
    """
    interview = repository.interviews.get(interview_id)
    transcript = repository.transcripts.get(interview.id)
    if transcript is None:
        raise TranscriptNotAvailable(interview.workflow_state)
    return _kept(transcript, interview.known_name)


def _kept(row: InterviewTranscript, candidate_name: str | None) -> KeptTranscript:
    """Return a transcript as it is kept, with whom the service takes for the candidate today."""
    turns = cast(list[Mapping[str, Any]], row.turns)
    transcript = said.Transcript.from_list(turns)
    guess = candidate_speaker(transcript, candidate_name, row.candidate_speaker)
    own = () if guess.warning is None else (guess.warning,)
    return KeptTranscript(
        row.interview_id, transcript.turns, guess.speaker, (*(row.warnings or ()), *own)
    )
