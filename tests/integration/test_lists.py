"""Lists in every order, by every filter: each page is what the rules say, on each backend."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interview_service import lifecycle
from interview_service.database.backends.base import StatementTooLong
from interview_service.database.session import Database
from interview_service.domain.clock import new_id
from interview_service.domain.interview import Interview, Level
from interview_service.domain.lists import Filters, Order, Place, caseless, key_of, keys_of
from interview_service.domain.roles import Role
from interview_service.domain.workflow import State
from interview_service.lifecycle import SERVICE, Actor, users
from interview_service.repository import Repository
from interview_service.repository import narrowed_lists as narrowed
from tests.callers import Caller

BEGAN = datetime(2030, 1, 1, tzinfo=UTC)
ROWS = 60
SOMEBODY = Actor(SERVICE, frozenset({"interview:*"}))
POSITIONS = ("Engineer", "ENGINEER", "Designer", "Straße", "STRASSE", "Jose", "José")
PEOPLE = (
    "ada",
    "Ada@Example.com",
    "ada@example.com",
    "grace",
    "0190c7a4-5b1e-7d3f-8a2b-1c2d3e4f5a6b",
)


def interviews(chance: random.Random) -> Iterator[Interview]:
    """Yield interviews with many ties and many empty values, in no order."""
    for number in chance.sample(range(ROWS), ROWS):
        created = BEGAN + timedelta(hours=number // 3)
        yield Interview(
            id=new_id(created),
            tenant_id="acme",
            run_id=new_id(created),
            version=1,
            workflow_state=chance.choice(list(State)[:4]),
            created_at=created,
            updated_at=created + timedelta(days=chance.randrange(4)),
            external_id=f"x{number}" if number % 2 else None,
            candidate_name=chance.choice(("Jane Smith", "Ana Novak")),
            position=chance.choice((*POSITIONS, None)),
            level=chance.choice((*Level, None)),
            scheduled_at=chance.choice((None, BEGAN + timedelta(days=chance.randrange(5)))),
            interviewers=tuple(chance.sample(PEOPLE, chance.randrange(4))),
            overall_score=chance.choice((None, 0, 40, 80)),
            recommendation=chance.choice((None, "HIRE", "NO_HIRE")),
            decision=chance.choice((None, "HIRE")),
        )


def matches(each: Interview, filters: Filters) -> bool:
    """Say whether a list holds an interview, as the documentation has it."""
    name = each.candidate_name or ""
    checks = (
        not filters.states or each.workflow_state in filters.states,
        not filters.q or filters.q.lower() in name.lower(),
        not filters.level or each.level == filters.level,
        not filters.position
        or (each.position is not None and caseless(each.position) == caseless(filters.position)),
        not filters.external_id or each.external_id == filters.external_id,
        not filters.people or not set(filters.people).isdisjoint(map(key_of, each.interviewers)),
        not filters.recommendation or each.recommendation == filters.recommendation,
        not filters.decision or each.decision == filters.decision,
        not (filters.scheduled_from or filters.scheduled_to) or each.scheduled_at is not None,
        not filters.scheduled_from
        or not each.scheduled_at
        or each.scheduled_at >= filters.scheduled_from,
        not filters.scheduled_to
        or not each.scheduled_at
        or each.scheduled_at < filters.scheduled_to,
        not filters.created_from or each.created_at >= filters.created_from,
        not filters.created_to or each.created_at < filters.created_to,
        not filters.updated_after or each.updated_at > filters.updated_after,
    )
    return all(checks)


def in_order(found: list[Interview], order: Order) -> list[str]:
    """Return ids in an order: what has no value last, ties by id."""

    def value(each: Interview) -> Any:
        return getattr(each, order.field)

    there = [each for each in found if value(each) is not None]
    empty = [each for each in found if value(each) is None]
    there.sort(key=lambda each: (value(each), each.id), reverse=order.is_descending)
    empty.sort(key=lambda each: each.id, reverse=order.is_descending)
    return [each.id for each in (*there, *empty)]


SINGLE = {
    "states": ((State.RECEIVED,), (State.RECEIVED, State.INFO_NEEDED)),
    "q": ("smith", "no", "nobody"),
    "level": ("SENIOR",),
    "position": ("engineer", "strasse", "JOSÉ", "none"),
    "external_id": ("x3", "none"),
    "people": (keys_of(["ADA"]), keys_of(["ada", "ada@example.com"]), keys_of(["nobody"])),
    "recommendation": ("HIRE",),
    "decision": ("HIRE",),
    "scheduled_from": (BEGAN + timedelta(days=2),),
    "scheduled_to": (BEGAN + timedelta(days=3),),
    "created_from": (BEGAN + timedelta(hours=4),),
    "created_to": (BEGAN + timedelta(hours=12),),
    "updated_after": (BEGAN + timedelta(days=2, hours=5),),
}


def combinations(chance: random.Random) -> Iterator[Filters]:
    """Yield no filter, each filter alone, and some together."""
    yield Filters()
    for name, values in SINGLE.items():
        for value in values:
            yield Filters(**{name: value})
    for _ in range(15):
        names = chance.sample(sorted(SINGLE), chance.randint(2, 3))
        yield Filters(**{name: chance.choice(SINGLE[name]) for name in names})


def by_cursor(repository: Repository, filters: Filters, order: Order, limit: int) -> list[str]:
    """Return the ids of a list that is gone through by cursors, and check its totals."""
    seen: list[str] = []
    totals = set()
    place: Place | None = None
    while True:
        page = repository.lists.page(filters, order, limit=limit, place=place)
        seen += [row.id for row in page.rows]
        totals.add(page.total)
        place = page.next_place
        if place is None:
            break
        assert len(page.rows) == limit
    assert totals == {len(seen)}
    return seen


@pytest.fixture
def kept(repository: Repository) -> list[Interview]:
    found = list(interviews(random.Random(5)))
    for each in found:
        repository.work.run(lambda each=each: repository.interviews.add(each))
    return found


@pytest.mark.parametrize("few", [2_000, 3])
def test_every_order_and_filter_gives_what_the_rules_say(
    repository: Repository, kept: list[Interview], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(narrowed, "FEW", few)
    monkeypatch.setattr(narrowed, "PASSED", few)
    for filters in combinations(random.Random(few)):
        left = [each for each in kept if matches(each, filters)]
        for order in Order:
            expected = in_order(left, order)
            assert by_cursor(repository, filters, order, 13) == expected, (filters, order)
            for number in (2, 9):
                page = repository.lists.page(filters, order, page=number, limit=8)
                ids = [row.id for row in page.rows]
                assert ids == expected[number * 8 - 8 : number * 8], (filters, order, number)
                assert page.total == len(expected)


def test_another_tenants_interviews_are_in_no_list(
    database: Database, kept: list[Interview]
) -> None:
    other = Repository(database, "globex").lists
    for filters in combinations(random.Random(1)):
        for order in Order:
            page = other.page(filters, order, limit=9)
            assert (list(page.rows), page.total, page.next_place) == ([], 0, None)


def test_lists_follow_what_changes(repository: Repository, kept: list[Interview]) -> None:
    before = kept[0]
    after = replace(
        before, position="Astronaut", interviewers=("neil",), scheduled_at=None, overall_score=99
    )
    repository.work.run(lambda: repository.interviews.save(before, after))
    for filters in (Filters(position="astronaut"), Filters(people=keys_of(["Neil"]))):
        assert by_cursor(repository, filters, Order.NEWEST, 5) == [before.id]
    for person in before.interviewers:
        assert before.id not in by_cursor(
            repository, Filters(people=keys_of([person])), Order.NEWEST, 50
        )
    highest = repository.lists.page(Filters(), Order.HIGHEST_SCORE, limit=1)
    assert highest.rows[0].id == before.id
    repository.work.run(lambda: repository.interviews.delete(replace(after, version=2)))
    assert by_cursor(repository, Filters(people=keys_of(["Neil"])), Order.NEWEST, 5) == []


def test_a_count_that_takes_too_long_is_null(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository(sqlite_database, "acme")
    for each in interviews(random.Random(5)):
        repository.work.run(lambda each=each: repository.interviews.add(each))
    monkeypatch.setattr(narrowed, "COUNT_SECONDS", -1.0)
    monkeypatch.setattr("interview_service.database.backends.sqlite._STEPS", 1)
    for filters in (Filters(level="SENIOR"), Filters(q="ja")):
        page = repository.lists.page(filters, limit=3)
        assert (page.total, len(page.rows)) == (None, 3)
        assert page.next_place is not None
        following = repository.lists.page(filters, limit=3, place=page.next_place)
        assert (following.total, len(following.rows)) == (None, 3)
    monkeypatch.undo()
    assert repository.lists.page(Filters(level="SENIOR"), limit=3).total is not None


ENDLESS = {
    "sqlite": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    ),
    "postgresql": "SELECT count(*) FROM generate_series(1, 100000000000)",
    "mariadb": "SELECT sleep(1000)",
}


def test_a_statement_past_its_time_is_stopped(database: Database) -> None:
    backend = database.backend
    with database.reading("acme") as connection:
        for _ in range(2):
            with pytest.raises(StatementTooLong), backend.limited(connection, 0.05):
                connection.exec_driver_sql(ENDLESS[backend.name])
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1


# --- over HTTP


def ids(caller: Caller, query: str) -> list[str]:
    answer = caller.get(f"/interviews?{query}")
    assert answer.status_code == 200, answer.json
    return [row["id"] for row in answer.json["data"]]


def test_a_row_says_who_interviews_and_what_was_judged(caller: Caller) -> None:
    made = caller.create()
    row = caller.get("/interviews").json["data"][0]
    assert row == {
        **{
            name: made[name]
            for name in (
                *("id", "candidateName", "candidateEmail", "position", "level"),
                *("workflowState", "scheduledAt", "createdAt", "updatedAt"),
            )
        },
        "interviewers": [],
        "overallScore": None,
        "recommendation": None,
        "decision": None,
    }


def test_states_are_given_several_times(caller: Caller) -> None:
    received, cancelled, also = (caller.create()["id"] for _ in range(3))
    for each in (cancelled, also):
        caller.put(f"/interviews/{each}", {"workflowState": "CANCELLED"})
    caller.post(f"/workflow/interviews/{also}/transition", {"transition": "CANCEL"})
    assert ids(caller, "state=RECEIVED&state=CANCELLED&state=RECEIVED") == [
        also,
        cancelled,
        received,
    ]
    answer = caller.get("/interviews?state=RECEIVED&state=CANCELLED&limit=1").json
    assert answer["meta"]["total"] == 3
    counts = caller.get("/interviews/counts").json
    assert counts["total"] == 3
    assert {name: n for name, n in counts["byState"].items() if n} == {
        "RECEIVED": 1,
        "CANCELLED": 2,
    }
    assert set(counts["byState"]) == set(State)


def test_me_is_whoever_asks_by_subject_id_and_email(
    app: Any, caller: Caller, repository: Repository
) -> None:
    user = users.create_user(repository, "Ada@example.com", "Ada", Role.INTERVIEWER, SOMEBODY)
    made = {}
    for name in ("ADA@EXAMPLE.COM", user.id.upper(), "external-subject", "nobody"):
        interview, _ = lifecycle.create(
            repository, {**details_kept(), "interviewers": [name]}, SOMEBODY
        )
        made[name] = interview.id
    of_user = sorted((made["ADA@EXAMPLE.COM"], made[user.id.upper()]), reverse=True)
    assert ids(caller, "interviewer=ada@example.com") == of_user
    assert ids(caller, f"interviewer={user.id}") == of_user
    stranger = caller.other("acme", "interview:read", subject="external-subject")
    assert ids(stranger, "interviewer=me") == [made["external-subject"]]
    assert ids(caller, "interviewer=somebody-else") == []
    me = Actor(user.id, frozenset({"interview:read"}))
    page = lifecycle.page_of_interviews(repository, me, interviewer="me", limit=9)
    assert [row.id for row in page.rows] == of_user


def test_me_is_also_the_email_that_an_identity_provider_has_verified(
    caller: Caller, repository: Repository
) -> None:
    user = users.create_user(repository, "Ada@example.com", "Ada", Role.INTERVIEWER, SOMEBODY)
    made = []
    for name in ("ADA@Example.com", user.id, "idp|ada", "grace@example.com", "somebody"):
        given = {**details_kept(), "interviewers": [name, "another"]}
        made.append(lifecycle.create(repository, given, SOMEBODY)[0].id)
    adas, of_grace = sorted(made[:3], reverse=True), made[3]

    def me(subject: str, email: str, *, verified: object) -> Caller:
        claims = {"email": email, "email_verified": verified}
        return caller.other("acme", "interview:read", subject=subject, **claims)

    ada = me("idp|ada", "ada@EXAMPLE.com", verified=True)
    assert ids(ada, "interviewer=me") == adas
    page = ada.get("/interviews?interviewer=me&limit=2").json
    assert page["meta"]["total"] == 3
    assert ids(ada, f"interviewer=me&limit=2&cursor={page['meta']['nextCursor']}") == adas[2:]
    assert ids(me("idp|1", "Grace@example.com", verified="true"), "interviewer=me") == [of_grace]
    for unsure in (False, "no", None):
        assert ids(me("idp|1", "grace@example.com", verified=unsure), "interviewer=me") == []
    assert ids(caller.other("globex", subject="idp|ada", **ADA), "interviewer=me") == []


ADA = {"email": "ada@example.com", "email_verified": True}


def details_kept() -> dict[str, Any]:
    return {"candidate_name": "Jane", "position": "Engineer", "level": "SENIOR", "skills": ["a"]}


def test_ties_and_boundaries_of_times_over_http(caller: Caller) -> None:
    early = caller.create(scheduledAt="2030-01-01T00:00:00Z")["id"]
    late = caller.create(scheduledAt="2030-01-02T00:00:00+01:00")["id"]
    never = caller.create(scheduledAt=None)["id"]
    assert ids(caller, "sort=scheduledAt") == [early, late, never]
    assert ids(caller, "sort=-scheduledAt") == [late, early, never]
    assert ids(caller, "scheduledFrom=2030-01-01T00:00:00Z&scheduledTo=2030-01-01T23:00:00Z") == [
        early
    ]
    assert ids(caller, "scheduledFrom=2030-01-01T00:00:00.001Z") == [late]
    changed = caller.get(f"/interviews/{early}").json["updatedAt"]
    assert early not in ids(caller, f"updatedAfter={changed}")
    created = caller.get(f"/interviews/{late}").json["createdAt"]
    assert late in ids(caller, f"createdFrom={created}")
    assert late not in ids(caller, f"createdTo={created}")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("sort=candidateName", "sort"),
        ("sort=+createdAt", "sort"),
        ("level=senior", "level"),
        ("state=NO", "state"),
        ("recommendation=MAYBE", "recommendation"),
        ("scheduledFrom=2030-01-01T00:00:00", "scheduledFrom"),
        ("createdTo=yesterday", "createdTo"),
        ("position=", "position"),
        ("level=MID&level=LEAD", "level"),
        ("owner=me", "owner"),
    ],
)
def test_what_is_no_filter_is_refused(sqlite_caller: Caller, query: str, field: str) -> None:
    response = sqlite_caller.get(f"/interviews?{query}")
    assert response.status_code == 422
    assert list(response.json["errors"]["query"]) == [field]


def test_a_cursor_of_another_order_is_refused(sqlite_caller: Caller) -> None:
    for _ in range(2):
        sqlite_caller.create()
    meta = sqlite_caller.get("/interviews?limit=1&sort=updatedAt").json["meta"]
    response = sqlite_caller.get(f"/interviews?limit=1&cursor={meta['nextCursor']}")
    assert (response.status_code, list(response.json["errors"]["query"])) == (422, ["cursor"])


def test_who_scores_alone_cannot_order_or_filter_by_scores(sqlite_caller: Caller) -> None:
    judge = sqlite_caller.other("acme", "interview:read", "interview:score")
    for query in ("sort=-overallScore", "recommendation=HIRE"):
        response = judge.get(f"/interviews?{query}")
        assert response.status_code == 403, query
        assert judge.get(f"/interviews?{query}", headers={"Accept": "text/csv"}).status_code == 403
        for allowed in (
            sqlite_caller,
            sqlite_caller.other("acme", "interview:read"),
            sqlite_caller.other(
                "acme", *("interview:" + each for each in ("read", "score", "approve"))
            ),
        ):
            assert allowed.get(f"/interviews?{query}").status_code == 200
    assert judge.get("/interviews?decision=HIRE&sort=updatedAt").status_code == 200


def links(response: Any) -> dict[str, str]:
    found = {}
    for part in response.headers["Link"].split(", "):
        target, _, name = part.partition(">; rel=")
        found[name.strip('"')] = target.removeprefix("<")
    return found


def test_links_lead_to_the_other_pages(sqlite_caller: Caller) -> None:
    made = [sqlite_caller.create(position="R&D, Ops")["id"] for _ in range(5)]
    query = "?position=R%26D,%20Ops&state=RECEIVED&state=PENDING&limit=2"
    response = sqlite_caller.get(f"/interviews{query}&page=2")
    found = links(response)
    assert set(found) == {"first", "prev", "next", "last"}

    def follow(link: str) -> list[str]:
        answer = sqlite_caller.get(link.removeprefix("/api/v1"))
        return [row["id"] for row in answer.json["data"]]

    newest = sorted(made, reverse=True)
    assert follow(found["first"]) == follow(found["prev"]) == newest[:2]
    assert follow(found["next"]) == follow(found["last"]) == newest[4:]
    cursor = sqlite_caller.get("/interviews?limit=2").json["meta"]["nextCursor"]
    by_cursor = links(sqlite_caller.get(f"/interviews?limit=2&cursor={cursor}"))
    assert set(by_cursor) == {"first", "next"}
    assert follow(by_cursor["next"]) == newest[4:]
    assert follow(by_cursor["first"]) == newest[:2]
    empty = links(sqlite_caller.get("/interviews?level=JUNIOR&page=7"))
    assert set(empty) == {"first", "prev", "last"}


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200, response.json
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))


def test_a_list_comes_as_csv_whole_or_a_page(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interview_service.lifecycle.lists.ROWS_AT_ONCE", 2)
    made = [caller.create(candidateName=f"No, {number}")["id"] for number in range(5)]
    caller.other("globex").create()
    accept = {"Accept": "text/csv"}
    whole = rows_of(caller.get("/interviews", headers=accept))
    assert [row["id"] for row in whole] == sorted(made, reverse=True)
    shown = caller.get("/interviews").json["data"]
    assert list(whole[0]) == list(shown[0])
    assert whole[0]["candidateName"] == shown[0]["candidateName"]
    assert whole[0]["createdAt"] == shown[0]["createdAt"]
    assert whole[0]["decision"] == ""
    oldest = rows_of(caller.get("/interviews?sort=createdAt&level=SENIOR", headers=accept))
    assert [row["id"] for row in oldest] == sorted(made)
    page = rows_of(caller.get("/interviews?limit=2&page=2", headers=accept))
    assert [row["id"] for row in page] == sorted(made, reverse=True)[2:4]
    assert rows_of(caller.get("/interviews?level=LEAD", headers=accept)) == []
    assert caller.get("/interviews", headers={"Accept": "*/*"}).mimetype == "application/json"


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", '=HYPERLINK("x")', "'=1"]
)
def test_no_cell_of_a_csv_begins_a_formula(sqlite_caller: Caller, name: str) -> None:
    sqlite_caller.create(candidateName=name, position=name)
    (row,) = rows_of(sqlite_caller.get("/interviews", headers={"Accept": "text/csv"}))
    for each in (row["candidateName"], row["position"]):
        assert each.lstrip("'") == name.lstrip("'")
        assert each.startswith("'")


def test_a_csv_is_written_as_it_is_read(
    sqlite_caller: Caller, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interview_service.lifecycle.lists.ROWS_AT_ONCE", 2)
    monkeypatch.setattr("interview_service.web.spreadsheets._LINES_AT_ONCE", 1)
    for _ in range(4):
        sqlite_caller.create()
    response = sqlite_caller.get("/interviews", headers={"Accept": "text/csv"}, buffered=False)
    parts = iter(response.response)
    first = next(parts)
    late = sqlite_caller.create(candidateName="Later")["id"]
    gone = min(row["id"] for row in sqlite_caller.get("/interviews").json["data"])
    sqlite_caller.delete(f"/interviews/{gone}")  # not read yet
    rest = b"".join(each if isinstance(each, bytes) else each.encode() for each in parts)
    assert gone.encode() not in rest
    assert late.encode() not in rest
    assert first
