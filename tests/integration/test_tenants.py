"""Both walls and the lock, each alone."""

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from interview_service.database.models import Interview, StateTotal
from interview_service.database.session import ACROSS_SETTING, TENANT_SETTING, Database
from interview_service.domain.errors import InterviewNotFound, TenantMissing
from interview_service.repository import Repository
from tests.callers import Caller


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
    assert repository.interview(mine).candidate_name == "Of A"
    with pytest.raises(InterviewNotFound):
        repository.interview(theirs)
    page = repository.page(state=None, q=None, page=1, limit=10)
    assert ([row.id for row in page.rows], page.total) == ([mine], 1)


def test_a_raw_select_gives_the_rows_of_the_sessions_tenant_only(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    mine, _ = two_tenants
    with database.reader("a") as session:
        assert [row.id for row in session.scalars(select(Interview))] == [mine]
        assert session.execute(select(Interview.id)).all() == [(mine,)]
        assert session.execute(select(StateTotal.total)).all() == [(1,)]


def test_a_raw_update_and_delete_reach_the_sessions_tenant_only(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    _, theirs = two_tenants
    with database.writer("a") as session, session.begin():
        session.execute(update(Interview).values(candidate_name="Changed"))
        session.execute(delete(StateTotal))
    with database.reader("b") as session:
        row = session.scalars(select(Interview)).one()
        assert (row.id, row.candidate_name) == (theirs, "Of B")
        assert session.scalars(select(StateTotal)).one().total == 1


def test_a_session_without_a_tenant_raises(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    with database.reader(None) as session:
        for statement in (
            select(Interview),
            select(Interview.id),
            select(Interview.__table__),
            update(Interview).values(position="x"),
            delete(Interview),
        ):
            with pytest.raises(TenantMissing):
                session.execute(statement)


def test_a_plain_table_is_refused_for_it_would_not_be_filtered(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    with database.reader("a") as session, pytest.raises(TenantMissing):
        session.execute(select(Interview.__table__))


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
        assert sorted(session.execute(select(Interview.id)).scalars()) == sorted(two_tenants)
        with pytest.raises(TenantMissing):
            session.execute(update(Interview).values(position="x"))


def test_postgresql_shows_plain_sql_one_tenants_rows_only(
    database: Database, two_tenants: tuple[str, str]
) -> None:
    if database.backend != "postgresql":
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
