"""Writing and reading the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from interview_service.domain.audit import KEPT, AuditEntry, TargetType
from interview_service.domain.clock import clock, new_id
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.repository import Repository


def record(
    repository: Repository,
    actor: Actor,
    action: str,
    target_type: TargetType,
    target_id: str | None,
    *,
    interview_id: str | None = None,
    fields: Iterable[str] = (),
) -> None:
    """Write into the audit log, in the present transaction, what it is that is done here.

    :param action: such as `user.create`.
    :param interview_id: where the target is no interview, and has to do with one.
    :param fields: the names of what changed, as the API writes them.
    """
    now = clock.now()
    if target_type is TargetType.INTERVIEW:
        interview_id = target_id
    repository.audit.add(
        AuditEntry(
            id=new_id(now),
            at=now,
            actor=actor.subject,
            action=action,
            target_type=target_type,
            target_id=target_id,
            interview_id=interview_id,
            fields=tuple(fields),
            request_id=actor.request_id,
            address=actor.address,
        )
    )


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the audit log, newest first.

    :param next_id: what the next page follows; None at the end.
    """

    entries: list[AuditEntry]
    next_id: str | None


def audit_log(
    repository: Repository,
    *,
    limit: int,
    before: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    actor: str | None = None,
    interview_id: str | None = None,
) -> AuditPage:
    """Return a page of the tenant's audit log."""
    found = repository.audit.page(
        limit=limit + 1,
        before=before,
        since=since,
        until=until,
        actor=actor,
        interview_id=interview_id,
    )
    more = len(found) > limit
    return AuditPage(found[:limit], found[limit - 1].id if more else None)


@one_transaction
def forget_audit_entries(repository: Repository) -> None:
    """Delete the entries that are past their time."""
    repository.audit.forget(clock.now() - KEPT)
