"""The databases that are measured: one tenant with many interviews, and 100 others beside it."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.models import InterviewModel

TENANT = "bench"
BEFORE_SEARCH = "0003"
OTHERS = 100
ROWS_OF_OTHERS = 50
STATES = {
    "PENDING": 0.3,
    "SCHEDULED": 0.2,
    "ASSESSMENT_APPROVED": 0.2,
    "REJECTED": 0.2,
    "CANCELLED": 0.1,
}
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
_CHUNK = 10_000

_FIRST = [
    "Jane",
    "Ana",
    "Bo",
    "Chloe",
    "Dmitri",
    "Elif",
    "Femi",
    "Grace",
    "Hiro",
    "Ines",
    "Jonas",
    "Kavya",
    "Luca",
    "Mei",
    "Noor",
    "Olga",
]
_LAST = [
    "Smith",
    "Okafor",
    "Lind",
    "Novak",
    "Garcia",
    "Tanaka",
    "Petrov",
    "Haddad",
    "Keller",
    "Rossi",
    "Nguyen",
    "Silva",
    "Braun",
    "Cohen",
    "Dubois",
    "Eriksen",
    "Farah",
    "Gupta",
    "Horvat",
    "Ito",
]
_POSITIONS = (
    "Senior Engineer",
    "Data Engineer",
    "Product Manager",
    "Site Reliability Engineer",
    "Product Designer",
    "Account Executive",
)
COLUMNS = (
    *("tenant_id", "id", "run_id", "version", "workflow_state", "candidate_name"),
    *("candidate_email", "position", "level", "skills", "job_description", "search_text"),
    *("created_at", "updated_at", "transition_count", "has_transcript", "attempts"),
)


def _rows(tenant: str, count: int, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    """Yield interviews from the oldest to the newest, with ids in the order of their creation."""
    states, weights = list(STATES), list(STATES.values())
    step = timedelta(days=700) / max(count, 1)
    skills = orjson.dumps(["TypeScript", "React", "Node.js"]).decode()
    for number in range(count):
        moment = int((BEGAN + number * step).timestamp() * 1000)
        ids = [
            str(UUID(int=moment << 80 | 7 << 76 | 2 << 62 | chance.getrandbits(61)))
            for _ in range(2)
        ]
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        name, email = f"{first} {last}", f"{first}.{last}.{number}@example.com".lower()
        position = chance.choice(_POSITIONS)
        yield (
            *(tenant, *ids, 1, chance.choices(states, weights)[0], name, email, position),
            *("SENIOR", skills, "Build scalable platform services with modern tooling."),
            "\n".join(each.casefold() for each in (name, email, position)),
            *(moment, moment, 0, False, 0),
        )


def fill(url: URL, rows: int) -> None:
    """Migrate an empty database and insert the interviews, with their kept totals.

    The search index is built last, of all rows at once, which is faster.
    """
    engine = make_engine(url)
    schema.upgrade(engine, BEFORE_SEARCH)
    chance = random.Random(5)
    plain = create_engine(url)
    names = ", ".join(COLUMNS)
    with plain.connect() as connection:
        cursor = connection.connection.cursor()
        for tenant in (TENANT, *(f"other-{number}" for number in range(OTHERS))):
            made = _rows(tenant, rows if tenant == TENANT else ROWS_OF_OTHERS, chance)
            if url.get_backend_name() == "postgresql":
                setting = "SELECT set_config('interview_service.tenant_id', %s, false)"
                cursor.execute(setting, (tenant,))
                _copy(cursor, names, made)
            else:
                marks = ", ".join("?" * len(COLUMNS))
                many: Any = cursor.executemany
                many(f"INSERT INTO interviews ({names}) VALUES ({marks})", made)
            connection.execute(
                text(
                    "INSERT INTO state_totals (tenant_id, workflow_state, total) "
                    "SELECT tenant_id, workflow_state, count(*) FROM interviews "
                    "WHERE tenant_id = :tenant GROUP BY tenant_id, workflow_state"
                ),
                {"tenant": tenant},
            )
            connection.commit()
    schema.upgrade(engine)
    engine.dispose()
    with plain.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        analyse = "VACUUM ANALYZE" if url.get_backend_name() == "postgresql" else "ANALYZE"
        connection.exec_driver_sql(analyse)
    plain.dispose()


def _copy(cursor: Any, names: str, rows: Iterator[tuple[Any, ...]]) -> None:
    """Insert rows through a table without row-level security, which COPY does not support."""
    cursor.execute("CREATE TEMPORARY TABLE made (LIKE interviews) ON COMMIT DROP")
    with cursor.copy(f"COPY made ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"INSERT INTO interviews ({names}) SELECT {names} FROM made")


assert set(COLUMNS) <= {column.key for column in InterviewModel.__table__.columns}
