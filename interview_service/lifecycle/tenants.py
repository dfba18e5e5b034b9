"""What a tenant sets for itself, and the secrets that its webhooks are signed with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from interview_service.database.models import (
    TenantSettings,
)
from interview_service.domain.clock import clock
from interview_service.domain.errors import (
    InvalidFields,
)
from interview_service.lifecycle.base import one_transaction
from interview_service.repository import Repository
from interview_service.webhooks import signing

SECRET_OVERLAP = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TenantView:
    """What a tenant has set; `has_secret` tells whether a webhook secret was ever made."""

    webhook_url: str | None = None
    auto_approve_plans: bool = False
    has_secret: bool = False


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook secret, and until when the one before signs beside it."""

    secret: str
    previous_valid_until: datetime | None


def tenant_settings(repository: Repository) -> TenantView:
    """Return what the tenant has set."""
    row = repository.settings.get()
    if row is None:
        return TenantView()
    return TenantView(row.webhook_url, row.auto_approve_plans, row.secret is not None)


@one_transaction
def update_tenant_settings(repository: Repository, changes: Mapping[str, Any]) -> TenantView:
    """Change what the tenant has set: `webhook_url`, `auto_approve_plans`.

    :raise InvalidFields: `has_secret` is given and not what it is.
    """
    row = _settings_row(repository)
    for name, value in changes.items():
        if name != "has_secret":
            setattr(row, name, value)
        elif value != (row.secret is not None):
            raise InvalidFields({"hasSecret": ["Read-only field"]})
    row.updated_at = clock.now()
    repository.work.flush()
    return TenantView(row.webhook_url, row.auto_approve_plans, row.secret is not None)


@one_transaction
def rotate_webhook_secret(repository: Repository) -> NewSecret:
    """Make a webhook secret; the one before it signs as well for `SECRET_OVERLAP`."""
    row = _settings_row(repository)
    now = clock.now()
    if row.secret is not None:
        row.previous_secret, row.previous_secret_until = row.secret, now + SECRET_OVERLAP
    row.secret, row.updated_at = signing.new_secret(), now
    return NewSecret(row.secret, row.previous_secret_until)


def _settings_row(repository: Repository) -> TenantSettings:
    row = repository.settings.get(for_update=True)
    if row is None:
        row = TenantSettings(
            tenant_id=repository.tenant_id, auto_approve_plans=False, updated_at=clock.now()
        )
        repository.documents.add(row)
        repository.work.flush()
    return row


def signing_secrets(repository: Repository, now: datetime) -> list[str]:
    """Return the secrets that sign now; one is made where there is none yet."""
    row = repository.settings.get()
    if row is None or row.secret is None:
        row = _settings_row(repository)
        row.secret = row.secret or signing.new_secret()
    secrets = [row.secret]
    if row.previous_secret and row.previous_secret_until and now < row.previous_secret_until:
        secrets.append(row.previous_secret)
    return secrets
