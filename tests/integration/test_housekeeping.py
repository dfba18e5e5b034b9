"""What the worker tidies up beside its work: old idempotency keys, and the count of long lists."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from interview_service.database.models import IdempotencyKey, ListBlock
from interview_service.database.session import Database
from interview_service.repository import Repository
from interview_service.webhooks.transport import Transport
from interview_service.worker import Worker
from tests.callers import Caller, details
from tests.conftest import Hands
from tests.engines import GoodEngine


@pytest.fixture
def worker(database: Database) -> Iterator[Worker]:
    worker = Worker(database, GoodEngine(), Transport(), lease=timedelta(seconds=30))
    yield worker
    worker.stop()


def test_idempotency_keys_are_forgotten_after_a_day_of_every_tenant(
    caller: Caller, worker: Worker, database: Database, hands: Hands
) -> None:
    def create(tenant: str, key: str) -> None:
        caller.other(tenant).post("/interviews", details(), headers={"Idempotency-Key": key})

    def kept() -> list[tuple[str, str]]:
        with database.across_tenants() as session:
            rows = session.execute(select(IdempotencyKey.tenant_id, IdempotencyKey.key))
            return sorted((tenant_id, key) for tenant_id, key in rows)

    create("acme", "old")
    create("other", "old")
    hands.forward(hours=1)
    create("acme", "young")
    hands.forward(hours=23)
    worker.forget_old_keys()
    assert kept() == [("acme", "old"), ("acme", "young"), ("other", "old")]
    hands.forward(seconds=1)
    worker.forget_old_keys()
    assert kept() == [("acme", "young")]


def test_only_long_lists_are_counted_and_only_what_is_a_minute_old(
    caller: Caller,
    worker: Worker,
    database: Database,
    hands: Hands,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def blocks() -> list[tuple[str, str]]:
        with database.across_tenants() as session:
            rows = session.execute(select(ListBlock.tenant_id, ListBlock.last_id))
            return sorted((tenant_id, last_id) for tenant_id, last_id in rows)

    monkeypatch.setattr("interview_service.repository.lists.BLOCK_SIZE", 2)
    monkeypatch.setitem(Repository.close_blocks.__kwdefaults__, "size", 2)
    short = caller.other("short")
    for _ in range(4):
        short.create()
    made = sorted(caller.create()["id"] for _ in range(5))
    worker.count_lists()
    assert blocks() == []
    hands.forward(minutes=2)
    worker.count_lists()
    assert blocks() == [("acme", made[1]), ("acme", made[3])]
