"""Mails to users: taken by the worker with all that they say, recorded, listed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from interview_service.appointments import slot_of
from interview_service.domain.accounts import LinkKind, User, UserStatus
from interview_service.domain.clock import clock
from interview_service.domain.errors import InterviewNotFound
from interview_service.domain.interview import Interview
from interview_service.domain.mail import (
    FAILED_KEPT,
    MAIL_LEASE,
    REMINDED_STATES,
    Letter,
    Mail,
    MailKind,
    MailOutcome,
    PasswordLink,
    Result,
    Scheduled,
    ScorecardMissing,
    Standing,
    Withdrawn,
    standing_of,
)
from interview_service.domain.outbox import DeliveryState, delivery_pause
from interview_service.lifecycle.base import one_transaction
from interview_service.lifecycle.mail_queue import MAIL, users_among
from interview_service.lifecycle.scorecards import missing_scorecards
from interview_service.lifecycle.users import make_link
from interview_service.repository import Repository

Content = PasswordLink | Scheduled | Withdrawn | ScorecardMissing


@one_transaction
def begin_mail(repository: Repository, mail_id: str) -> Letter | None:
    """Take a mail that is due, and find out what it says; a link is made here.

    Nobody else gets it until the lease has run out: by then it is recorded, or its worker is dead,
    and it goes out again.

    :return: None where it is not due, another worker sends it, or there is nothing to say any more.
    """
    mail = repository.mails.locked(mail_id)
    now = clock.now()
    if mail is None or not mail.is_due(now):
        return None
    user = repository.accounts.user(mail.user_id)
    content = _content(repository, mail, user)
    if content is None:
        _drop(repository, mail)
        return None
    until = now + MAIL_LEASE
    taken = replace(mail, attempt_count=mail.attempt_count + 1, due_at=until, leased_until=until)
    if isinstance(content, Scheduled):  # from here on their calendar may know of it
        slot = content.slot
        taken = replace(
            taken, sequence=slot.sequence, starts_at=slot.starts_at, ends_at=slot.ends_at
        )
    repository.mails.save(mail, taken)
    return Letter(
        mail_id=mail.id,
        kind=mail.kind,
        revision=mail.revision,
        attempt=taken.attempt_count,
        address=user.email,
        name=user.name,
        tenant_id=repository.tenant_id,
        zone=repository.settings.get().time_zone,
        content=content,
    )


def _content(repository: Repository, mail: Mail, user: User) -> Content | None:
    if mail.kind.has_link:
        return _link(repository, mail, user)
    if user.status is not UserStatus.ACTIVE:
        return None
    interview = _interview(repository, mail)
    if mail.kind is MailKind.APPOINTMENT:
        return _appointment(repository, mail, user, interview)
    return _reminder(repository, user, interview)


def _link(repository: Repository, mail: Mail, user: User) -> PasswordLink | None:
    if user.status is UserStatus.DISABLED:
        return None
    link = make_link(repository, user, LinkKind(mail.kind.value))
    return PasswordLink(link.token, link.expires_at)


def _appointment(
    repository: Repository, mail: Mail, user: User, interview: Interview | None
) -> Scheduled | Withdrawn | None:
    if not user.mail.appointments:
        return None
    standing = standing_of(interview) if interview is not None else Standing.NOWHERE
    if interview is not None and standing is Standing.OPEN and _means(repository, interview, user):
        moved = mail.told is not None and mail.revision > 1
        return Scheduled(interview, slot_of(interview), moved)
    if standing is Standing.SETTLED or mail.told is None:
        return None
    version = interview.version if interview is not None else 0
    sequence = max(mail.told.sequence + 1, version)
    takes_place = standing is Standing.OPEN
    return Withdrawn(mail.about_id, replace(mail.told, sequence=sequence), takes_place)


def _means(repository: Repository, interview: Interview, user: User) -> bool:
    return any(each.id == user.id for each in users_among(repository, interview.interviewers))


def _reminder(
    repository: Repository, user: User, interview: Interview | None
) -> ScorecardMissing | None:
    if interview is None or interview.candidate_erased_at is not None or not user.mail.reminders:
        return None
    if interview.workflow_state not in REMINDED_STATES:
        return None
    missing = users_among(repository, missing_scorecards(repository, interview))
    return ScorecardMissing(interview) if any(each.id == user.id for each in missing) else None


def _interview(repository: Repository, mail: Mail) -> Interview | None:
    try:
        return repository.interviews.get(mail.about_id)
    except InterviewNotFound:
        return None


def _drop(repository: Repository, mail: Mail) -> None:
    """Let a mail be that has nothing to say; what a calendar was told is still remembered."""
    if mail.kind is MailKind.APPOINTMENT and mail.told is not None:
        interview = _interview(repository, mail)
        if interview is not None and standing_of(interview) is Standing.SETTLED:
            repository.mails.save(mail, _over(mail, DeliveryState.DELIVERED))
            return
    repository.mails.delete(mail)


def _over(mail: Mail, state: DeliveryState) -> Mail:
    return replace(mail, state=state, due_at=None, leased_until=None, status=None, error=None)


@one_transaction
def record_mail(repository: Repository, letter: Letter, outcome: MailOutcome) -> None:
    """Keep what came of sending a mail, and set what is next: nothing, another try, or what there
    is to say by now.
    """
    mail = repository.mails.locked(letter.mail_id)
    if mail is None or mail.attempt_count != letter.attempt:
        return  # forgotten meanwhile, or another worker has it
    now = clock.now()
    if mail.revision != letter.revision:
        repository.mails.save(mail, replace(mail, leased_until=None, due_at=now))
        repository.work.wake_after_commit(MAIL)
    elif outcome.result is not Result.ACCEPTED:
        repository.mails.save(mail, _failed(mail, outcome, now))
    elif letter.kind.has_link or isinstance(letter.content, Withdrawn):
        repository.mails.delete(mail)  # whoever was told has nothing to be reminded of
    else:
        repository.mails.save(mail, _over(mail, DeliveryState.DELIVERED))


def _failed(mail: Mail, outcome: MailOutcome, now: datetime) -> Mail:
    failures = mail.failure_count + 1
    pause = delivery_pause(failures) if outcome.result is Result.DEFERRED else None
    return replace(
        mail,
        state=DeliveryState.PENDING if pause is not None else DeliveryState.DEAD,
        failure_count=failures,
        due_at=now + pause if pause is not None else None,
        leased_until=None,
        status=outcome.status,
        error=outcome.said,
    )


@dataclass(frozen=True, slots=True)
class MailReport:
    """A mail, and to whom it goes."""

    mail: Mail
    user: User


def mails(repository: Repository, *, limit: int, failing: bool) -> Sequence[MailReport]:
    """Return the tenant's mails that are still to be sent or were given up, newest first.

    :param failing: those alone whose last attempt failed.
    """
    found = repository.mails.failing(limit) if failing else repository.mails.unsent(limit)
    users = {user.id: user for user in repository.accounts.users_among({m.user_id for m in found})}
    return [MailReport(mail, users[mail.user_id]) for mail in found if mail.user_id in users]


def failing_invitations(repository: Repository, users: Sequence[User]) -> dict[str, Mail]:
    """Return the invitations that could not be mailed, by the ids of those users they are for."""
    ids = [user.id for user in users]
    failing = repository.mails.failing_to(ids, MailKind.INVITATION)
    return {mail.user_id: mail for mail in failing}


@one_transaction
def forget_failed_mails(repository: Repository) -> None:
    """Forget the mails that were given up long ago."""
    repository.mails.forget_failed(clock.now() - FAILED_KEPT)


__all__ = [
    "MAIL",
    "MailReport",
    "begin_mail",
    "failing_invitations",
    "forget_failed_mails",
    "mails",
    "record_mail",
]
