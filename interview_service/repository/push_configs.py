"""Push notification configurations: who is told of what becomes of an interview."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, insert, update

from interview_service.database.prepared import Prepared, PreparedChange, PreparedInsert
from interview_service.domain.errors import PushConfigNotFound
from interview_service.domain.outbox import WEBHOOK, DeliveryState
from interview_service.domain.tasks import PushConfig
from interview_service.repository.tables import (
    DELIVERIES,
    PUSH_CONFIGS,
    difference,
    selected,
    values_of,
)
from interview_service.repository.unit_of_work import UnitOfWork

_OF_INTERVIEW = selected(PUSH_CONFIGS, PushConfig).where(
    PUSH_CONFIGS.c.interview_id == bindparam("of_interview")
)
_ALL = Prepared(_OF_INTERVIEW.order_by(PUSH_CONFIGS.c.id))
_ONE = Prepared(_OF_INTERVIEW.where(PUSH_CONFIGS.c.id == bindparam("key")))
_ADD = PreparedInsert(insert(PUSH_CONFIGS))
_KEY = (
    PUSH_CONFIGS.c.interview_id == bindparam("of_interview"),
    PUSH_CONFIGS.c.id == bindparam("key"),
)
_SAVE = PreparedChange(update(PUSH_CONFIGS).where(*_KEY))
_DELETE = PreparedChange(delete(PUSH_CONFIGS).where(*_KEY))
_DELETE_ALL = PreparedChange(delete(PUSH_CONFIGS).where(_KEY[0]))

_REDIRECT = PreparedChange(
    update(DELIVERIES).where(
        DELIVERIES.c.interview_id == bindparam("of_interview"),
        DELIVERIES.c.line == bindparam("key"),
        DELIVERIES.c.state == DeliveryState.PENDING.value,
    )
)
_DELETE_LINE = PreparedChange(
    delete(DELIVERIES).where(
        DELIVERIES.c.interview_id == bindparam("of_interview"),
        DELIVERIES.c.line == bindparam("key"),
    )
)
_DELETE_LINES = PreparedChange(
    delete(DELIVERIES).where(
        DELIVERIES.c.interview_id == bindparam("of_interview"), DELIVERIES.c.line != WEBHOOK
    )
)


class PushConfigs:
    """Who is told of the interviews of one tenant; an interview is locked while they change.

    With a configuration goes its line in the outbox: what was sent, and what was to be sent.
    """

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def of_interview(self, interview_id: str) -> Sequence[PushConfig]:
        """Return the configurations of an interview, in the order of their ids."""
        rows = self._work.rows(_ALL, of_interview=interview_id)
        return [PushConfig(*row) for row in rows]

    def get(self, interview_id: str, config_id: str) -> PushConfig:
        """Return one configuration of an interview.

        :raise PushConfigNotFound: it has none of that id.
        """
        rows = self._work.rows(_ONE, of_interview=interview_id, key=config_id)
        if not rows:
            raise PushConfigNotFound
        return PushConfig(*rows[0])

    def add(self, config: PushConfig) -> None:
        """Keep a new configuration."""
        self._work.write(_ADD, values_of(config))

    def save(self, before: PushConfig, after: PushConfig) -> None:
        """Write what has changed of a configuration; what waits in its line goes there as well."""
        changed = difference(before, after)
        key = {"of_interview": before.interview_id, "key": before.id}
        if changed:
            self._work.change(_SAVE, {**changed, **key})
        if "url" in changed:
            self._work.change(_REDIRECT, {"url": after.url, **key})

    def delete(self, interview_id: str, config_id: str) -> bool:
        """Delete a configuration with its line; tell whether there was one."""
        key = {"of_interview": interview_id, "key": config_id}
        self._work.change(_DELETE_LINE, key)
        return self._work.change(_DELETE, key) > 0

    def delete_all(self, interview_id: str) -> None:
        """Delete every configuration of an interview with its line."""
        self._work.change(_DELETE_LINES, {"of_interview": interview_id})
        self._work.change(_DELETE_ALL, {"of_interview": interview_id})
