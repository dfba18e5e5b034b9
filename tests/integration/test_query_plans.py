"""Every statement of the service is served by an index: read from each database's own plan."""

import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from interview_service import lifecycle
from interview_service import repository as queries
from interview_service.database.models import Base, InterviewModel
from interview_service.database.session import Database
from interview_service.domain.clock import clock, new_id
from interview_service.domain.lists import Filters, Order, keys_of
from interview_service.domain.mail import MailOutcome, Result
from interview_service.domain.roles import Role
from interview_service.domain.watching import Workers
from interview_service.domain.workflow import State, Transition
from interview_service.lifecycle import Actor, audit, forgotten, mails, sessions, set_up, users
from interview_service.repository import Repository
from interview_service.repository import narrowed_lists as narrowed
from interview_service.repository.directory import Directory
from interview_service.repository.watching import Watch
from interview_service.webhooks.transport import Outcome
from tests.callers import Caller, details
from tests.integration.test_lists import BEGAN, interviews
from tests.lives import LEASE, SOMEBODY, interview_in

ROWS = 400
PASSWORD = "a quiet harbour town"
EVERYBODY = Actor("everybody", frozenset({"interview:*"}))
SMALL = {"state_totals", "set_up_codes", "workers", "write_checks"}
"""Read whole: a tenant has at most a row a state there, and a service at most one code, one check
and as many workers as there are."""

Statements = dict[str, Any]


@pytest.fixture
def statements(database: Database) -> Iterator[Statements]:
    """Record each statement that is executed, with its parameters."""
    seen: Statements = {}

    def keep(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.setdefault(statement, parameters)

    engines = (database.engine, database._reading)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", keep)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", keep)


def live(caller: Caller, repository: Repository, database: Database) -> None:
    """Do all that the service can do."""
    made = {}
    caller.put("/tenant/settings", {"webhookUrl": "https://ats.example.com/hook"})
    for state in State:
        made[state] = interview_in(state, caller, repository)
    first, pending = made[State.ASSESSMENT_APPROVED], made[State.PENDING]
    record = caller.get(f"/interviews/{first}").json
    for path in ("", "/plan", "/plans", "/assessment", "/transcript", "/deliveries"):
        assert caller.get(f"/interviews/{first}{path}").status_code == 200
    caller.get(f"/interviews/{first}/scorecards/tester/versions")
    caller.get(f"/interviews/{record['runId']}/status")
    for recommendation in ("HIRE", "NO_HIRE"):
        card = {"ratings": [], "recommendation": recommendation, "submitted": True}
        path = f"/interviews/{made[State.ASSESSMENT_PENDING]}/scorecards"
        assert caller.put(f"{path}/me", card).status_code == 200
    assert caller.get(f"{path}/tester/versions").status_code == 200
    caller.get(f"/workflow/interviews/{first}/history")
    for query in ("limit=2", "limit=2&state=RECEIVED", "limit=2&q=jane", "limit=1&page=2"):
        cursor = caller.get(f"/interviews?{query}").json["meta"]["nextCursor"]
        if "page" not in query and cursor:
            assert caller.get(f"/interviews?{query}&cursor={cursor}").status_code == 200
    caller.get("/interviews?state=PENDING&q=jane")
    read_lists(caller)
    caller.put(f"/interviews/{pending}", {"companyName": "Acme"})
    for _ in range(2):
        caller.post("/interviews", details(externalId="7"), headers={"Idempotency-Key": "k"})
    post = lifecycle.begin_delivery(repository, first)
    assert post is not None
    lifecycle.record_delivery(
        repository, post, Outcome(status=200, latency_ms=3, answer="", error=None)
    )
    lifecycle.redeliver(repository, first, post.delivery_id, SOMEBODY)
    tell_agents(repository, made[State.APPROVED])
    repository.deliveries.failing(10)
    now = clock.now()
    for failed in (False, True):
        queries.due_interviews(database, now, LEASE, 10, failed=failed)
        queries.due_interviews(database, now, LEASE, 10, failed=failed, but_tenants=["globex"])
    queries.is_anything_due(database, now)
    queries.due_deliveries(database, now, 10)
    watch = Watch(database)
    watch.figures(now)
    watch.beat(new_id(now), now, now)
    watch.forget_workers(now - timedelta(days=2))
    assert not watch.is_disk_full(Workers(0, None))
    queries.tenants_with_old_keys(database, now)
    repository.work.run(lambda: repository.idempotency_keys.forget(now - timedelta(days=2)))
    caller.get("/interviews?limit=1&page=9")
    caller.post(f"/workflow/interviews/{made[State.RECEIVED]}/retry")
    caller.delete(f"/interviews/{pending}")
    hand_out_and_erase(repository, database, first)
    sign_in_and_out(caller, database)
    send_mails(caller, repository, database)


def send_mails(caller: Caller, repository: Repository, database: Database) -> None:
    """Do all that the service can do with mails."""
    sending = Repository(database, "acme", sends_mail=True)
    admin = Actor("tester", Role.ADMIN.permissions)
    email = "mary@example.com"
    user = users.create_user(sending, email, "Mary", Role.INTERVIEWER, admin)
    users.invite(sending, user.id, admin)
    link = users.invite(sending, user.id, admin)
    directory = Directory(database, lambda tenant: Repository(database, tenant, sends_mail=True))
    users.use_link(directory, link.token, PASSWORD, lambda found: Actor(found.id))
    interview = interview_in(State.APPROVED, caller, repository, interviewers=[email])
    now = clock.now()
    for name in (Transition.SCHEDULE, Transition.START, Transition.COMPLETE):
        lifecycle.transition(sending, interview, name, admin, scheduled_at=now)
    forgotten.ask_for_password(directory, email, sessions.Origin("203.0.113.9", None))
    forgotten.answer_password_requests(directory)
    users.invite(sending, user.id, admin)
    assert queries.is_anything_due(database, now, mail=True)
    for failed in (False, True):
        queries.due_mails(database, now, 10, failed=failed)
        queries.due_mails(database, now, 10, failed=failed, but_tenants=["globex"])
    outcomes = iter(Result)
    for _, mail_id in queries.due_mails(database, clock.now(), 10, failed=False):
        letter = lifecycle.begin_mail(sending, mail_id)
        if letter is not None:
            lifecycle.record_mail(sending, letter, MailOutcome(next(outcomes), 550, "No"))
    assert mails.mails(sending, limit=10, failing=True)
    assert mails.mails(sending, limit=10, failing=False)
    mails.failing_invitations(sending, [user])
    lifecycle.delete(sending, interview, admin)
    queries.tenants_with_old_mails(database, now)
    queries.tenants_with_unsent_mails(database)
    mails.forget_failed_mails(sending)


def tell_agents(repository: Repository, interview_id: str) -> None:
    """Do all that the service can do with push notifications."""
    for name in ("a", "b"):
        for url in ("https://a.example.com/1", "https://a.example.com/2"):
            given = lifecycle.GivenPushConfig(url, id=name)
            lifecycle.set_push_config(repository, interview_id, given, SOMEBODY)
    assert lifecycle.push_config(repository, interview_id, "a").url == url
    lifecycle.transition(repository, interview_id, Transition.START, EVERYBODY)
    assert set(lifecycle.due_urls(repository, interview_id)) >= {"a", "b"}
    post = lifecycle.begin_delivery(repository, interview_id, "a")
    assert post is not None
    outcome = Outcome(status=200, latency_ms=3, answer="", error=None)
    lifecycle.record_delivery(repository, post, outcome)
    lifecycle.delete_push_config(repository, interview_id, "a", SOMEBODY)
    repository.work.run(lambda: repository.push_configs.delete_all(interview_id))


def hand_out_and_erase(repository: Repository, database: Database, interview_id: str) -> None:
    """Do all that the service can do with a candidate's data."""
    for each in lifecycle.export(repository, "jane@example.com", SOMEBODY):
        each.transcript()
        for part in (each.plans, each.scorecards, each.assessments):
            assert list(part) is not None
        for part in (each.history, each.deliveries, each.answers):
            assert list(part) is not None
    lifecycle.erase_interview(repository, interview_id, SOMEBODY)
    while post := lifecycle.begin_delivery(repository, interview_id):
        lifecycle.record_delivery(repository, post, Outcome(204, 3, "", None))
    queries.tenants_with_retention(database)
    lifecycle.update_tenant_settings(repository, {"retention_days": 1}, SOMEBODY)
    lifecycle.erase_expired(repository, SOMEBODY, limit=10)
    lifecycle.erase_candidate(repository, "jane@example.com", SOMEBODY)


def sign_in_and_out(caller: Caller, database: Database) -> None:
    """Do all that the service can do with users, sessions, links and keys."""
    directory = caller.app.extensions["interview_service"].directory
    code = set_up.new_set_up_code(directory)
    body = {"tenant": "acme", "email": "ada@example.com", "name": "Ada", "password": PASSWORD}
    admin = caller.post("/auth/setup", {**body, "code": code}).json
    mine = {"Authorization": f"Bearer {admin['accessToken']}"}
    new = {"email": "grace@example.com", "name": "Grace", "role": "VIEWER"}
    user = caller.post("/users", new, headers=mine).json["id"]
    link = caller.post(f"/users/{user}/invitation", headers=mine).json["url"].partition("token=")[2]
    caller.post("/auth/invitation", {"token": link, "password": PASSWORD})
    for each in ({}, {"role": "INTERVIEWER"}, {"email": "g@example.com"}, {"status": "DISABLED"}):
        assert caller.put(f"/users/{user}", each, headers=mine).status_code == 200
    caller.post("/auth/login", {"email": "ada@example.com", "password": "wrong"})
    caller.post("/auth/login", {"email": "ada@example.com", "password": PASSWORD})
    caller.post("/auth/refresh", {"refreshToken": admin["refreshToken"]})
    caller.put("/auth/me", {"name": "Ada B"}, headers=mine)
    browser = sessions.sign_in(
        directory, "ada@example.com", PASSWORD, sessions.Origin("203.0.113.9", None, True)
    )
    assert sessions.browser_visit(directory, browser.secret) is not None
    key = caller.post("/api-keys", {"name": "ats", "role": "VIEWER"}, headers=mine).json
    assert caller.get("/interviews", headers={"X-API-Key": key["key"]}).status_code == 200
    for path in ("/users", "/api-keys", "/audit", "/audit?actor=tester", f"/users/{user}"):
        assert caller.get(path, headers=mine).status_code == 200
    caller.get(f"/audit?interviewId={user}&from=2024-01-01T00:00:00Z", headers=mine)
    caller.delete(f"/api-keys/{key['id']}", headers=mine)
    caller.delete(f"/users/{user}", headers=mine)
    directory.knows_tenant("globex")
    now = clock.now()
    for tenant in queries.tenants_with_old_sessions(database, now):
        sessions.end_what_is_old(directory.repository_of(tenant))
    for tenant in queries.tenants_with_old_audit_entries(database, now):
        audit.forget_audit_entries(directory.repository_of(tenant))
    directory.forget_failures(now)
    caller.post("/auth/logout", headers=mine)


def read_lists(caller: Caller) -> None:
    """Read lists of each kind: by one filter, by several, in another order; and what changed."""
    for query in ("interviewer=me", "level=SENIOR&position=engineer", "sort=updatedAt&level=MID"):
        path = f"/interviews?limit=1&{query}"
        assert caller.get(f"{path}&page=2").status_code == 200
        caller.get(f"{path}&cursor={caller.get(path).json['meta']['nextCursor'] or ''}")
    caller.get("/interviews/counts")
    cursor = caller.get("/interviews/changes?limit=1").json["nextCursor"]
    caller.get(f"/interviews/changes?cursor={cursor}")


def crowd(database: Database) -> None:
    """Add interviews of many tenants, so that an index is worth its while."""
    table: Any = InterviewModel.__table__
    now = clock.now()
    for tenant in ("acme", *(f"tenant-{number}" for number in range(9))):
        with database.transaction(tenant) as connection:
            rows = [
                {
                    "tenant_id": tenant,
                    "id": new_id(now),
                    "run_id": new_id(now),
                    "version": 1,
                    "workflow_state": State.PENDING.value,
                    "skills": [],
                    "search_text": "a",
                    "created_at": now,
                    "updated_at": now,
                    "transition_count": 0,
                    "has_transcript": False,
                    "attempts": 0,
                }
                for _ in range(ROWS)
            ]
            connection.execute(insert(table), rows)
            connection.commit()


def scanned(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """Return the tables that the database would read from end to end."""
    backend = connection.dialect.name
    if backend == "postgresql":
        explained = connection.exec_driver_sql("EXPLAIN (FORMAT JSON) " + statement, parameters)
        return _unbounded(explained.scalar_one()[0]["Plan"])
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "mariadb": "EXPLAIN "}[backend]
    plan = connection.exec_driver_sql(explain + statement, parameters).all()
    if backend == "mariadb":
        return [row.table for row in plan if row.type in ("ALL", "index") and row.table]
    return re.findall(r"\bSCAN (\w+)", "\n".join(str(row[-1]) for row in plan))


def _unbounded(node: dict[str, Any]) -> list[str]:
    """Return the tables in a plan of PostgreSQL's that no condition on an index bounds."""
    bounded = "Index Cond" in node or "Recheck Cond" in node
    scans = "Scan" in node["Node Type"] and "Relation Name" in node
    own = [node["Relation Name"]] if scans and not bounded else []
    return own + [name for each in node.get("Plans", ()) for name in _unbounded(each)]


def test_no_statement_reads_a_tenants_table_from_end_to_end(
    caller: Caller,
    repository: Repository,
    database: Database,
    statements: Statements,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live(caller, repository, database)
    asked = dict(statements)
    crowd(database)
    owned = {table.name for table in Base.metadata.sorted_tables}
    faults, explained = {}, set()
    with database.engine.connect() as connection:
        if database.backend.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql(
                "SELECT set_config('interview_service.tenant_id','acme',false)"
            )
        elif database.backend.name == "mariadb":
            connection.exec_driver_sql("ANALYZE TABLE " + ", ".join(sorted(owned)))
        for statement, parameters in asked.items():
            tables = owned & set(re.findall(r"\w+", statement))
            if not tables or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
                continue
            explained |= tables
            found = set(scanned(connection, statement, parameters)) & (owned - SMALL)
            if found:
                faults[statement] = found
    assert faults == {}
    assert explained == owned


MOMENT = BEGAN + timedelta(days=1)
SINGLE_FILTERS = (
    *(Filters(), Filters(states=(State.RECEIVED,)), Filters(states=tuple(State)[:2])),
    *(Filters(level="SENIOR"), Filters(position="engineer")),
    *(Filters(people=keys_of(["ada"])), Filters(people=keys_of(["ada", "grace"]))),
    *(Filters(recommendation="HIRE"), Filters(decision="HIRE")),
    *(Filters(created_from=MOMENT), Filters(created_to=MOMENT)),
    Filters(created_from=MOMENT, created_to=MOMENT + timedelta(days=1)),
)
BOUNDED_ORDERS = (
    (Filters(scheduled_from=MOMENT), Order.EARLIEST),
    (Filters(scheduled_to=MOMENT), Order.EARLIEST),
    (Filters(scheduled_from=MOMENT), Order.LATEST),
    (Filters(scheduled_to=MOMENT), Order.LATEST),
    (Filters(updated_after=MOMENT), Order.LAST_UPDATED),
    (Filters(updated_after=MOMENT), Order.FIRST_UPDATED),
)
SORTED_FILTERS = (
    *(Filters(q="smith"), Filters(q="sm"), Filters(external_id="x3")),
    *(Filters(scheduled_from=MOMENT), Filters(scheduled_to=MOMENT)),
    Filters(scheduled_from=MOMENT, scheduled_to=MOMENT + timedelta(days=1)),
    Filters(updated_after=MOMENT),
)
"""What is found by an index and may have to be put in order."""
SORTED = {"sqlite": "TEMP B-TREE", "postgresql": '"Sort', "mariadb": "filesort"}


def plan(connection: Connection, statement: str, parameters: Any) -> str:
    """Return all that a database says of how it would read."""
    backend = connection.dialect.name
    explain = {
        "sqlite": "EXPLAIN QUERY PLAN ",
        "postgresql": "EXPLAIN (FORMAT JSON) ",
        "mariadb": "EXPLAIN ",
    }[backend]
    rows = connection.exec_driver_sql(explain + statement, parameters).all()
    return json.dumps(
        [[each if backend == "postgresql" else str(each) for each in row] for row in rows]
    )


def read_to_the_end(repository: Repository, filters: Filters, order: Order) -> None:
    """Read all pages of a list by cursors, and one by its number."""
    place, is_first = None, True
    while place is not None or is_first:
        page = repository.lists.page(filters, order, limit=9, place=place)
        place, is_first = page.next_place, False
    repository.lists.page(filters, order, limit=3, page=4)


@contextmanager
def explaining(database: Database) -> Iterator[Connection]:
    """Give a connection that tells how a tenant's list among many others is read."""
    crowd(database)
    with database.engine.connect() as connection:
        if database.backend.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("ANALYZE interviews")
            connection.exec_driver_sql(
                "SELECT set_config('interview_service.tenant_id','acme',false)"
            )
        elif database.backend.name == "mariadb":
            connection.exec_driver_sql("ANALYZE TABLE interviews, interview_interviewers")
        yield connection


def test_each_filter_is_among_those_whose_plans_are_read() -> None:
    read = (*SINGLE_FILTERS, *SORTED_FILTERS)
    named = {name for name in Filters.__slots__ for each in read if getattr(each, name)}
    assert named == set(Filters.__slots__)


def test_pages_of_lists_are_read_in_their_order_from_an_index(
    repository: Repository, database: Database, statements: Statements
) -> None:
    for each in interviews(random.Random(5)):
        repository.work.run(lambda each=each: repository.interviews.add(each))
    lists = [(Filters(), order) for order in Order]
    lists += [(each, order) for each in SINGLE_FILTERS for order in (Order.NEWEST, Order.OLDEST)]
    statements.clear()
    for filters, order in (*lists, *BOUNDED_ORDERS):
        read_to_the_end(repository, filters, order)
    asked = {each: values for each, values in statements.items() if "ORDER BY" in each}
    assert len(asked) > 30
    with explaining(database) as connection:
        faults = {}
        for statement, parameters in asked.items():
            found = plan(connection, statement, parameters)
            if SORTED[database.backend.name] in found or scanned(connection, statement, parameters):
                faults[statement, str(parameters)] = found
    assert faults == {}


def test_what_has_to_be_put_in_order_is_found_by_an_index(
    repository: Repository,
    database: Database,
    statements: Statements,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of ranges of another value nothing is read but their own index, which has the ids."""
    monkeypatch.setattr(narrowed, "PASSED", 5)
    for each in interviews(random.Random(5)):
        repository.work.run(lambda each=each: repository.interviews.add(each))
    statements.clear()
    for filters in SORTED_FILTERS:
        for order in (Order.NEWEST, Order.OLDEST):
            read_to_the_end(repository, filters, order)
    asked = {each: values for each, values in statements.items() if "ORDER BY" in each}
    of_ranges = {each for each in asked if "FROM (SELECT" in each and "search" not in each}
    assert len(of_ranges) > 6
    with explaining(database) as connection:
        for statement, parameters in asked.items():
            found = plan(connection, statement, parameters)
            read_whole = set(scanned(connection, statement, parameters)) & {"interviews"}
            assert read_whole == set(), (statement, found)
            if statement in of_ranges:
                indexes = re.findall(r"ix_interviews_tenant_id_(scheduled|updated)_at_id", found)
                assert indexes, (statement, found)
                assert "pk_interviews" not in found, (statement, found)


def test_a_candidates_interviews_and_those_past_their_time_are_found_by_their_indexes(
    repository: Repository, database: Database, statements: Statements
) -> None:
    for each in interviews(random.Random(5)):
        repository.work.run(lambda each=each: repository.interviews.add(each))
    statements.clear()
    repository.interviews.of_candidate("jane@example.com", limit=9)
    repository.interviews.untouched_since(BEGAN + timedelta(days=1), limit=9)
    by = ("candidate_key_id", "candidate_erased_at_moved_at_id")
    with explaining(database) as connection:
        asked = {each: values for each, values in statements.items() if "ORDER BY" in each}
        for name, (statement, parameters) in zip(by, asked.items(), strict=True):
            found = plan(connection, statement, parameters)
            assert f"ix_interviews_tenant_id_{name}" in found, found
            assert SORTED[database.backend.name] not in found, found


def test_a_statement_that_no_index_serves_is_found(database: Database) -> None:
    statement = "SELECT id FROM interviews WHERE company_name = 'Acme' ORDER BY tenant_id, id"
    with database.engine.connect() as connection:
        assert scanned(connection, statement, ()) == ["interviews"]
