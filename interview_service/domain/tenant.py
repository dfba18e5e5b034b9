"""What a tenant sets for itself."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """What a tenant has set, and the secrets that its webhooks are signed with.

    :param previous_secret: signs beside the present one until `previous_secret_until`.
    """

    webhook_url: str | None = None
    auto_approve_plans: bool = False
    secret: str | None = None
    previous_secret: str | None = None
    previous_secret_until: datetime | None = None

    def secrets(self, now: datetime) -> list[str]:
        """Return the secrets that sign now, the newest first."""
        until = self.previous_secret_until
        is_overlapping = until is not None and now < until
        previous = self.previous_secret if is_overlapping else None
        return [each for each in (self.secret, previous) if each is not None]
