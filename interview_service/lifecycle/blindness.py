"""Who may not see yet what others think: interviewers, until they have handed in their own card.

Every use case that shows an interview or an assessment shows it through here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from interview_service.domain.documents import Assessment
from interview_service.domain.interview import Interview, InterviewRow
from interview_service.domain.workflow import APPROVAL, SCORE, State, grants
from interview_service.lifecycle.base import Actor
from interview_service.repository import Repository

_BLIND = "-blind"


@dataclass(frozen=True, slots=True)
class SeenInterview:
    """An interview as a caller may see it.

    :param interview: without its numbers where the caller is blind to them.
    """

    interview: Interview
    is_blind: bool

    @property
    def tag(self) -> str:
        """What its ETag says."""
        return _tag(self.interview.version, self.is_blind)


@dataclass(frozen=True, slots=True)
class SeenAssessment:
    """An assessment as a caller may see it: without what others think, where they are blind."""

    assessment: Assessment
    is_blind: bool

    @property
    def tag(self) -> str:
        """What its ETag says."""
        return _tag(self.assessment.tag, self.is_blind)


def _tag(version: int | str, is_blind: bool) -> str:
    return f"{version}{_BLIND}" if is_blind else str(version)


def tags_of(version: int | str | None) -> tuple[str, ...]:
    """Return what ETags of a version may say, whoever sees it; of no version, none."""
    return () if version is None else (_tag(version, False), _tag(version, True))


def can_be_blind(actor: Actor) -> bool:
    """Tell whether there are interviews whose numbers a caller may not see."""
    held = actor.permissions
    return grants(held, SCORE) and not grants(held, APPROVAL)


def is_blind(repository: Repository, interview: Interview, actor: Actor) -> bool:
    """Tell whether a caller may not see yet what others think in an interview."""
    if interview.workflow_state.is_final or not can_be_blind(actor):
        return False
    return not repository.scorecards.handed_in(actor.subject, [interview.id])


def seen(repository: Repository, interview: Interview, actor: Actor) -> SeenInterview:
    """Return an interview as a caller may see it."""
    if not is_blind(repository, interview, actor):
        return SeenInterview(interview, is_blind=False)
    return SeenInterview(replace(interview, overall_score=None, recommendation=None), is_blind=True)


def seen_rows(
    repository: Repository, rows: Sequence[InterviewRow], actor: Actor
) -> Sequence[InterviewRow]:
    """Return rows of a list as a caller may see them."""
    if not can_be_blind(actor):
        return rows
    running = [row.id for row in rows if not State(row.workflow_state).is_final]
    hidden = set(running) - repository.scorecards.handed_in(actor.subject, running)
    return [
        row._replace(overall_score=None, recommendation=None) if row.id in hidden else row
        for row in rows
    ]


def seen_assessment(assessment: Assessment, *, is_blind: bool) -> SeenAssessment:
    """Return an assessment as a caller may see it."""
    if not is_blind:
        return SeenAssessment(assessment, is_blind=False)
    hidden = replace(
        assessment,
        overall_score=None,
        recommendation=None,
        scores={},
        agreement=None,
        draft=None,
        summary=None,
    )
    return SeenAssessment(hidden, is_blind=True)
