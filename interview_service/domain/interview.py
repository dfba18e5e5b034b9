"""The record of an interview, what a list shows of it, and how a transition changes it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import Flag, StrEnum, auto
from typing import NamedTuple

from interview_service.domain.workflow import (
    TABLE,
    WORK_IN,
    HistoryEntry,
    State,
    Transition,
    WorkKind,
)

SERVICE = "service"
"""Who triggers what no caller does."""

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i"}
    | {"æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters, in lower case, that are another one with a stroke through it, or two in one."""

_NAME_WORDS = re.compile(r"[^\W\d_]{2,}")

_FIRST_ACCENT = 200
"""Combining classes from here on are accents; those below are parts of a letter, as in Hindi."""


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
    """Return a text as searches compare it: whatever its case and accents, however it was typed."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(each for each in apart if unicodedata.combining(each) < _FIRST_ACCENT)
    return unicodedata.normalize("NFC", bare.casefold().translate(_LETTERS))


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


class Role(Flag):
    """What a field of the record is to those who write it."""

    READ_ONLY = auto()
    """Clients see it and cannot change it."""
    WRITABLE = auto()
    """Clients write it."""
    BRIEF = auto()
    """It feeds the plan."""
    REQUIRED = auto()
    """An interview that has it cannot lose it again; the intake may take one in without."""
    APPOINTMENT = auto()
    """Changing it while SCHEDULED is rescheduling."""
    SEARCHED = auto()
    """Searches look into it."""
    WORK = auto()
    """The worker's notes: changing them makes no new version."""
    PERSONAL = auto()
    """An erasure of the candidate's data empties it."""


_KEY = "role"
_READ_ONLY = {_KEY: Role.READ_ONLY}
_OPTIONAL = {_KEY: Role.WRITABLE}
_PERSONAL = {_KEY: Role.PERSONAL}
_PERSONAL_TEXT = {_KEY: Role.WRITABLE | Role.PERSONAL}
_CANDIDATE = {_KEY: Role.WRITABLE | Role.REQUIRED | Role.SEARCHED | Role.PERSONAL}
_POSITION = {_KEY: Role.WRITABLE | Role.REQUIRED | Role.SEARCHED | Role.BRIEF}
_REQUIRED_BRIEF = {_KEY: Role.WRITABLE | Role.REQUIRED | Role.BRIEF}
_BRIEF = {_KEY: Role.WRITABLE | Role.BRIEF | Role.PERSONAL}
_APPOINTMENT = {_KEY: Role.WRITABLE | Role.APPOINTMENT}
_WORK = {_KEY: Role.WORK | Role.PERSONAL}


@dataclass(frozen=True, slots=True)
class Interview:
    """The record of an interview. A field's default is what it is when it is empty.

    :param version: grows with each change that clients can see; the source of the ETag.
    :param interviewers: subjects of who is expected to hand in a scorecard.
    :param overall_score: of the present assessment, 0 to 100.
    :param transition_count: the number of the last entry of its history.
    :param moved_at: when it last took a transition, or came in.
    :param is_read: whether an engine has read the present transcript.
    :param work_version: grows with each change but those that scorecards bring: what background
        work is made for.
    :param feedback: what the engine is to heed, oldest first.
    :param due_at: when the worker should next look at it; None when it has nothing to do.
    :param attempts: how often background work has failed in a row.
    :param leased_until: there while a worker has an engine at work on it.
    """

    id: str = field(metadata=_READ_ONLY)
    tenant_id: str = field(metadata=_READ_ONLY)
    run_id: str = field(metadata=_READ_ONLY)
    version: int
    workflow_state: State
    created_at: datetime = field(metadata=_READ_ONLY)
    updated_at: datetime = field(metadata=_READ_ONLY)
    plan_id: str | None = field(default=None, metadata=_READ_ONLY)
    assessment_id: str | None = field(default=None, metadata=_READ_ONLY)
    external_id: str | None = field(default=None, metadata={_KEY: Role.READ_ONLY | Role.PERSONAL})
    candidate_name: str | None = field(default=None, metadata=_CANDIDATE)
    candidate_email: str | None = field(default=None, metadata=_CANDIDATE)
    position: str | None = field(default=None, metadata=_POSITION)
    level: Level | None = field(default=None, metadata=_REQUIRED_BRIEF)
    skills: tuple[str, ...] = field(default=(), metadata=_REQUIRED_BRIEF)
    job_description: str | None = field(default=None, metadata=_BRIEF)
    company_name: str | None = field(default=None, metadata=_OPTIONAL)
    company_description: str | None = field(default=None, metadata=_PERSONAL_TEXT)
    scheduled_at: datetime | None = field(default=None, metadata=_APPOINTMENT)
    duration_minutes: int | None = field(default=None, metadata=_APPOINTMENT)
    location: str | None = field(
        default=None, metadata={_KEY: Role.WRITABLE | Role.APPOINTMENT | Role.PERSONAL}
    )
    interviewers: tuple[str, ...] = field(default=(), metadata=_OPTIONAL)
    callback_url: str | None = field(default=None, metadata=_PERSONAL_TEXT)
    overall_score: int | None = field(default=None, metadata=_READ_ONLY)
    recommendation: str | None = field(default=None, metadata=_READ_ONLY)
    decision: str | None = field(default=None, metadata=_READ_ONLY)
    candidate_erased_at: datetime | None = field(default=None, metadata=_READ_ONLY)
    transition_count: int = 0
    moved_at: datetime | None = None
    has_transcript: bool = field(default=False, metadata=_PERSONAL)
    is_read: bool = field(default=False, metadata=_PERSONAL)
    work_version: int = 0
    feedback: tuple[str, ...] = field(default=(), metadata=_PERSONAL)
    due_at: datetime | None = field(default=None, metadata=_WORK)
    attempts: int = field(default=0, metadata=_WORK)
    last_error: str | None = field(default=None, metadata=_WORK)
    leased_until: datetime | None = field(default=None, metadata=_WORK)

    @property
    def brief(self) -> Brief:
        """What an engine may know of it."""
        return Brief(
            position=self.position or "",
            level=self.level or Level.MID,
            skills=self.skills,
            job_description=self.job_description,
            company_name=self.company_name,
            company_description=self.company_description,
        )

    @property
    def known_name(self) -> str | None:
        """The candidate's name, or what their email address has of it: of jane.doe@… `jane doe`."""
        if self.candidate_name or not self.candidate_email:
            return self.candidate_name
        words = _NAME_WORDS.findall(re.split("[+@]", self.candidate_email)[0])
        return " ".join(words) if len(words) > 1 else None

    @property
    def search_text(self) -> str:
        """What searches look into: a folded line each of name, email and position."""
        parts = (self.candidate_name, self.candidate_email, self.position)
        return "\n".join(folded(part) for part in parts if part)

    @property
    def due_work(self) -> WorkKind | None:
        """The work that it waits for in its state; None where nothing can be done."""
        work = WORK_IN.get(self.workflow_state)
        is_unread = self.has_transcript and not self.is_read
        return work if work is not WorkKind.ASSESSMENT or is_unread else None

    def is_leased(self, now: datetime) -> bool:
        """Tell whether a worker has an engine at work on it, as far as its lease says."""
        return self.leased_until is not None and now < self.leased_until

    def of_version(self, version: int, work_version: int) -> "Interview":
        """Return it as the versions that it is written as."""
        return replace(self, version=version, work_version=work_version)

    def touched(self, now: datetime) -> "Interview":
        """Return it changed now, or a millisecond later than before where the clock went back."""
        return replace(self, updated_at=max(now, self.updated_at + timedelta(milliseconds=1)))

    def restarted(self, now: datetime) -> "Interview":
        """Return it with the work of its state due now, as if it had never failed."""
        due_at = now if self.due_work else None
        return replace(self, due_at=due_at, attempts=0, last_error=None, leased_until=None)


def _fields_of(role: Role) -> tuple[str, ...]:
    return tuple(
        each.name for each in fields(Interview) if role in each.metadata.get(_KEY, Role(0))
    )


WRITABLE_FIELDS = _fields_of(Role.WRITABLE)
READ_ONLY_FIELDS = _fields_of(Role.READ_ONLY)
BRIEF_FIELDS = _fields_of(Role.BRIEF)
REQUIRED_FIELDS = _fields_of(Role.REQUIRED)
APPOINTMENT_FIELDS = _fields_of(Role.APPOINTMENT)
SEARCHED_FIELDS = _fields_of(Role.SEARCHED)
WORK_FIELDS = _fields_of(Role.WORK)
PERSONAL_FIELDS = _fields_of(Role.PERSONAL)
EMPTY: Mapping[str, object] = {
    each.name: each.default for each in fields(Interview) if each.default is not MISSING
}
"""What a field is when it is empty, of each that can be."""


class InterviewRow(NamedTuple):
    """An interview as a row of a list. Moments are milliseconds since 1970: a page has many."""

    id: str
    candidate_name: str | None
    candidate_email: str | None
    position: str | None
    level: str | None
    workflow_state: str
    scheduled_at: int | None
    created_at: int
    updated_at: int
    interviewers: tuple[str, ...]
    overall_score: int | None
    recommendation: str | None
    decision: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A transition that an interview took: as it is after it, and the entry of its history."""

    interview: Interview
    entry: HistoryEntry


def taken(
    interview: Interview,
    name: Transition,
    now: datetime,
    *,
    by: str = SERVICE,
    reason: str | None = None,
    feedback: str | None = None,
) -> list[Step]:
    """Return an interview's way through a transition that is allowed, and what follows it at once.

    :param by: who triggers it.
    :param feedback: what the engine is to heed from now on, beside what it is to heed already.
    """
    rule = TABLE[name]
    source = interview.workflow_state
    assert source in rule.sources, f"{name} from {source}"
    touched = interview.touched(now)
    entry = HistoryEntry(
        interview_id=interview.id,
        number=interview.transition_count + 1,
        transition=name,
        previous_state=source,
        new_state=rule.target,
        triggered_by=by,
        reason=reason,
        created_at=touched.updated_at,
    )
    forgotten = {each: EMPTY[each] for each in rule.forgets}
    after = replace(
        touched,
        workflow_state=rule.target,
        transition_count=entry.number,
        moved_at=entry.created_at,
        **forgotten,  # type: ignore[arg-type]
    )
    if feedback is not None:
        after = replace(after, feedback=(*after.feedback, feedback))
    goes_on = after.due_work is not None and "leased_until" not in rule.forgets
    due_at = interview.due_at if goes_on else None
    after = replace(after, due_at=due_at or (now if after.due_work else None))
    steps = [Step(after, entry)]
    if rule.then is not None and getattr(after, rule.then_where) is not None:
        steps += taken(after, rule.then, now)
    return steps
