"""What an interview is about: levels, names of its fields, and the brief for an engine."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

_DOTTED = "i\u0307"  # what İ becomes in lower case


class Level(StrEnum):
    """Seniority of the position, least to most."""

    JUNIOR = "JUNIOR"
    MID = "MID"
    SENIOR = "SENIOR"
    LEAD = "LEAD"
    PRINCIPAL = "PRINCIPAL"


def api_name(name: str) -> str:
    """Return a name as clients of the API write it: `job_description` as `jobDescription`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def folded(text: str) -> str:
    """Return a text as searches compare it: whatever its case, and however it was typed."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", plain).replace(_DOTTED, "i")


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
