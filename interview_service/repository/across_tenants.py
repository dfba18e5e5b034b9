"""The few queries that read across tenants: for the sweep, and ids and addresses only."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Select,
    or_,
    select,
)
from sqlalchemy.exc import (
    DBAPIError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from interview_service.database.accounts import (
    AuditEntryModel,
    LinkModel,
    MailModel,
    PasswordRequestModel,
    SessionModel,
)
from interview_service.database.models import (
    ChangeModel,
    DeliveryModel,
    IdempotencyKey,
    InterviewModel,
    TenantSettingsModel,
    WebhookTestModel,
)
from interview_service.database.session import (
    Database,
)
from interview_service.domain.accounts import SESSION_IDLE
from interview_service.domain.feed import ChangeKind
from interview_service.domain.mail import LONGEST_WAIT
from interview_service.domain.outbox import (
    LONGEST_PAUSE,
    WORK_PAUSES,
    DeliveryState,
    longest_wait,
)
from interview_service.repository.unit_of_work import translated

_OLDEST_KEYS = 10_000


def is_anything_due(database: Database, now: datetime, *, mail: bool = False) -> bool:
    """Tell whether an interview's background work, an event or a test of a webhook is due.

    A worker keeps asking this: all answers are read from an index, and end at its first row.

    :param mail: whether it sends mail as well.
    """
    found = [
        select(InterviewModel.id).where(InterviewModel.due_at <= now),
        select(DeliveryModel.id).where(DeliveryModel.due_at <= now),
        select(WebhookTestModel.id).where(WebhookTestModel.due_at <= now),
    ]
    if mail:
        found += [
            select(MailModel.id).where(MailModel.due_at <= now),
            select(PasswordRequestModel.id).where(PasswordRequestModel.due_at <= now),
        ]
    statement = select(or_(*(each.exists() for each in found)))
    return bool(across(database, statement)[0][0])


def due_interviews(
    database: Database,
    now: datetime,
    lease: timedelta,
    limit: int,
    *,
    failed: bool,
    but_tenants: Sequence[str] = (),
) -> list[tuple[str, str]]:
    """Return (tenant id, interview id) of interviews whose background work is due, longest first.

    For the sweep: the one query of interviews that reads across tenants, and it reads ids only.

    :param lease: how far ahead a worker puts what it has taken.
    :param failed: return those whose work has failed before; else those whose work has not.
    :param but_tenants: whose interviews are left out.
    """
    due_at = InterviewModel.due_at
    ahead = now + longest_wait(len(WORK_PAUSES) if failed else 0, lease)
    statement = (
        select(InterviewModel.tenant_id, InterviewModel.id)
        .where(
            due_at.is_not(None),  # most are null: SQLite would begin with those
            or_(due_at <= now, due_at > ahead),
            InterviewModel.attempts > 0 if failed else InterviewModel.attempts == 0,
            InterviewModel.tenant_id.not_in(but_tenants),
        )
        .order_by(due_at)
        .limit(limit)
    )
    return [(tenant_id, each) for tenant_id, each in across(database, statement)]


def due_deliveries(
    database: Database, now: datetime, limit: int, busy: Collection[tuple[str, str]] = ()
) -> list[tuple[str, str, str, str]]:
    """Return (tenant id, interview id, line, URL) of events to deliver, longest due first.

    For the sweep: it reads across tenants, and of an event only whose it is and where it goes.

    :param busy: (tenant id, beginning of URL) of events that are left out; an empty beginning
        stands for all of a tenant's.
    """
    statement = (
        select(
            DeliveryModel.tenant_id,
            DeliveryModel.interview_id,
            DeliveryModel.line,
            DeliveryModel.url,
        )
        .where(
            DeliveryModel.due_at.is_not(None),
            or_(DeliveryModel.due_at <= now, DeliveryModel.due_at > now + LONGEST_PAUSE),
            *(
                or_(
                    DeliveryModel.tenant_id != tenant_id,
                    ~DeliveryModel.url.startswith(url, autoescape=True),
                )
                for tenant_id, url in busy
                if url
            ),
            DeliveryModel.tenant_id.not_in([tenant_id for tenant_id, url in busy if not url]),
        )
        .order_by(DeliveryModel.due_at)
        .limit(limit)
    )
    return [tuple(row) for row in across(database, statement)]


def due_webhook_tests(database: Database, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Return (tenant id, URL) of tests of webhooks that are due, longest due first."""
    due_at = WebhookTestModel.due_at
    statement = (
        select(WebhookTestModel.tenant_id, WebhookTestModel.url)
        .where(due_at.is_not(None), or_(due_at <= now, due_at > now + LONGEST_PAUSE))
        .order_by(due_at)
        .limit(limit)
    )
    return [(tenant_id, url) for tenant_id, url in across(database, statement)]


def due_mails(
    database: Database, now: datetime, limit: int, *, failed: bool, but_tenants: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Return (tenant id, mail id) of mails to send, longest due first.

    :param failed: return those that failed before; else those that did not.
    :param but_tenants: whose mails are left out.
    """
    due_at = MailModel.due_at
    statement = (
        select(MailModel.tenant_id, MailModel.id)
        .where(
            due_at.is_not(None),
            or_(due_at <= now, due_at > now + LONGEST_WAIT),
            MailModel.failure_count > 0 if failed else MailModel.failure_count == 0,
            MailModel.tenant_id.not_in(but_tenants),
        )
        .order_by(due_at)
        .limit(limit)
    )
    return [(tenant_id, each) for tenant_id, each in across(database, statement)]


def tenants_with_unsent_mails(database: Database) -> list[str]:
    """Return the tenants that have mails that are still to be sent or were given up."""
    unsent = (DeliveryState.PENDING.value, DeliveryState.DEAD.value)
    statement = select(MailModel.tenant_id).where(MailModel.state.in_(unsent)).distinct()
    return sorted(tenant_id for (tenant_id,) in across(database, statement))


def tenants_with_old_mails(database: Database, before: datetime) -> list[str]:
    """Return the tenants that have the oldest mails that were given up from before a moment."""
    statement = (
        select(MailModel.tenant_id)
        .where(MailModel.state == DeliveryState.DEAD.value, MailModel.created_at < before)
        .order_by(MailModel.created_at)
        .limit(_OLDEST_KEYS)
    )
    return list(dict.fromkeys(tenant_id for (tenant_id,) in across(database, statement)))


def tenants_with_old_keys(database: Database, before: datetime) -> list[str]:
    """Return the tenants that have the oldest idempotency keys from before a moment."""
    statement = (
        select(IdempotencyKey.tenant_id)
        .where(IdempotencyKey.created_at < before)
        .order_by(IdempotencyKey.created_at)
        .limit(_OLDEST_KEYS)
    )
    return list(dict.fromkeys(tenant_id for (tenant_id,) in across(database, statement)))


def tenants_with_old_sessions(database: Database, now: datetime) -> list[str]:
    """Return the tenants that have sessions or links that are past their time."""
    old_sessions = select(SessionModel.tenant_id).where(
        SessionModel.last_used_at <= now - SESSION_IDLE
    )
    old_links = select(LinkModel.tenant_id).where(LinkModel.expires_at <= now)
    found = [
        tenant_id
        for statement in (old_sessions, old_links)
        for (tenant_id,) in across(database, statement.limit(_OLDEST_KEYS))
    ]
    return list(dict.fromkeys(found))


def tenants_with_old_audit_entries(database: Database, before: datetime) -> list[str]:
    """Return the tenants that have the oldest audit entries from before a moment."""
    statement = (
        select(AuditEntryModel.tenant_id)
        .where(AuditEntryModel.created_at < before)
        .order_by(AuditEntryModel.created_at)
        .limit(_OLDEST_KEYS)
    )
    return list(dict.fromkeys(tenant_id for (tenant_id,) in across(database, statement)))


def tenants_with_old_deletions(database: Database, before: datetime) -> list[str]:
    """Return the tenants whose feed tells of the oldest deletions from before a moment."""
    statement = (
        select(ChangeModel.tenant_id)
        .where(ChangeModel.kind == ChangeKind.DELETED.value, ChangeModel.changed_at < before)
        .order_by(ChangeModel.changed_at)
        .limit(_OLDEST_KEYS)
    )
    return list(dict.fromkeys(tenant_id for (tenant_id,) in across(database, statement)))


def tenants_with_retention(database: Database) -> list[str]:
    """Return the tenants that keep candidates' data for so many days only."""
    days = TenantSettingsModel.retention_days
    statement = select(TenantSettingsModel.tenant_id).where(days.is_not(None))
    return [tenant_id for (tenant_id,) in across(database, statement.order_by(days))]


def across(database: Database, statement: Select[*tuple[Any, ...]]) -> Sequence[Any]:
    """Return what a SELECT finds among every tenant's rows.

    :raise DatabaseUnavailable: the database cannot be asked.
    """
    try:
        with database.across_tenants() as session:
            return session.execute(statement).all()
    except (DBAPIError, PoolTimeout) as error:
        raise translated(error) from error
