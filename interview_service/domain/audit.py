"""The audit log: who did what to which record. Nothing in it is a candidate's data."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

KEPT = timedelta(days=366)


class TargetType(StrEnum):
    """What kind of record something was done to."""

    INTERVIEW = "interview"
    USER = "user"
    API_KEY = "api_key"
    SESSION = "session"
    TENANT = "tenant"
    CANDIDATE = "candidate"
    SCORECARD = "scorecard"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did.

    :param actor: their subject; `service` for the service itself.
    :param action: such as `interview.update`: the kind of record and what was done.
    :param fields: the names of the fields that changed, as the API writes them; never values.
    :param address: the client's IP address; None where there was no request.
    """

    id: str
    at: datetime
    actor: str
    action: str
    target_type: TargetType
    target_id: str | None
    interview_id: str | None
    fields: tuple[str, ...]
    request_id: str | None
    address: str | None
