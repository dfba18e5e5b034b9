"""What is to be mailed: queued in the transaction of what it tells of.

A mail is a row that names its user, its kind and what it is about. What it says is found out as it
is sent, so that it is never out of date, and nothing of it is kept.
"""

from collections.abc import Iterable
from datetime import datetime

from interview_service.domain.accounts import User, UserStatus, folded_email
from interview_service.domain.clock import clock, new_id
from interview_service.domain.interview import APPOINTMENT_FIELDS, Interview
from interview_service.domain.mail import (
    REMINDED_STATES,
    REMINDER_PAUSE,
    Mail,
    MailKind,
    Standing,
    standing_of,
)
from interview_service.domain.outbox import DeliveryState
from interview_service.repository import Repository

MAIL = "mail"
"""Stands for the mails of a tenant where a worker else is told the id of an interview."""


def queue_link(repository: Repository, user_id: str, kind: MailKind) -> None:
    """Have a user mailed a link with which they set a password."""
    if not repository.mails.are_sent:
        return
    known = repository.mails.to_user(user_id, kind, user_id)
    if known is None:
        _add(repository, user_id, kind, user_id, clock.now())
    else:
        _again(repository, known)


def withdraw_links(repository: Repository, user_id: str) -> None:
    """Have a user mailed no link that was not sent yet."""
    for kind in MailKind:
        if kind.has_link:
            repository.mails.delete_about(user_id, kind)


def follow(repository: Repository, before: Interview, after: Interview) -> None:
    """Have mailed what an interview's interviewers are to know of a change."""
    if repository.mails.are_sent:
        _follow_appointment(repository, before, after)
        _follow_scorecards(repository, before, after)


def follow_deletion(repository: Repository, interview_id: str) -> None:
    """Have the appointment of a deleted interview called off, and mail nothing else about it."""
    repository.mails.delete_about(interview_id, MailKind.REMINDER)
    if repository.mails.are_sent:
        for mail in repository.mails.about(interview_id, MailKind.APPOINTMENT):
            _call_off(repository, mail)
    else:
        repository.mails.delete_about(interview_id, MailKind.APPOINTMENT)


def users_among(repository: Repository, entries: Iterable[str]) -> list[User]:
    """Return the active users whom entries of `interviewers` mean."""
    named = list(entries)
    emails = [folded_email(each) for each in named if "@" in each]
    found = repository.accounts.users_among(named, emails)
    return [user for user in found if user.status is UserStatus.ACTIVE]


def _follow_appointment(repository: Repository, before: Interview, after: Interview) -> None:
    was, is_now = standing_of(before), standing_of(after)
    moved = was is not is_now or _differ(before, after, APPOINTMENT_FIELDS)
    if is_now is Standing.SETTLED or (was is is_now and is_now is Standing.NOWHERE):
        return
    if not moved and before.interviewers == after.interviewers:
        return
    expected = users_among(repository, after.interviewers) if is_now is Standing.OPEN else []
    invited = {user.id for user in expected if user.mail.appointments}
    known = repository.mails.about(after.id, MailKind.APPOINTMENT)
    for mail in known:
        if mail.user_id not in invited:
            _call_off(repository, mail)
        elif moved:
            _again(repository, mail)
    for user_id in sorted(invited.difference(mail.user_id for mail in known)):
        _add(repository, user_id, MailKind.APPOINTMENT, after.id, clock.now())


def _follow_scorecards(repository: Repository, before: Interview, after: Interview) -> None:
    """Have whoever is to hand in a scorecard reminded of it, once; whether it is there by then is
    found out by then.
    """
    if after.workflow_state not in REMINDED_STATES or after.candidate_erased_at is not None:
        return
    is_over = before.workflow_state not in REMINDED_STATES
    if not is_over and before.interviewers == after.interviewers:
        return
    due_at = clock.now() + REMINDER_PAUSE
    for user in users_among(repository, after.interviewers):
        if repository.mails.to_user(user.id, MailKind.REMINDER, after.id) is None:
            _add(repository, user.id, MailKind.REMINDER, after.id, due_at)


def _call_off(repository: Repository, mail: Mail) -> None:
    """Have somebody told that an appointment is off, where they may know of it."""
    if mail.told is None:
        repository.mails.delete(mail)
    else:
        _again(repository, mail)


def _differ(before: Interview, after: Interview, names: Iterable[str]) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in names)


def _add(
    repository: Repository, user_id: str, kind: MailKind, about_id: str, due_at: datetime
) -> None:
    now = clock.now()
    repository.mails.add(
        Mail(
            id=new_id(now),
            user_id=user_id,
            kind=kind,
            about_id=about_id,
            revision=1,
            state=DeliveryState.PENDING,
            attempt_count=0,
            failure_count=0,
            due_at=due_at,
            leased_until=None,
            created_at=now,
        )
    )
    repository.work.wake_after_commit(MAIL)


def _again(repository: Repository, mail: Mail) -> None:
    repository.mails.save(mail, mail.again(clock.now()))
    repository.work.wake_after_commit(MAIL)
