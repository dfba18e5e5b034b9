"""Mails to users: what is kept of one that waits, what it says, and what came of sending it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from interview_service.domain.interview import Interview
from interview_service.domain.outbox import CLOCKS_DIFFER, LONGEST_PAUSE, DeliveryState
from interview_service.domain.workflow import State

MAIL_LEASE = timedelta(seconds=60)
"""How long a worker has a mail to itself: twice what sending one may take."""

REMINDER_PAUSE = timedelta(days=1)
"""How long after COMPLETE somebody is reminded of a scorecard."""

LONGEST_WAIT = max(REMINDER_PAUSE + CLOCKS_DIFFER, LONGEST_PAUSE)
"""What is to be mailed later than this was put off before the clock went back."""

FAILED_KEPT = timedelta(days=30)
"""How long a mail that was given up is shown."""


class MailKind(StrEnum):
    """What a mail is for."""

    INVITATION = "INVITATION"
    FORGOTTEN = "FORGOTTEN"
    APPOINTMENT = "APPOINTMENT"
    REMINDER = "REMINDER"

    @property
    def has_link(self) -> bool:
        """Tell whether it brings a one-time link with which its user sets a password."""
        return self in (MailKind.INVITATION, MailKind.FORGOTTEN)


class Standing(StrEnum):
    """What an interview has its interviewers' calendars say."""

    NOWHERE = "nowhere"
    """There is no appointment: whoever was told of one is told that it is off."""
    OPEN = "open"
    """There is one, and it may still move."""
    SETTLED = "settled"
    """It has begun: calendars stay as they are."""


def standing_of(interview: Interview) -> Standing:
    """Return what the calendars of an interview's interviewers are to say of it."""
    state = interview.workflow_state
    if interview.candidate_erased_at is not None or interview.scheduled_at is None:
        return Standing.NOWHERE
    if state is State.SCHEDULED:
        return Standing.OPEN
    return Standing.SETTLED if state in _BEGUN else Standing.NOWHERE


REMINDED_STATES = frozenset({State.COMPLETED, State.ASSESSMENT_PENDING})
"""States in which scorecards are waited for: after COMPLETE, before the verdict."""

_BEGUN = frozenset({State.IN_PROGRESS, State.ASSESSMENT_APPROVED, *REMINDED_STATES})


@dataclass(frozen=True, slots=True)
class Slot:
    """What a calendar was told last of an interview: the version of the appointment, and when."""

    sequence: int
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be mailed to a user. There is one of a kind and subject for each user.

    :param about_id: the interview that it tells of; of a mail with a link, the user.
    :param revision: grows with each thing that there is to say.
    :param attempt_count: all attempts that were begun.
    :param failure_count: failures of this revision; picks the pause.
    :param due_at: when to try next; None when it is over.
    :param leased_until: there while a worker sends it.
    :param created_at: when this revision was queued.
    :param sequence: what their calendar was told last of the appointment, as the two after it; None
        where it was told of none.
    :param status: of SMTP, of the last failure; None where there was no reply.
    :param error: why the last attempt failed.
    """

    id: str
    user_id: str
    kind: MailKind
    about_id: str
    revision: int
    state: DeliveryState
    attempt_count: int
    failure_count: int
    due_at: datetime | None
    leased_until: datetime | None
    created_at: datetime
    sequence: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    status: int | None = None
    error: str | None = None

    @property
    def told(self) -> Slot | None:
        """What the user's calendar was told last; None where it was told nothing."""
        if self.sequence is None or self.starts_at is None or self.ends_at is None:
            return None
        return Slot(self.sequence, self.starts_at, self.ends_at)

    def is_due(self, now: datetime) -> bool:
        """Tell whether to send it now."""
        return self.due_at is not None and not now < self.due_at <= now + LONGEST_WAIT

    def again(self, now: datetime) -> "Mail":
        """Return it with something new to say, as soon as no worker is sending it."""
        return replace(
            self,
            revision=self.revision + 1,
            state=DeliveryState.PENDING,
            failure_count=0,
            due_at=self.leased_until if self.is_leased(now) else now,
            created_at=now,
            status=None,
            error=None,
        )

    def is_leased(self, now: datetime) -> bool:
        """Tell whether a worker sends it at this moment, as far as its lease says."""
        return self.leased_until is not None and now < self.leased_until <= now + MAIL_LEASE


@dataclass(frozen=True, slots=True)
class PasswordLink:
    """A one-time link, made as its mail is sent."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Scheduled:
    """An interview takes place.

    :param moved: whether the user was told of another time or place before.
    """

    interview: Interview
    slot: Slot
    moved: bool


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An appointment is off for this user. Nothing of the candidate is in it.

    :param slot: what their calendar was told last, under the sequence that takes it back.
    :param takes_place: whether the interview is held all the same, by others.
    """

    interview_id: str
    slot: Slot
    takes_place: bool


@dataclass(frozen=True, slots=True)
class ScorecardMissing:
    """An interview is over, and this user's scorecard is missing."""

    interview: Interview


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that a worker has taken, with all that it says.

    :param attempt: the number of this attempt, from 1.
    :param address: the user's email.
    :param zone: the name of the time zone in which times are told.
    """

    mail_id: str
    kind: MailKind
    revision: int
    attempt: int
    address: str
    name: str
    tenant_id: str
    zone: str
    content: PasswordLink | Scheduled | Withdrawn | ScorecardMissing


class Result(StrEnum):
    """What a mail server did with a mail."""

    ACCEPTED = "ACCEPTED"
    DEFERRED = "DEFERRED"
    """It may take it later."""
    REFUSED = "REFUSED"
    """It never will."""


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """What came of an attempt.

    :param status: of SMTP; None where there was no reply.
    :param said: the server's own words of an accepted mail; else why it was not, on one line.
    """

    result: Result
    status: int | None
    said: str
