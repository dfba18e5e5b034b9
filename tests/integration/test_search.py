"""Searches: any part of a name, email or position, by an index where the backend has one."""

import random
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL

from interview_service.app import create_app
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.interview import folded
from interview_service.domain.lists import Filters
from interview_service.repository import Repository
from interview_service.settings import Settings
from interview_service.settings.databases import database_url
from tests.callers import Caller
from tests.conftest import Server

NAMES = (
    *(
        "Jane Smith",
        "ana maria o'neil",
        "Zoë Müller-Straße",
        "李小龍",
        "Ann 100%",
        "A_B c/d",
        "İpek",
    ),
    *('Quo"ted', "(Bracket) AND", "tab*le", "Ünal ÖZ", "É", "no", "Смирнов Иван", "a-b", "İpek"),
)
POSITIONS = ("Senior Engineer", "Ärztin", "QA", "C++ & C#", "Head of R&D")


def found(caller: Caller, q: str, state: str | None = None) -> tuple[list[str], int]:
    query = {"q": q, "limit": "100", **({"state": state} if state else {})}
    response = caller.call("GET", "/interviews", query_string=query)
    assert response.status_code == 200, response.json
    return [row["id"] for row in response.json["data"]], response.json["meta"]["total"]


def test_any_part_finds_just_what_holds_it(caller: Caller) -> None:
    chance = random.Random(3)
    texts: dict[str, str] = {}
    other = caller.other("other")
    for number, name in enumerate(NAMES * 2):
        position = chance.choice(POSITIONS)
        email = f"{number}.x@example.com"
        for who in (other, caller):
            record = who.create(candidateName=name, candidateEmail=email, position=position)
        texts[record["id"]] = "\n".join(folded(each) for each in (name, email, position))
    for changed in chance.sample(sorted(texts), 5):
        caller.put(f"/interviews/{changed}", {"candidateName": "Renamed Person"})
        _, *rest = texts[changed].split("\n")
        texts[changed] = "\n".join(["renamed person", *rest])
    for gone in chance.sample(sorted(texts), 3):
        caller.delete(f"/interviews/{gone}")
        del texts[gone]
    parts = {
        "ipek",
        "zoe\u0308",
        "renamed",
        "SMITH",
        "üller",
        "STRASSE",
        "ß",
        "100%",
        "_",
        "/",
        "%",
        '"',
        "x@ex",
        "zzz",
    }
    for each in sorted(texts.values()):
        line = chance.choice(each.split("\n"))
        start = chance.randrange(len(line))
        part = line[start : start + chance.randint(1, 12)].strip()
        parts |= {part, part.upper()} - {""}
    for part in sorted(parts):
        expected = sorted(
            (key for key, held in texts.items() if folded(part) in held), reverse=True
        )
        assert found(caller, part) == (expected, len(expected)), part


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("José Álvarez", "jose alv"),
        ("Jose Alvarez", "JOSÉ Á"),
        ("Jose\u0301 Nun\u0303ez", "josé nunez"),
        ("Łukasz Øster-Đurić", "lukasz oster-duric"),
        ("Lukasz", "Łukasz"),
        ("Ægir Ståhl", "aegir sta"),
        ("Nguyễn Thị Ánh", "nguyen thi anh"),
        ("Ἀθηνᾶ", "αθηνα"),
        ("Çağrı", "cagri"),
    ],
)
def test_accents_do_not_matter_in_a_search(caller: Caller, name: str, wanted: str) -> None:
    made = caller.create(candidateName=name)["id"]
    caller.create(candidateName="Somebody Else")
    assert found(caller, wanted) == ([made], 1)


@pytest.mark.parametrize(("name", "other"), [("がん", "かん"), ("कमल", "क़मल"), ("Smith", "Smjth")])
def test_letters_that_are_other_letters_still_matter(
    sqlite_caller: Caller, name: str, other: str
) -> None:
    made = sqlite_caller.create(candidateName=name)["id"]
    assert found(sqlite_caller, name) == ([made], 1)
    assert found(sqlite_caller, other) == ([], 0)


def test_a_search_goes_on_by_cursor_and_within_a_state(caller: Caller) -> None:
    made = sorted([caller.create(candidateName="Wanted One")["id"] for _ in range(5)], reverse=True)
    caller.create(candidateName="Somebody")
    caller.put(f"/interviews/{made[1]}", {"workflowState": "CANCELLED"})
    left = [made[0], *made[2:]]
    assert found(caller, "wanted", "RECEIVED") == (left, 4)
    assert found(caller, "wanted", "CANCELLED") == ([made[1]], 1)
    page = caller.get("/interviews?q=wanted&limit=2").json
    assert [row["id"] for row in page["data"]] == made[:2]
    page = caller.get(f"/interviews?q=wanted&limit=2&cursor={page['meta']['nextCursor']}").json
    assert [row["id"] for row in page["data"]] == made[2:4]
    assert caller.get("/interviews?q=wanted&limit=2&page=3").json["data"][0]["id"] == made[4]


def test_more_finds_than_are_put_in_order_come_in_order_as_well(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sorted([caller.create()["id"] for _ in range(4)], reverse=True)
    monkeypatch.setattr("interview_service.database.search.FEW", 2)
    assert found(caller, "jane") == (made, 4)


def test_a_sqlite_without_the_index_finds_the_same(
    sqlite_caller: Caller, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sqlite_caller.create()["id"]
    monkeypatch.setitem(sqlite_database.__dict__, "has_search", False)
    assert found(sqlite_caller, "jane sm") == ([made], 1)


def test_sqlite_searches_by_its_index(
    sqlite_caller: Caller, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sqlite_caller.create()["id"]
    assert sqlite_database.has_search
    monkeypatch.setattr(
        "interview_service.repository.lists._TOTAL_FOUND", {False: None, True: None}
    )
    repository = Repository(sqlite_database, "acme")
    assert repository.lists.page(Filters(q="jane"), limit=5).rows[0].id == made
    with pytest.raises(AttributeError):
        # too short for an index of every three letters
        repository.lists.page(Filters(q="ja"), limit=5)


def test_a_search_of_a_sqlite_that_is_away_is_503(settings: Settings, tmp_path: Path) -> None:
    url = database_url(f"sqlite:///{tmp_path / 'nowhere' / 'interviews.db'}", Path())
    caller = Caller(create_app(settings, database=Database(make_engine(url))))
    response = caller.get("/interviews?q=jane")
    assert (response.status_code, response.json["statusCode"]) == (503, 503)
    assert int(response.headers["Retry-After"]) > 0


MANY = """
INSERT INTO interviews (tenant_id, id, run_id, version, workflow_state, skills, search_text,
    created_at, updated_at, transition_count, has_transcript, attempts)
SELECT 'acme', gen_random_uuid(), gen_random_uuid(), 1, 'PENDING', '[]', md5(n::text),
    0, 0, 0, false, 0 FROM generate_series(1, 20000) AS n
"""


def _plan(connection: Connection, pattern: str) -> str:
    statement = text(
        "EXPLAIN SELECT count(*) FROM search_entries "
        "WHERE tenant_id = 'acme' AND search_text LIKE :q"
    )
    return "\n".join(row[0] for row in connection.execute(statement, {"q": pattern}))


def test_postgresql_searches_by_its_index_once_like_is_known_to_leak_nothing(
    postgresql_server: Server,
) -> None:
    url: URL = postgresql_server.new_database()
    engine = make_engine(url)
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('interview_service.tenant_id', 'acme', false)"))
        connection.execute(text(MANY))
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("ANALYZE search_entries"))
        connection.execute(text("SELECT set_config('interview_service.tenant_id', 'acme', false)"))
        assert "ix_search_entries_search_text" not in _plan(connection, "%jane smith%")
        admin = postgresql_server.url.set(database=url.database)
        superuser = create_engine(admin, isolation_level="AUTOCOMMIT")
        with superuser.connect() as granting:
            granting.execute(text("ALTER FUNCTION textlike(text, text) LEAKPROOF"))
        superuser.dispose()
        assert "ix_search_entries_search_text" in _plan(connection, "%jane smith%")
    engine.dispose()


def test_postgresql_goes_on_searching_by_its_index_however_often_it_has_searched(
    postgresql_server: Server,
) -> None:
    engine = make_engine(postgresql_server.new_database())
    schema.upgrade(engine)
    database = Database(engine)
    repository = Repository(database, "acme")
    prepared = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%search_entries%'"
    assert database.has_search
    for _ in range(12):  # psycopg prepares at the sixth time, PostgreSQL keeps a plan soon after
        assert (
            repository.lists.page(Filters(q="jane"), limit=5).total
            == repository.lists.page(limit=5).total
            == 0
        )
    with database.reading("acme") as connection:
        assert connection.execute(text(prepared)).scalar_one() == 0
        others = "SELECT count(*) FROM pg_prepared_statements"
        assert connection.execute(text(others)).scalar_one() > 0
    engine.dispose()
