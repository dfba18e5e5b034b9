"""What is measured over HTTP: each operation and the requests that it consists of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from benchmarks.data import TENANT
from benchmarks.load import request
from benchmarks.servers import token

BASE = "/api/v1"
KEYS = 400
TERMS = (
    *("smith", "OKAFOR", "ana lind", "dmitri.petrov", "chloe", "product designer"),
    *("ito.77", "nobody at all", "mei nguyen", "braun", "@example.com", "jonas.k"),
)
CREATE = {
    "candidateName": "Jane Smith",
    "candidateEmail": "jane@example.com",
    "position": "Senior Engineer",
    "level": "SENIOR",
    "skills": ["TypeScript", "React", "Node.js"],
    "jobDescription": "Build scalable platform services with modern tooling.",
    "scheduledAt": "2024-02-01T10:00:00.000Z",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """Ids of interviews in a database: any, and some that are SCHEDULED."""

    ids: Sequence[str]
    runs: Sequence[str]
    scheduled: Sequence[str]


def keys_of(url: URL) -> Keys:
    """Return some ids, spread over the whole list."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if url.get_backend_name() == "postgresql":
            name = "SELECT set_config('interview_service.tenant_id', :tenant, false)"
            connection.execute(text(name), {"tenant": TENANT})
        rows = connection.execute(
            text(
                "SELECT id, run_id, workflow_state FROM interviews "
                "WHERE tenant_id = :tenant ORDER BY run_id LIMIT 100000"
            ),
            {"tenant": TENANT},
        ).all()
    engine.dispose()
    spread = rows[:: max(1, len(rows) // KEYS)][:KEYS]
    scheduled = [str(row.id) for row in rows if row.workflow_state == "SCHEDULED"][:KEYS]
    return Keys([str(row.id) for row in spread], [str(row.run_id) for row in spread], scheduled)


def operations(keys: Keys, kind: str) -> Mapping[str, Sequence[bytes]]:
    """Return the requests of each operation, to be sent round robin.

    :param kind: `service` or `floor`; each creates interviews in a tenant of its own.
    """
    mine, creator = token(TENANT), token(f"creates-{kind}")

    def get(path: str) -> bytes:
        return request("GET", BASE + path, mine)

    def send(method: str, path: str, body: object, who: str = mine) -> bytes:
        return request(method, BASE + path, who, json.dumps(body).encode())

    return {
        "read by id": [get(f"/interviews/{each}") for each in keys.ids],
        "list of 20": [get("/interviews")],
        "list by state": [get("/interviews?state=PENDING")],
        "list with q": [get(f"/interviews?q={each.replace(' ', '%20')}") for each in TERMS],
        "status": [get(f"/interviews/{each}/status") for each in keys.runs],
        "create": [send("POST", "/interviews", CREATE, creator)],
        "update": [
            send("PUT", f"/interviews/{each}", {"companyName": name})
            for name in ("Acme", "Zenith")
            for each in keys.scheduled
        ],
        "transition": [
            send(
                "POST",
                f"/workflow/interviews/{each}/transition",
                {"transition": "SCHEDULE", "scheduledAt": "2030-01-01T10:00:00Z"},
            )
            for each in keys.scheduled
        ],
    }
