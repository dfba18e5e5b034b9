"""What an interview says of the job, read as the text that its job description shows."""

from dataclasses import replace

from interview_service.adverts import shown_text
from interview_service.domain import completeness
from interview_service.domain.completeness import MissingItem
from interview_service.domain.interview import Brief, Interview


def brief_of(interview: Interview) -> Brief:
    """Return all that an engine may know of an interview."""
    return _as_shown(interview).brief


def missing_of(interview: Interview) -> list[MissingItem]:
    """Return what an interview lacks, worst first; markup does not lengthen a job description."""
    return completeness.missing_of(_as_shown(interview))


def _as_shown(interview: Interview) -> Interview:
    if interview.job_description is None:
        return interview
    return replace(interview, job_description=shown_text(interview.job_description))
