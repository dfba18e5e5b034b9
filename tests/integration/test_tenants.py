"""Both walls and the lock, each alone."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import (
    Executable,
    Table,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

import interview_service.database as database_room
import interview_service.repository as repository_room
from interview_service.database import accounts
from interview_service.database.backends.postgresql import ACROSS_SETTING, TENANT_SETTING
from interview_service.database.models import Base, InterviewModel, StateTotal, TenantOwned
from interview_service.database.prepared import Prepared
from interview_service.database.session import Database
from interview_service.domain.errors import InterviewNotFound, NotFoundError, TenantMissing
from interview_service.domain.roles import Role
from interview_service.lifecycle import Actor, keys, sessions, users
from interview_service.repository import Repository
from tests.callers import Caller

INTERVIEWS = cast(Table, InterviewModel.__table__)
ADMIN = Actor("root", Role.ADMIN.permissions)
TOTALS = cast(Table, StateTotal.__table__)
SAME_STATE = INTERVIEWS.c.workflow_state == TOTALS.c.workflow_state
OF_ENTITIES: dict[str, Executable] = {
    "entity": select(InterviewModel),
    "column": select(InterviewModel.id),
    "alias": select(aliased(InterviewModel).id),
    "join": select(InterviewModel.id).join(
        StateTotal, StateTotal.workflow_state == InterviewModel.workflow_state
    ),
    "subquery": select(select(InterviewModel.id).subquery()),
    "count of a subquery": select(func.count()).select_from(select(InterviewModel.id).subquery()),
    "scalar subquery": select(select(func.count(InterviewModel.id)).scalar_subquery()),
    "exists": select(exists(select(InterviewModel.id))),
    "in": select(StateTotal.total).where(
        StateTotal.workflow_state.in_(select(InterviewModel.workflow_state))
    ),
    "common table expression": select(select(InterviewModel.id).cte()),
    "union": union_all(select(InterviewModel.id), select(InterviewModel.id)),
}
OF_PLAIN_SQL: dict[str, Executable] = {
    "table": select(INTERVIEWS),
    "count": select(func.count()).select_from(INTERVIEWS),
    "alias": select(INTERVIEWS.alias().c.id),
    "join": select(INTERVIEWS.c.id).select_from(INTERVIEWS.join(TOTALS, SAME_STATE)),
    "subquery": select(select(INTERVIEWS.c.id).subquery()),
    "common table expression": select(select(INTERVIEWS.c.id).cte()),
    "union": union_all(select(INTERVIEWS.c.id), select(INTERVIEWS.c.id)),
    "exists": select(exists(select(INTERVIEWS.c.id))),
    "table joined to an entity": select(StateTotal.total, INTERVIEWS.c.id).join(
        INTERVIEWS, SAME_STATE
    ),
    "count beside an entity": select(
        InterviewModel.id, select(func.count()).select_from(INTERVIEWS).scalar_subquery()
    ),
    "in": select(StateTotal.total).where(
        StateTotal.workflow_state.in_(select(INTERVIEWS.c.workflow_state))
    ),
    "entity from a table": select(InterviewModel).from_statement(select(INTERVIEWS)),
    "entity from text": select(InterviewModel).from_statement(text("SELECT * FROM interviews")),
    "text": text("SELECT id FROM interviews"),
    "text with columns": text("SELECT id FROM interviews").columns(InterviewModel.id),
    "text in FROM": select(literal_column("id")).select_from(text("interviews")),
    "name in FROM": select(literal_column("id")).select_from(table("interviews")),
    "update of a table": update(TOTALS).values(total=0),
    "update from a table": update(StateTotal).values(
        total=select(func.count()).select_from(INTERVIEWS).scalar_subquery()
    ),
    "delete from a table": delete(TOTALS),
    "delete by a table": delete(StateTotal).where(
        StateTotal.workflow_state == INTERVIEWS.c.workflow_state
    ),
}
OF_ROWS: dict[str, Executable] = {
    "insert": insert(StateTotal).values(tenant_id="b", workflow_state="PENDING", total=9),
    "insert into a table": insert(TOTALS).values(tenant_id="b", workflow_state="PENDING", total=9),
    "insert from a select": insert(StateTotal).from_select(
        ["tenant_id", "workflow_state", "total"],
        select(InterviewModel.tenant_id, InterviewModel.level, InterviewModel.version),
    ),
    "move to another tenant": update(StateTotal).values(tenant_id="c"),
}


def named(*given: dict[str, Executable]) -> list[object]:
    """Return test parameters of statements."""
    return [pytest.param(each, id=name) for cases in given for name, each in cases.items()]


@pytest.fixture
def two_tenants(app: Flask) -> tuple[str, str]:
    """Interviews of two tenants: their ids."""
    mine = Caller(app, "a").create(candidateName="Of A")["id"]
    theirs = Caller(app, "b").create(candidateName="Of B")["id"]
    return mine, theirs


def test_the_repository_filters_by_its_tenant(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    mine, theirs = two_tenants
    repository = Repository(database, "a")
    assert repository.interviews.get(mine).candidate_name == "Of A"
    with pytest.raises(InterviewNotFound):
        repository.interviews.get(theirs)
    page = repository.lists.page(limit=10)
    assert ([row.id for row in page.rows], page.total) == ([mine], 1)


def test_a_raw_select_gives_the_rows_of_the_sessions_tenant_only(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    mine, _ = two_tenants
    with database.reader("a") as session:
        assert [row.id for row in session.scalars(select(InterviewModel))] == [mine]
        assert session.execute(select(InterviewModel.id)).all() == [(mine,)]
        assert session.execute(select(StateTotal.total)).all() == [(1,)]


def test_a_raw_update_and_delete_reach_the_sessions_tenant_only(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    _, theirs = two_tenants
    with database.writer("a") as session, session.begin():
        session.execute(update(InterviewModel).values(candidate_name="Changed"))
        session.execute(delete(StateTotal))
    with database.reader("b") as session:
        row = session.scalars(select(InterviewModel)).one()
        assert (row.id, row.candidate_name) == (theirs, "Of B")
        assert session.scalars(select(StateTotal)).one().total == 1


@pytest.mark.parametrize("statement", named(OF_ENTITIES))
def test_a_tenant_that_has_nothing_finds_nothing_however_it_asks(
    database: Database, two_tenants: tuple[str, str], statement: Executable
) -> None:
    with database.reader("c") as session:
        found = session.execute(statement).all()
        assert [tuple(row) for row in found] in ([], [(0,)], [(False,)])


@pytest.mark.usefixtures("two_tenants")
def test_an_update_from_and_a_delete_by_a_subquery_see_the_sessions_tenant_only(
    database: Database,
) -> None:
    counted = select(func.count(InterviewModel.id)).scalar_subquery()
    with database.writer("a") as session, session.begin():
        session.execute(update(StateTotal).values(total=counted + 40))
    with database.writer("b") as session, session.begin():
        assert session.scalars(select(StateTotal.total)).all() == [1]
        theirs = select(InterviewModel.workflow_state).where(InterviewModel.tenant_id == "a")
        session.execute(
            delete(StateTotal).where(StateTotal.workflow_state.in_(theirs)),
            execution_options={"synchronize_session": False},
        )
    for tenant, totals in (("a", [41]), ("b", [1])):
        with database.reader(tenant) as session:
            assert session.scalars(select(StateTotal.total)).all() == totals


@pytest.mark.parametrize("statement", named(OF_ENTITIES, OF_PLAIN_SQL, OF_ROWS))
def test_a_session_without_a_tenant_raises(
    sqlite_database: Database, statement: Executable
) -> None:
    with sqlite_database.writer(None) as session, pytest.raises(TenantMissing):
        session.execute(statement)


@pytest.mark.parametrize("statement", named(OF_PLAIN_SQL))
def test_plain_sql_is_refused_for_it_would_not_be_filtered(
    sqlite_database: Database, statement: Executable
) -> None:
    with sqlite_database.writer("a") as session, pytest.raises(TenantMissing):
        session.execute(statement)


@pytest.mark.parametrize("statement", named(OF_ROWS))
def test_a_statement_that_names_its_rows_itself_is_refused(
    sqlite_database: Database, statement: Executable
) -> None:
    with sqlite_database.writer("a") as session, pytest.raises(TenantMissing):
        session.execute(statement)


def test_rows_in_bulk_are_refused(sqlite_database: Database) -> None:
    theirs = {"tenant_id": "b", "workflow_state": "PENDING", "total": 9}
    with sqlite_database.writer("a") as session:
        for statement in (insert(StateTotal), update(StateTotal)):
            with pytest.raises(TenantMissing):
                session.execute(statement, [theirs])
        with pytest.raises(TenantMissing):
            session.bulk_save_objects([StateTotal(**theirs)])
        with pytest.raises(TenantMissing):
            session.get(StateTotal, ("b", "PENDING"))


def test_a_statement_without_a_session_is_filtered_down_to_its_subqueries(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    mine, _ = two_tenants
    counted = select(func.count()).select_from(TOTALS).scalar_subquery()
    nested = select(INTERVIEWS.c.id).where(
        INTERVIEWS.c.id.in_(select(select(INTERVIEWS.c.id).subquery()))
    )
    with database.reading("a") as connection:
        asked = Prepared(select(INTERVIEWS.c.id, counted))
        assert [(str(key), count) for key, count in asked.rows(connection, "a", {})] == [(mine, 1)]
        assert [str(key) for (key,) in Prepared(nested).rows(connection, "a", {})] == [mine]
        joined = Prepared(select(INTERVIEWS.c.id).select_from(INTERVIEWS.join(TOTALS, SAME_STATE)))
        with pytest.raises(AssertionError):
            joined.rows(connection, "a", {})


def prepared() -> Iterator[Prepared]:
    """Yield the statements that modules of the two rooms keep, in tables of them too."""
    for room in (database_room, repository_room):
        for found in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            for value in vars(importlib.import_module(found.name)).values():
                several = value.values() if isinstance(value, dict) else [value]
                yield from (each for each in several if isinstance(each, Prepared))


def test_every_statement_that_is_built_once_asks_for_the_tenant() -> None:
    found = list(prepared())
    assert len(found) > 50
    for each in found:
        assert ":session_tenant" in str(each.statement)


def test_a_row_of_another_tenant_cannot_be_written(database: Database, app: Flask) -> None:
    Caller(app, "a").create()
    with database.writer("a") as session:
        session.add(StateTotal(tenant_id="b", workflow_state="RECEIVED", total=9))
        with pytest.raises(TenantMissing):
            session.flush()
    with database.writer("a") as session:
        session.scalars(select(StateTotal)).one().tenant_id = "b"
        with pytest.raises(TenantMissing):
            session.flush()


def test_the_sweep_reads_across_tenants_and_cannot_write(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    with database.across_tenants() as session:
        assert sorted(session.execute(select(InterviewModel.id)).scalars()) == sorted(two_tenants)
        with pytest.raises(TenantMissing):
            session.execute(update(InterviewModel).values(position="x"))


def account_tables() -> list[type[TenantOwned]]:
    """Return the entities of users, sessions, links, keys and the audit log."""
    return [
        mapper.class_
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ == accounts.__name__ and issubclass(mapper.class_, TenantOwned)
    ]


@pytest.fixture
def accounts_of_two_tenants(app: Flask, database: Database) -> None:
    """A row of each table of accounts in each of two tenants; the same email, key and name."""
    directory = app.extensions["interview_service"].directory
    for tenant in ("a", "b"):
        repository = Repository(database, tenant, sends_mail=True)
        user = users.create_user(repository, "ada@example.com", "Ada", Role.ADMIN, ADMIN)
        link = users.invite(repository, user.id, ADMIN)
        users.use_link(directory, link.token, "a quiet harbour town", lambda user: ADMIN)
        origin = sessions.Origin("203.0.113.7", None)
        sessions.sign_in(
            directory, "ada@example.com", "a quiet harbour town", origin, tenant_id=tenant
        )
        users.invite(repository, user.id, ADMIN)
        keys.create_key(repository, "ats", ADMIN, role=Role.VIEWER)


@pytest.mark.usefixtures("accounts_of_two_tenants")
def test_every_table_of_accounts_stands_within_the_walls(database: Database) -> None:
    tables = account_tables()
    assert len(tables) == 7
    for entity in tables:
        for tenant, expected in (("a", {"a"}), ("b", {"b"}), ("c", set())):
            with database.reader(tenant) as session:
                assert set(session.scalars(select(entity.tenant_id))) == expected, entity
        with database.writer("c") as session, session.begin():
            session.execute(delete(entity))
        with database.writer(None) as session, pytest.raises(TenantMissing):
            session.execute(select(entity))
        with database.across_tenants() as session:
            assert set(session.scalars(select(entity.tenant_id))) == {"a", "b"}
        if database.backend.name == "postgresql":
            with database.engine.connect() as connection:
                rows = text(f"SELECT tenant_id FROM {entity.__tablename__}")
                assert connection.execute(rows).all() == []
                connection.execute(text(f"SELECT set_config('{TENANT_SETTING}', 'a', true)"))
                assert {row.tenant_id for row in connection.execute(rows)} == {"a"}


@pytest.mark.usefixtures("accounts_of_two_tenants")
def test_a_tenants_repository_finds_nobody_elses_users_keys_and_sessions(
    app: Flask, database: Database
) -> None:
    directory = app.extensions["interview_service"].directory
    theirs, mine = (directory.repository_of(tenant) for tenant in ("b", "a"))
    user = theirs.accounts.users(limit=1)[0]
    key = theirs.accounts.keys(limit=1)[0]
    with database.across_tenants() as session:
        found = session.execute(
            select(accounts.SessionModel.id).where(accounts.SessionModel.tenant_id == "b")
        )
        their_session = str(found.scalar_one())
    for call in (
        lambda: users.user(mine, user.id),
        lambda: users.update_user(mine, user.id, users.UserChange(name="X"), ADMIN),
        lambda: users.delete_user(mine, user.id, ADMIN),
        lambda: users.invite(mine, user.id, ADMIN),
        lambda: keys.revoke_key(mine, key.id, ADMIN),
    ):
        with pytest.raises(NotFoundError):
            call()
    assert sessions.visit(theirs, their_session) is not None
    assert sessions.visit(mine, their_session) is None
    sessions.sign_out(mine, their_session, ADMIN)
    assert sessions.visit(theirs, their_session) is not None
    assert mine.accounts.password_hash(user.id) is None
    assert mine.work.run(lambda: mine.accounts.use_links(user.id)) == 0
    mine.work.run(lambda: mine.accounts.end_sessions(user.id))
    assert sessions.visit(theirs, their_session) is not None
    assert users.user(theirs, user.id) == user
    assert not users.is_user(mine, user.id)


def test_postgresql_shows_plain_sql_one_tenants_rows_only(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    if database.backend.name != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")
    mine, theirs = two_tenants
    with database.engine.connect() as connection:
        ids = text("SELECT id FROM interviews")
        assert connection.execute(ids).all() == []
        connection.execute(text(f"SELECT set_config('{TENANT_SETTING}', 'a', true)"))
        assert [str(row.id) for row in connection.execute(ids)] == [mine]
        changed = connection.execute(text("UPDATE interviews SET position = 'x'"))
        assert changed.rowcount == 1
        moved = text("UPDATE interviews SET tenant_id = 'b'")
        with pytest.raises(Exception, match="row-level security"):
            connection.execute(moved)
    with database.engine.connect() as connection:
        connection.execute(text(f"SELECT set_config('{ACROSS_SETTING}', 'on', true)"))
        assert sorted(str(row.id) for row in connection.execute(ids)) == sorted([mine, theirs])
        assert connection.execute(text("DELETE FROM interviews")).rowcount == 0
