"""What an interview request still lacks, how badly, and the question to put to a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from interview_service.domain.interview import Interview

SHORT_DESCRIPTION = 50
FULL_DESCRIPTION = 100
FEW_SKILLS = 3


class Severity(StrEnum):
    """How much it matters that something is missing; all but MEDIUM stop the interview."""

    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"


class DataQuality(StrEnum):
    """How complete a request is: nothing missing, warnings only, or too little to plan."""

    EXCELLENT = "EXCELLENT"
    GOOD = "GOOD"
    INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True, slots=True)
class MissingItem:
    """A field (in the API's name) that is missing or thin, and what to ask for it."""

    field: str
    severity: Severity
    question: str


def missing_of(interview: Interview) -> list[MissingItem]:
    """Return what an interview lacks, worst first."""
    return missing_items(
        candidate_name=interview.candidate_name,
        candidate_email=interview.candidate_email,
        external_id=interview.external_id,
        position=interview.position,
        level=interview.level,
        skills=interview.skills,
        job_description=interview.job_description,
    )


def missing_items(
    *,
    candidate_name: str | None,
    candidate_email: str | None,
    external_id: str | None,
    position: str | None,
    level: str | None,
    skills: Sequence[str],
    job_description: str | None,
) -> list[MissingItem]:
    """Return what is missing, worst first."""
    items = []
    if not (candidate_name or candidate_email or external_id):
        items.append(
            MissingItem(
                "candidateName",
                Severity.CRITICAL,
                "Who is the candidate? A name, an email address or your own reference will do.",
            )
        )
    if not position:
        items.append(
            MissingItem("position", Severity.CRITICAL, "Which position is the candidate for?")
        )
    if not level:
        items.append(
            MissingItem(
                "level",
                Severity.HIGH,
                "Which level is the position: JUNIOR, MID, SENIOR, LEAD or PRINCIPAL?",
            )
        )
    if not skills:
        items.append(
            MissingItem(
                "skills",
                Severity.HIGH,
                "Which skills should the interview look at? Name one or more.",
            )
        )
    length = len(job_description or "")
    if length < SHORT_DESCRIPTION:
        items.append(
            MissingItem(
                "jobDescription",
                Severity.HIGH,
                f"What is the job about? Describe it in {SHORT_DESCRIPTION} characters or more"
                + (f"; there are {length} so far." if length else "."),
            )
        )
    elif length < FULL_DESCRIPTION:
        items.append(
            MissingItem(
                "jobDescription",
                Severity.MEDIUM,
                f"Can you say more about the job? {FULL_DESCRIPTION} characters or more make a "
                f"better plan; there are {length}.",
            )
        )
    if 0 < len(skills) < FEW_SKILLS:
        items.append(
            MissingItem(
                "skills",
                Severity.MEDIUM,
                f"Are there other skills to look at? {FEW_SKILLS} or more make a better plan.",
            )
        )
    return items


def blocks(items: Sequence[MissingItem]) -> bool:
    """Tell whether an interview with these items missing cannot be planned yet."""
    return any(item.severity is not Severity.MEDIUM for item in items)


def data_quality(items: Sequence[MissingItem]) -> DataQuality:
    """Sum up what is missing in one word."""
    if not items:
        return DataQuality.EXCELLENT
    return DataQuality.INCOMPLETE if blocks(items) else DataQuality.GOOD
