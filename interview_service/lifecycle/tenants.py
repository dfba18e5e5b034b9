"""What a tenant sets for itself, and the secrets that its webhooks are signed with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock
from interview_service.domain.errors import InvalidFields
from interview_service.domain.interview import api_name
from interview_service.domain.tenant import TenantSettings
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.repository import Repository
from interview_service.webhooks import signing

SECRET_OVERLAP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TenantView:
    """What a tenant has set; `has_secret` tells whether a webhook secret was ever made."""

    webhook_url: str | None
    webhook_events: Sequence[str]
    auto_approve_plans: bool
    retention_days: int | None
    time_zone: str
    has_secret: bool


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook secret, and until when the one before signs beside it."""

    secret: str
    previous_valid_until: datetime | None


def tenant_settings(repository: Repository) -> TenantView:
    """Return what the tenant has set."""
    return _view(repository.settings.get())


def _view(settings: TenantSettings) -> TenantView:
    return TenantView(
        webhook_url=settings.webhook_url,
        webhook_events=settings.webhook_events,
        auto_approve_plans=settings.auto_approve_plans,
        retention_days=settings.retention_days,
        time_zone=settings.time_zone,
        has_secret=settings.secret is not None,
    )


@one_transaction
def update_tenant_settings(
    repository: Repository, changes: Mapping[str, object], actor: Actor
) -> TenantView:
    """Change what the tenant has set.

    :param changes: attributes of `TenantView`.
    :raise InvalidFields: `has_secret` is given and not what it is.
    """
    now = clock.now()
    settings = repository.settings.locked(now)
    if changes.get("has_secret", settings.secret is not None) != (settings.secret is not None):
        raise InvalidFields({"hasSecret": ["Read-only field"]})
    given = {name: value for name, value in changes.items() if name != "has_secret"}
    if "webhook_events" in given:
        events = cast(Sequence[str], given["webhook_events"])
        given["webhook_events"] = tuple(dict.fromkeys(events))
    changed = replace(settings, **given)  # type: ignore[arg-type]
    repository.settings.save(settings, changed, now)
    fields = [api_name(each) for each in given if getattr(settings, each) != getattr(changed, each)]
    if fields:
        _record(repository, actor, "update", fields)
    return _view(changed)


@one_transaction
def rotate_webhook_secret(repository: Repository, actor: Actor) -> NewSecret:
    """Make a webhook secret; the one before it signs as well for `SECRET_OVERLAP`."""
    now = clock.now()
    settings = repository.settings.locked(now)
    changed = replace(settings, secret=signing.new_secret())
    if settings.secret is not None:
        changed = replace(
            changed, previous_secret=settings.secret, previous_secret_until=now + SECRET_OVERLAP
        )
    repository.settings.save(settings, changed, now)
    _record(repository, actor, "rotate_webhook_secret")
    assert changed.secret is not None
    return NewSecret(changed.secret, changed.previous_secret_until)


def _record(repository: Repository, actor: Actor, done: str, fields: Iterable[str] = ()) -> None:
    tenant_id = repository.tenant_id
    record(repository, actor, f"tenant.{done}", TargetType.TENANT, tenant_id, fields=fields)


def signing_secrets(repository: Repository, now: datetime) -> Sequence[str]:
    """Return the secrets that sign now; one is made where there is none yet."""
    settings = repository.settings.get()
    if settings.secret is None:
        found = repository.settings.locked(now)
        settings = replace(found, secret=found.secret or signing.new_secret())
        repository.settings.save(found, settings, now)
    return settings.secrets(now)
