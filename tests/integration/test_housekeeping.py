"""What the worker tidies up: old idempotency keys, sessions, links and audit entries."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from interview_service.credentials import passwords
from interview_service.database.accounts import (
    AuditEntryModel,
    LinkModel,
    LookupModel,
    SessionModel,
    SignInFailureModel,
)
from interview_service.database.models import IdempotencyKey
from interview_service.database.session import Database
from interview_service.domain.errors import SignInRefused
from interview_service.domain.roles import Role
from interview_service.lifecycle import sessions, set_up, users
from interview_service.repository.directory import Directory
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


PASSWORD = "a quiet harbour town"


def test_old_sessions_links_failures_and_log_entries_go_of_every_tenant(
    caller: Caller, worker: Worker, database: Database, hands: Hands
) -> None:
    directory: Directory = caller.app.extensions["interview_service"].directory
    hashed = passwords.hashed(PASSWORD)
    origin = sessions.Origin("203.0.113.7", None)

    def sign_in(tenant: str) -> None:
        repository = directory.repository_of(tenant)
        email = f"ada@{tenant}.example"
        if repository.accounts.user_by_email(email) is None:
            repository.work.run(
                lambda: set_up.add_active_user(repository, email, "Ada", Role.VIEWER, hashed)
            )
        user = sessions.sign_in(directory, email, PASSWORD, origin, tenant_id=tenant).user
        users.invite(repository, user.id, users.Actor("root", Role.ADMIN.permissions))
        with pytest.raises(SignInRefused):
            sessions.sign_in(directory, email, "wrong", origin, tenant_id=tenant)

    def kept() -> dict[str, int]:
        models = (SessionModel, LinkModel, SignInFailureModel, LookupModel, AuditEntryModel)
        with database.across_tenants() as session:
            return {
                model.__tablename__: len(session.execute(select(model.__table__)).all())
                for model in models
            }

    for tenant in ("acme", "globex"):
        sign_in(tenant)
    full = kept()
    worker.tidy()
    assert kept() == full
    hands.forward(days=7, milliseconds=1)
    sign_in("acme")
    worker.tidy()
    after = kept()
    assert (after["sessions"], after["links"]) == (1, 1)
    assert after["sign_in_failures"] == full["sign_in_failures"] // 2
    assert after["lookups"] == 4  # two emails, a session and a link
    assert after["audit_entries"] == full["audit_entries"] + 3
    hands.forward(days=366 - 7)
    worker.tidy()
    assert kept() == {
        "sessions": 0,
        "links": 0,
        "sign_in_failures": 0,
        "lookups": 2,
        "audit_entries": 3,
    }
