"""The databases that are measured: one tenant with many interviews, and 100 others beside it.

The rows are drawn by chance, from the same seed each time. Their shares do not depend on how many
there are: a filter leaves the same part of a thousand and of a million.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL

from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.models import InterviewerModel, InterviewModel
from interview_service.domain.assessment import Recommendation
from interview_service.domain.clock import from_milliseconds, to_milliseconds
from interview_service.domain.interview import Level, folded
from interview_service.domain.lists import key_of
from interview_service.domain.workflow import State

TENANT = "bench"
OTHERS = 100
ROWS_OF_OTHERS = 50
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
LENGTH = timedelta(days=700)
"""The interviews were taken in within so much time, evenly."""

PEOPLE = tuple(f"interviewer-{number}@example.com" for number in range(300))
"""Who interviews: the first ones do so most often."""

T = TypeVar("T")


def _weighted(shares: Mapping[T, int]) -> tuple[T, ...]:
    """Return each value as often as its share says, for one to be chosen."""
    return tuple(value for value, share in shares.items() for _ in range(share))


_BUSY_PEOPLE = _weighted({person: 1 + 200 // (number + 5) for number, person in enumerate(PEOPLE)})
_RECENT = LENGTH * 0.7
_RECENT_STATES = _weighted(
    {
        State.INFO_NEEDED: 4,
        State.PENDING: 30,
        State.APPROVED: 10,
        State.SCHEDULED: 25,
        State.IN_PROGRESS: 2,
        State.COMPLETED: 5,
        State.ASSESSMENT_PENDING: 10,
        State.REJECTED: 7,
        State.CANCELLED: 7,
    }
)
_LATER_STATES = _weighted(
    {
        State.PENDING: 2,
        State.SCHEDULED: 3,
        State.ASSESSMENT_APPROVED: 45,
        State.REJECTED: 25,
        State.CANCELLED: 25,
    }
)
_LEVELS = _weighted(
    {
        Level.JUNIOR: 15,
        Level.MID: 30,
        Level.SENIOR: 35,
        Level.LEAD: 15,
        Level.PRINCIPAL: 5,
    }
)
_RECOMMENDATIONS = _weighted(
    {
        Recommendation.STRONG_HIRE: 10,
        Recommendation.HIRE: 40,
        Recommendation.NO_HIRE: 40,
        Recommendation.STRONG_NO_HIRE: 10,
    }
)
_FIRST = (
    *("Jane", "Ana", "Bo", "Chloé", "Dmitri", "Elif", "Femi", "Grace"),
    *("Hiro", "Inés", "Jonas", "Kavya", "Luca", "Mei", "Noor", "Olga"),
)
_LAST = (
    *("Smith", "Okafor", "Lind", "Novák", "García", "Tanaka", "Petrov", "Haddad", "Keller"),
    *("Rossi", "Nguyen", "Silva", "Braun", "Cohen", "Dubois", "Eriksen", "Farah", "Gupta"),
    *("Horvat", "Ito"),
)
_POSITIONS = _weighted(
    {
        "Senior Engineer": 20,
        "Data Engineer": 15,
        "Product Manager": 15,
        "Site Reliability Engineer": 12,
        "Product Designer": 12,
        "Account Executive": 10,
        "Nurse": 8,
        "Warehouse Operator": 5,
        "Payroll Clerk": 2,
        "Head of Research": 1,
    }
)
_SENTENCE = "Build scalable platform services with modern tooling. "
_SKILLS = orjson.dumps(["TypeScript", "React", "Node.js"]).decode()
_AT_ONCE = 20_000
_TABLES = ("interviews", "interview_interviewers", "search_entries")
_COLUMNS = (
    *("tenant_id", "id", "run_id", "version", "workflow_state", "candidate_name"),
    *("candidate_email", "candidate_key", "position", "position_key", "level", "skills"),
    *("job_description", "external_id", "search_text", "scheduled_at", "interviewers"),
    *("overall_score", "recommendation", "decision", "created_at", "updated_at", "moved_at"),
    *("transition_count", "has_transcript", "is_read", "work_version", "attempts"),
)
_COLUMNS_OF_PEOPLE = ("tenant_id", "person", "interview_id")
_TOTALS = (
    "INSERT INTO state_totals (tenant_id, workflow_state, total) "
    "SELECT tenant_id, workflow_state, count(*) FROM interviews "
    "WHERE tenant_id = '{tenant}' GROUP BY tenant_id, workflow_state",
    "INSERT INTO changes (tenant_id, interview_id, number, kind, changed_at) "
    "SELECT tenant_id, id, row_number() OVER (ORDER BY updated_at, id), 'UPSERTED', updated_at "
    "FROM interviews WHERE tenant_id = '{tenant}'",
    "INSERT INTO change_counters (tenant_id, last_number) "
    "SELECT tenant_id, count(*) FROM interviews WHERE tenant_id = '{tenant}' GROUP BY tenant_id",
)
_SEARCH_ON_SQLITE = (
    "INSERT INTO search_tenants (tenant_id, entries) "
    "SELECT tenant_id, count(*) FROM interviews GROUP BY tenant_id",
    "INSERT INTO search_entries (number, tenant_id, interview_id) "
    "SELECT (t.number << 40) + row_number() OVER (PARTITION BY i.tenant_id ORDER BY i.id), "
    "i.tenant_id, i.id FROM interviews i JOIN search_tenants t ON t.tenant_id = i.tenant_id",
    "INSERT INTO search_index (rowid, search_text) SELECT e.number, i.search_text "
    "FROM search_entries e JOIN interviews i ON i.tenant_id = e.tenant_id "
    "AND i.id = e.interview_id ORDER BY e.number",
)
_Row = tuple[Any, ...]
_key = cache(key_of)


def _rows(tenant: str, count: int, chance: random.Random) -> Iterator[tuple[_Row, list[str]]]:
    """Yield interviews from the oldest to the newest, each with who is to interview."""
    end = to_milliseconds(BEGAN + LENGTH)
    recent = to_milliseconds(BEGAN + _RECENT)
    for number in range(count):
        created = to_milliseconds(BEGAN + number * LENGTH / max(count, 1))
        state = chance.choice(_RECENT_STATES if created > recent else _LATER_STATES)
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        name, email = f"{first} {last}", folded(f"{first}.{last}.{number}@example.com")
        position = chance.choice(_POSITIONS)
        changed = min(created + _days(chance, 0, 40), end)
        if chance.random() < 0.02:
            changed = chance.randint(created, end)
        people = list(
            dict.fromkeys(chance.choice(_BUSY_PEOPLE) for _ in range(chance.randrange(4)))
        )
        is_decided = state is State.ASSESSMENT_APPROVED
        is_judged = is_decided or state is State.ASSESSMENT_PENDING
        yield (
            (
                *(tenant, _id(created, chance), _id(created, chance), 1, state.value, name),
                *(email, key_of(email), position, _key(position), chance.choice(_LEVELS).value),
                *(_SKILLS, _SENTENCE * chance.randint(1, 10), f"ats-{number}"),
                "\n".join(map(folded, (name, email, position))),
                created + _days(chance, 2, 45) if chance.random() < 0.75 else None,
                orjson.dumps(people).decode(),
                chance.randint(20, 100) if is_judged else None,
                chance.choice(_RECOMMENDATIONS).value if is_judged else None,
                chance.choice(_RECOMMENDATIONS).value if is_decided else None,
                *(created, changed, changed, 0, False, False, 1, 0),
            ),
            people,
        )


def _days(chance: random.Random, least: int, most: int) -> int:
    """Return between so many days, in milliseconds."""
    return chance.randint(least * 86_400_000, most * 86_400_000)


def _id(milliseconds: int, chance: random.Random) -> str:
    return str(UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | chance.getrandbits(61)))


def moment_at(share: float) -> datetime:
    """Return the moment by which so large a share of the interviews had been taken in."""
    return from_milliseconds(to_milliseconds(BEGAN + LENGTH * share))


def fill(url: URL, rows: int) -> None:
    """Migrate an empty database and insert the interviews, with their kept totals and the feed.

    Secondary indexes, and on SQLite that of searches, are made last, of all rows at once, which is
    faster.
    """
    engine = make_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    plain = create_engine(url)
    is_postgresql = url.get_backend_name() == "postgresql"
    chance = random.Random(5)
    with plain.connect() as connection:
        if is_postgresql:
            connection.exec_driver_sql("SET maintenance_work_mem = '512MB'")
        else:  # what is lost with a power cut is made again
            for pragma in ("synchronous = OFF", "cache_size = -500000"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.commit()
        finishing = _drop_indexes(connection, is_postgresql)
        if not is_postgresql:
            finishing += [*_SEARCH_ON_SQLITE, _drop_trigger(connection, "search_insert")]
        for tenant in (TENANT, *(f"other-{number}" for number in range(OTHERS))):
            if is_postgresql:
                connection.exec_driver_sql(
                    "SELECT set_config('interview_service.tenant_id', %s, false)", (tenant,)
                )
            count = rows if tenant == TENANT else ROWS_OF_OTHERS
            _insert_tenant(connection, _rows(tenant, count, chance), is_postgresql)
            for statement in _TOTALS:
                connection.exec_driver_sql(statement.format(tenant=tenant))
            connection.commit()
        for statement in finishing:
            connection.exec_driver_sql(statement)
            connection.commit()
    with plain.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if is_postgresql else "ANALYZE")
    plain.dispose()


def _drop_indexes(connection: Connection, is_postgresql: bool) -> list[str]:
    """Drop those of the large tables' indexes that are no constraint's; return how to make them."""
    found = connection.exec_driver_sql(
        "SELECT indexname, indexdef, tablename FROM pg_indexes WHERE schemaname = current_schema() "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)"
        if is_postgresql
        else "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql > ''"
    ).all()
    made = [(name, statement) for name, statement, table in found if table in _TABLES]
    for name, _ in made:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return [statement for _, statement in made]


def _drop_trigger(connection: Connection, name: str) -> str:
    """Drop a trigger of SQLite's; return how to make it."""
    found = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (name,))
    statement = str(found.scalar_one())
    connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return statement


def _insert_tenant(
    connection: Connection, rows: Iterator[tuple[_Row, list[str]]], is_postgresql: bool
) -> None:
    insert = _copy if is_postgresql else _execute_many
    cursor: Any = connection.connection.cursor()
    while some := list(islice(rows, _AT_ONCE)):
        insert(cursor, "interviews", _COLUMNS, [row for row, _ in some])
        people = [(row[0], _key(each), row[1]) for row, persons in some for each in persons]
        insert(cursor, "interview_interviewers", _COLUMNS_OF_PEOPLE, people)


def _execute_many(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[_Row]) -> None:
    marks = ", ".join("?" * len(columns))
    cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[_Row]) -> None:
    """Insert rows through a table without row-level security, which COPY does not support."""
    names = ", ".join(columns)
    made = f"made_{table}"
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {made} (LIKE {table}) ON COMMIT DROP")
    with cursor.copy(f"COPY {made} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {made}")
    cursor.execute(f"TRUNCATE {made}")


assert set(_COLUMNS) <= {column.key for column in InterviewModel.__table__.columns}
assert set(_COLUMNS_OF_PEOPLE) == {column.key for column in InterviewerModel.__table__.columns}
