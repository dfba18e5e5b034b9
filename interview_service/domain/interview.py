"""What an interview is about: levels, and the brief that an engine is given."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Seniority of the position, least to most."""

    JUNIOR = "JUNIOR"
    MID = "MID"
    SENIOR = "SENIOR"
    LEAD = "LEAD"
    PRINCIPAL = "PRINCIPAL"


@dataclass(frozen=True, slots=True)
class Brief:
    """All that an engine may know of an interview: no name, email or id of a candidate.

    :param skills: as the client wrote them, in their order, without repeats.
    """

    position: str
    level: Level
    skills: tuple[str, ...]
    job_description: str | None = None
    company_name: str | None = None
    company_description: str | None = None
