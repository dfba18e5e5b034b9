"""What the worker tidies up beside its work: old idempotency keys."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from interview_service.database.models import IdempotencyKey
from interview_service.database.session import Database
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
