"""What a tenant sets for itself."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from interview_service.domain.workflow import Event

UTC = "UTC"


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """What a tenant has set, and the secrets that its webhooks are signed with.

    :param webhook_events: the events that receivers are told of; none for all.
    :param retention_days: for how long candidates' data is kept; None for ever.
    :param time_zone: IANA's name of the one that people read times in.
    :param previous_secret: signs beside the present one until `previous_secret_until`.
    """

    webhook_url: str | None = None
    webhook_events: tuple[str, ...] = ()
    auto_approve_plans: bool = False
    retention_days: int | None = None
    time_zone: str = UTC
    secret: str | None = None
    previous_secret: str | None = None
    previous_secret_until: datetime | None = None

    def wants(self, event: Event) -> bool:
        """Tell whether receivers are told of an event."""
        return not self.webhook_events or event in self.webhook_events

    def secrets(self, now: datetime) -> list[str]:
        """Return the secrets that sign now, the newest first."""
        until = self.previous_secret_until
        is_overlapping = until is not None and now < until
        previous = self.previous_secret if is_overlapping else None
        return [each for each in (self.secret, previous) if each is not None]


@cache
def time_zones() -> frozenset[str]:
    """Return IANA's names of time zones."""
    return frozenset(available_timezones())
