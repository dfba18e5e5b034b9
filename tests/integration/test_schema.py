"""The schema on all three databases: the way up, the way down, and the lock on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from interview_service.cli import main
from interview_service.database import migrations, schema
from interview_service.database.backends import mariadb
from interview_service.database.backends.base import MIGRATION_LOCK_NAME
from interview_service.database.engine import make_engine
from interview_service.database.models import Base, TenantOwned
from interview_service.database.session import Database
from interview_service.domain.lists import Filters
from interview_service.repository import Repository
from interview_service.settings.databases import database_url
from tests.conftest import BACKENDS, SECRET, Server
from tests.upgrading import PATIENCE_SECONDS, upgrade_at_once

UPGRADERS = 3


@pytest.fixture(params=BACKENDS)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The URL of a database with nothing in it, on each backend in turn."""
    if request.param == "sqlite":
        return database_url(f"sqlite:///{tmp_path / 'new.db'}", Path())
    server: Server = request.getfixturevalue(f"{request.param}_server")
    return server.new_database()


@pytest.fixture
def engine(new_url: URL) -> Iterator[Engine]:
    engine = make_engine(new_url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    """Return the tables that are there, but those of the index for searches, SQLite's own."""
    found = set(inspect(engine).get_table_names()) - {"alembic_version"}
    return {each for each in found if not each.startswith("search_")}


def differences(engine: Engine) -> list[object]:
    """Return where the migrated schema is not what the models say."""
    with engine.connect() as connection:
        options = {"compare_type": True, "include_name": _is_of_models}
        context = MigrationContext.configure(connection, opts=options)
        found: list[object] = compare_metadata(context, Base.metadata)
    return found


def _is_of_models(name: str | None, kind: str, parents: object) -> bool:
    """Leave out the index for searches, which is each backend's own."""
    return "search_" not in (name or "") or kind == "column"


def test_migrations_go_up_and_down_and_up_again_one_by_one(engine: Engine) -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    upwards = [each.revision for each in reversed(list(script.walk_revisions()))]
    assert schema.current(engine) is None
    shapes = {None: tables(engine)}
    for revision in upwards:
        schema.upgrade(engine, revision)
        assert schema.current(engine) == revision
        shapes[revision] = tables(engine)
    assert shapes[upwards[-1]] == set(Base.metadata.tables)
    assert schema.current(engine) == schema.newest()
    for revision in (*reversed(upwards[:-1]), None):
        schema.downgrade(engine, revision or "base")
        assert (schema.current(engine), tables(engine)) == (revision, shapes[revision])
    schema.upgrade(engine)
    assert (schema.current(engine), tables(engine)) == (schema.newest(), shapes[upwards[-1]])
    assert differences(engine) == []


def test_the_newest_revision_is_the_one_that_alembic_ends_at() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert schema.newest() == script.get_current_head()


OLD_INTERVIEW = """
INSERT INTO interviews (tenant_id, id, run_id, version, workflow_state, candidate_name, skills,
    search_text, created_at, updated_at, transition_count, has_transcript, attempts)
VALUES (:tenant, :id, :id, 1, 'RECEIVED', :name, '["SQL"]', :text, 0, 0, 0, false, 0)
"""
OLD_TOTAL = "INSERT INTO state_totals VALUES (:tenant, 'RECEIVED', 1)"


def found(engine: Engine) -> list[tuple[str, str, int]]:
    """Return what the service finds of its old rows: tenant, name and total of each."""
    database = Database(engine)
    pages = {
        tenant: Repository(database, tenant).lists.page(Filters(q="e o"), limit=9)
        for tenant in "ab"
    }
    kept = {tenant: Repository(database, tenant).lists.page(limit=9).total for tenant in "ab"}
    return [
        (tenant, row.candidate_name, kept[tenant])
        for tenant, page in pages.items()
        for row in page.rows
    ]


def test_rows_stay_on_the_way_up_and_on_the_way_down(engine: Engine) -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    upwards = [each.revision for each in reversed(list(script.walk_revisions()))]
    schema.upgrade(engine, upwards[0])
    for tenant in "ab":
        with Database(engine).transaction(tenant) as connection:
            name = f"Someone Of {tenant}"
            given = {"tenant": tenant, "name": name, "text": name.casefold(), "id": str(uuid4())}
            connection.execute(text(OLD_INTERVIEW), given)
            connection.execute(text(OLD_TOTAL), {"tenant": tenant})
            connection.commit()
    expected = [("a", "Someone Of a", 1), ("b", "Someone Of b", 1)]
    for revision in upwards[1:]:
        schema.upgrade(engine, revision)
    assert found(engine) == expected
    for revision in reversed(upwards[:-1]):
        schema.downgrade(engine, revision)
    schema.upgrade(engine)
    schema.upgrade(engine)
    assert found(engine) == expected


def test_rows_that_were_there_are_found_without_their_accents(engine: Engine) -> None:
    """They are more than are rewritten at once; on the way down they are found as before."""
    names = [f"José Nº{number} Łukasz" for number in range(1_001)]
    schema.upgrade(engine, "0011")
    for tenant in "ab":
        with Database(engine).transaction(tenant) as connection:
            rows = [
                {"tenant": tenant, "name": name, "text": name.casefold(), "id": str(uuid4())}
                for name in names
            ]
            connection.execute(text(OLD_INTERVIEW), rows)
            connection.commit()
    schema.upgrade(engine)
    database = Database(engine)
    for tenant in "ab":
        lists = Repository(database, tenant).lists
        assert lists.page(Filters(q="jose n"), limit=1).total == len(names)
        [last] = lists.page(Filters(q="no1000 lukasz"), limit=9).rows
        assert last.candidate_name == names[1_000]
    schema.downgrade(engine, "0011")
    with database.reading("b") as connection:
        texts = connection.scalars(
            text("SELECT search_text FROM interviews WHERE tenant_id = 'b'")
        ).all()
    assert sorted(texts) == sorted(name.casefold().replace("º", "o") for name in names)


OLD_FEEDBACK = """
UPDATE interviews SET feedback = :feedback WHERE tenant_id = :tenant AND id = :id
"""


def test_what_was_asked_of_the_engine_stays_when_it_becomes_a_list(engine: Engine) -> None:
    said = 'Less "Java",\nmore of the rest'
    schema.upgrade(engine, "0007")
    asked, unasked = str(uuid4()), str(uuid4())
    with Database(engine).transaction("a") as connection:
        for each in (asked, unasked):
            given = {"tenant": "a", "name": "Someone", "text": "someone", "id": each}
            connection.execute(text(OLD_INTERVIEW), given)
        of_asked = {"tenant": "a", "id": asked, "feedback": said}
        connection.execute(text(OLD_FEEDBACK), of_asked)
        connection.commit()
    schema.upgrade(engine)
    repository = Repository(Database(engine), "a")
    assert repository.interviews.get(asked).feedback == (said,)
    assert repository.interviews.get(unasked).feedback == ()
    assert repository.interviews.get(asked).interviewers == ()
    before = repository.interviews.get(asked)
    repository.work.run(
        lambda: repository.interviews.save(before, replace(before, feedback=("First", said)))
    )
    schema.downgrade(engine, "0007")
    with Database(engine).reading("a") as connection:
        rows = connection.execute(text("SELECT feedback FROM interviews ORDER BY feedback IS NULL"))
        assert [row.feedback for row in rows] == [said, None]


def test_the_models_equal_the_migrated_schema_and_a_difference_would_be_seen(
    engine: Engine,
) -> None:
    schema.upgrade(engine)
    assert differences(engine) == []
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_interviews_due_at" + _of_table(engine)))
    assert [each[0] for each in differences(engine)] == ["add_index"]  # type: ignore[index]


def _of_table(engine: Engine) -> str:
    return " ON interviews" if engine.dialect.name == "mariadb" else ""


def test_upgrades_of_several_processes_at_once_all_succeed(new_url: URL) -> None:
    context = get_context("spawn")
    barrier = context.Barrier(UPGRADERS)
    processes = [
        context.Process(target=upgrade_at_once, args=(new_url, barrier)) for _ in range(UPGRADERS)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE_SECONDS)
    assert [process.exitcode for process in processes] == [0] * UPGRADERS
    engine = make_engine(new_url)
    try:
        assert schema.current(engine) == schema.newest()
        assert differences(engine) == []
    finally:
        engine.dispose()


def test_an_upgrade_that_mariadb_does_not_give_its_turn_is_refused(
    mariadb_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mariadb, "MIGRATION_LOCK_SECONDS", 0)
    engine = make_engine(mariadb_server.new_database())
    with engine.connect() as other:
        other.execute(text("SELECT GET_LOCK(:name, 25)"), {"name": MIGRATION_LOCK_NAME})
        with pytest.raises(SQLAlchemyError, match="another process migrates it"):
            schema.upgrade(engine)
    assert schema.current(engine) is None
    engine.dispose()


OUTSIDE_THE_WALLS = {
    *("lookups", "password_requests", "sign_in_failures", "set_up_codes"),
    *("workers", "write_checks"),
}
"""What arrives without a tenant is found here: hashes, the tenant and id that they lead to, and
where a request for a new password came from until a worker has answered it. Workers work for every
tenant."""


def test_what_stands_outside_the_walls_tells_nothing_of_a_tenants_records() -> None:
    columns = {
        f"{table}.{column.name}"
        for table in OUTSIDE_THE_WALLS
        for column in Base.metadata.tables[table].columns
    }
    assert columns == {
        "lookups.digest",
        "lookups.tenant_id",
        "lookups.target_id",
        "password_requests.id",
        "password_requests.digest",
        "password_requests.request_id",
        "password_requests.address",
        "password_requests.due_at",
        "sign_in_failures.bucket",
        "sign_in_failures.id",
        "sign_in_failures.created_at",
        "set_up_codes.digest",
        "set_up_codes.created_at",
        "workers.id",
        "workers.started_at",
        "workers.seen_at",
        "workers.stopped_at",
        "write_checks.id",
        "write_checks.checked_at",
    }


def test_every_table_belongs_to_a_tenant_and_has_the_tenant_in_its_primary_key() -> None:
    owned = {
        mapper.local_table.key  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, TenantOwned)
    }
    assert owned == set(Base.metadata.tables) - OUTSIDE_THE_WALLS
    for table in Base.metadata.tables.values():
        if table.name in OUTSIDE_THE_WALLS:
            continue
        assert next(iter(table.primary_key.columns)).name == "tenant_id"
        for constraint in table.foreign_key_constraints:
            (first, *_) = constraint.elements
            assert (first.parent.name, first.column.name) == ("tenant_id", "tenant_id")


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> URL:
    return postgresql_server.new_database()


def test_row_level_security_is_forced_on_every_table(postgresql_url: URL) -> None:
    engine = make_engine(postgresql_url)
    schema.upgrade(engine)
    with engine.connect() as connection:
        locked = connection.execute(
            text(
                "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                " AND relname <> 'alembic_version'"
            )
        ).all()
        policies = connection.execute(
            text("SELECT tablename, policyname, cmd FROM pg_policies WHERE schemaname = 'public'")
        ).all()
    engine.dispose()
    every = {*Base.metadata.tables, "search_entries"} - OUTSIDE_THE_WALLS
    assert {tuple(row) for row in locked if row[0] not in OUTSIDE_THE_WALLS} == {
        (table, True, True) for table in every
    }
    assert {tuple(row) for row in policies} == {
        each
        for table in every
        for each in ((table, "own_tenant", "ALL"), (table, "sweep", "SELECT"))
    }


def test_a_superuser_is_told_that_row_level_security_does_not_hold(
    postgresql_server: Server, postgresql_url: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser = postgresql_server.url.set(database=postgresql_url.database)
    expected = (
        "the database role is a superuser or has BYPASSRLS, so row-level security does not hold "
        "for it: use a role of its own"
    )
    for url, warning in ((postgresql_url, None), (superuser, expected)):
        engine = make_engine(url)
        assert schema.weakness(engine) == warning
        engine.dispose()
        monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
        monkeypatch.setenv("JWT_SECRET_KEY", SECRET)
        told = CliRunner().invoke(main, ["db", "upgrade"])
        assert told.exit_code == 0
        assert told.stderr == (f"warning: {warning}\n" if warning else "")


def test_no_such_warning_is_for_the_other_backends(database_of_others: Engine) -> None:
    assert schema.weakness(database_of_others) is None


@pytest.fixture(params=["sqlite", "mariadb"])
def database_of_others(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = database_url(f"sqlite:///{tmp_path / 'new.db'}", Path())
    else:
        server: Server = request.getfixturevalue("mariadb_server")
        url = server.url
    engine = make_engine(url)
    yield engine
    engine.dispose()
