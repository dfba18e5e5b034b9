"""Random operations of three tenants against a simple model: never a foreign row, anywhere."""

import unicodedata
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as bounded
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from interview_service.database.models import StateTotal
from interview_service.database.session import Database
from interview_service.domain.workflow import State, transition_between
from interview_service.repository import Repository
from tests.callers import Caller, details
from tests.conftest import empty
from tests.lives import work

TENANTS = ("a", "b", "A")
NAMES = st.sampled_from(["Jane Smith", "José Ñandú", "100% Sure", "under_score", "ZOË"])
ROW = (
    "id",
    "candidateName",
    "candidateEmail",
    "position",
    "level",
    "workflowState",
    "scheduledAt",
    "createdAt",
    "updatedAt",
    "interviewers",
    "overallScore",
    "recommendation",
    "decision",
)
STEPS: Counter[str] = Counter()


@dataclass
class Tenant:
    """What the model knows of a tenant."""

    caller: Caller
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def found(self, state: str | None = None, q: str | None = None) -> list[dict[str, Any]]:
        """Return the rows that a list should have, newest first."""
        return [
            {name: record[name] for name in ROW}
            for _, record in sorted(self.records.items(), reverse=True)
            if (state is None or record["workflowState"] == state)
            and (
                q is None
                or any(
                    bare(q) in bare(record[name])
                    for name in ("candidateName", "candidateEmail", "position")
                )
            )
        ]


def bare(text: str) -> str:
    """Return a text as searches compare it: in one case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


class Tenants(RuleBasedStateMachine):
    """Three tenants, two of them alike but for case, on one database."""

    app: Flask
    database: Database
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        empty(self.database)
        self.tenants = {name: Tenant(Caller(self.app, name)) for name in TENANTS}

    tenants_names = st.sampled_from(TENANTS)

    @rule(target=ids, tenant=tenants_names, name=NAMES, external=st.none() | st.sampled_from("xy"))
    def create(self, tenant: str, name: str, external: str | None) -> Any:
        STEPS["create"] += 1
        mine = self.tenants[tenant]
        response = mine.caller.post("/interviews", details(candidateName=name, externalId=external))
        known = [r for r in mine.records.values() if external and r["externalId"] == external]
        if known:
            assert (response.status_code, response.json) == (200, known[0])
            return multiple()
        assert response.status_code == 201
        assert response.json["tenantId"] == tenant
        mine.records[response.json["id"]] = response.json
        return response.json["id"]

    @rule(tenant=tenants_names, key=ids)
    def read(self, tenant: str, key: str) -> None:
        STEPS["read"] += 1
        mine = self.tenants[tenant]
        response = mine.caller.get(f"/interviews/{key}")
        if key in mine.records:
            assert response.json == mine.records[key]
        else:
            self._is_not_found(response, mine)

    @rule(tenant=tenants_names, key=ids, name=NAMES)
    def update(self, tenant: str, key: str, name: str) -> None:
        STEPS["update"] += 1
        mine = self.tenants[tenant]
        response = mine.caller.put(f"/interviews/{key}", {"candidateName": name})
        if key not in mine.records:
            self._is_not_found(response, mine)
            return
        before = mine.records[key]
        if State(before["workflowState"]).is_final and before["candidateName"] != name:
            assert response.status_code == 409
            return
        assert response.status_code == 200
        expected = {**before, "candidateName": name, "updatedAt": response.json["updatedAt"]}
        assert response.json == expected
        mine.records[key] = expected

    @rule(tenant=tenants_names, key=ids, state=st.sampled_from(list(State)))
    def move(self, tenant: str, key: str, state: State) -> None:
        STEPS["move"] += 1
        mine = self.tenants[tenant]
        response = mine.caller.put(f"/interviews/{key}", {"workflowState": state})
        if key not in mine.records:
            self._is_not_found(response, mine)
            return
        before = mine.records[key]
        current = State(before["workflowState"])
        between = transition_between(current, state)
        if state is current or (between is not None and between.permission is not None):
            assert response.status_code == 200
            scheduled = state is State.APPROVED and state is not current  # each has a time
            assert response.json["workflowState"] == (State.SCHEDULED if scheduled else state)
            mine.records[key] = response.json
        else:
            assert response.status_code == (409 if between is None else 403)

    @rule(tenant=tenants_names, key=ids)
    def work(self, tenant: str, key: str) -> None:
        STEPS["work"] += 1
        mine = self.tenants[tenant]
        done = work(Repository(self.database, tenant), key)
        if key not in mine.records:
            assert not done
            return
        before = mine.records[key]["workflowState"]
        assert done == (before in ("RECEIVED", "GENERATING_PLAN"))
        if done:
            record = mine.caller.get(f"/interviews/{key}").json
            assert (record["id"], record["workflowState"]) == (key, "PENDING")
            mine.records[key] = record

    @rule(tenant=tenants_names, key=ids)
    def delete(self, tenant: str, key: str) -> None:
        STEPS["delete"] += 1
        mine = self.tenants[tenant]
        response = mine.caller.delete(f"/interviews/{key}")
        if mine.records.pop(key, None) is not None:
            assert (response.status_code, response.data) == (204, b"")
        else:
            self._is_not_found(response, mine)

    @rule(tenant=tenants_names, key=ids)
    def read_what_hangs_on_it(self, tenant: str, key: str) -> None:
        STEPS["children"] += 1
        mine = self.tenants[tenant]
        for path in ("plan", "plans", "assessment", "transcript", "deliveries"):
            response = mine.caller.get(f"/interviews/{key}/{path}")
            if key in mine.records:
                assert response.status_code in (200, 404)
            else:
                self._is_not_found(response, mine)
        response = mine.caller.get(f"/workflow/interviews/{key}/history")
        if key not in mine.records:
            self._is_not_found(response, mine)

    @rule(tenant=tenants_names, owner=tenants_names)
    def read_status(self, tenant: str, owner: str) -> None:
        STEPS["status"] += 1
        mine = self.tenants[tenant]
        for record in self.tenants[owner].records.values():
            response = mine.caller.get(f"/interviews/{record['runId']}/status")
            if tenant == owner:
                assert response.json["interviewId"] == record["id"]
            else:
                self._is_not_found(response, mine)

    @rule(
        tenant=tenants_names,
        state=st.none() | st.sampled_from(["RECEIVED", "CANCELLED", "PENDING", "SCHEDULED"]),
        q=st.none()
        | st.sampled_from(["jane", "SMITH", "ñ", "%", "_", "zoë", "@EXAMPLE", "no one"]),
        page=st.integers(1, 3),
        limit=st.integers(1, 4),
    )
    def list(self, tenant: str, state: str | None, q: str | None, page: int, limit: int) -> None:
        STEPS["list"] += 1
        mine = self.tenants[tenant]
        query = {"state": state, "q": q, "page": page, "limit": limit}
        given = {name: value for name, value in query.items() if value is not None}
        answer = mine.caller.get("/interviews", query_string=given).json
        found = mine.found(state, q)
        assert answer["data"] == found[(page - 1) * limit : page * limit]
        assert (answer["meta"]["total"], answer["meta"]["totalPages"]) == (
            len(found),
            -(-len(found) // limit),
        )

    @invariant()
    def totals_are_true(self) -> None:
        for tenant in self.tenants.values():
            meta = tenant.caller.get("/interviews", query_string={"limit": 1}).json["meta"]
            assert meta["total"] == len(tenant.records)
        for name, tenant in self.tenants.items():
            with self.database.reader(name) as session:
                kept = session.execute(select(StateTotal.workflow_state, StateTotal.total))
                assert {state: total for state, total in kept if total} == Counter(
                    record["workflowState"] for record in tenant.records.values()
                )

    @staticmethod
    def _is_not_found(response: Any, tenant: Tenant) -> None:
        """Make sure that the answer is, to the byte, that for an id that nobody has."""
        unknown = tenant.caller.get(f"/interviews/{uuid.uuid4()}")
        assert (response.status_code, response.data) == (404, unknown.data)
        assert [*response.headers.keys()] == [*unknown.headers.keys()]


@pytest.mark.parametrize("steps", [40])
def test_no_tenant_ever_sees_another(app: Flask, database: Database, steps: int) -> None:
    machine = type("Machine", (Tenants,), {"app": app, "database": database})
    bounds = bounded(
        max_examples=20,
        stateful_step_count=steps,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    STEPS.clear()
    run_state_machine_as_test(machine, settings=bounds)
    assert STEPS.total() > 600, STEPS
    assert len(STEPS) == 9, STEPS
