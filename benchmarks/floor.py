"""The floor: what a bare Flask handler costs on the same table, server and settings.

One PyJWT check, a hand-written statement or two, orjson, and nothing else: no validation, no walls
between tenants but the WHERE clause, no ETags, no log, no form for errors. It counts the total of a
list, as most services do.
"""

import os
import secrets
import sqlite3
import threading
import time
from typing import Any
from uuid import UUID

import jwt
import orjson
from flask import Flask, Response, request

SECRET = os.environ["JWT_SECRET_KEY"]
DATABASE = os.environ["FLOOR_DATABASE"]
POSTGRESQL = DATABASE.startswith("postgresql")
ROW = (
    "id, candidate_name, candidate_email, position, level, workflow_state, scheduled_at, "
    "created_at, updated_at"
)
KEYS = (
    "id",
    "candidateName",
    "candidateEmail",
    "position",
    "level",
    "workflowState",
    "scheduledAt",
    "createdAt",
    "updatedAt",
)

app = Flask("floor", static_folder=None)
_local = threading.local()


def _connection() -> Any:
    if not hasattr(_local, "connection"):
        if POSTGRESQL:
            import psycopg

            _local.connection = psycopg.connect(DATABASE, autocommit=True)
            _local.named = None
        else:
            connection = sqlite3.connect(DATABASE, timeout=10, isolation_level=None)
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                connection.execute(f"PRAGMA {pragma}")
            _local.connection = connection
    return _local.connection


def _execute(sql: str, *values: Any) -> Any:
    return _connection().execute(sql.replace("?", "%s") if POSTGRESQL else sql, values)


def _tenant() -> str:
    token = request.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": False})
    tenant: str = claims["tenantId"]
    connection = _connection()
    if POSTGRESQL and _local.named != tenant:
        # Row-level security hides everything from a session that names no tenant.
        name = "SELECT set_config('interview_service.tenant_id', %s, false)"
        connection.execute(name, (tenant,))
        _local.named = tenant
    return tenant


def _json(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value, default=str), status=status, mimetype="application/json")


@app.get("/api/v1/interviews/<run_id>/status")
def status(run_id: str) -> Response:
    row = _execute(
        "SELECT run_id, id, workflow_state, plan_id, assessment_id, created_at, updated_at "
        "FROM interviews WHERE tenant_id = ? AND run_id = ?",
        _tenant(),
        run_id,
    ).fetchone()
    names = ("runId", "interviewId", "workflowState", "planId", "assessmentId", "createdAt")
    return _json(dict(zip((*names, "updatedAt"), row, strict=True)))


@app.put("/api/v1/interviews/<interview_id>")
def update(interview_id: str) -> Response:
    tenant, body = _tenant(), orjson.loads(request.get_data())
    now = time.time_ns() // 1_000_000
    _execute(
        "UPDATE interviews SET company_name = ?, updated_at = ?, version = version + 1 "
        "WHERE tenant_id = ? AND id = ?",
        body["companyName"],
        now,
        tenant,
        interview_id,
    )
    return read(interview_id)


@app.post("/api/v1/workflow/interviews/<interview_id>/transition")
def transition(interview_id: str) -> Response:
    tenant, body = _tenant(), orjson.loads(request.get_data())
    now = time.time_ns() // 1_000_000
    _execute("BEGIN" if POSTGRESQL else "BEGIN IMMEDIATE")
    _execute(
        "UPDATE interviews SET scheduled_at = ?, updated_at = ?, version = version + 1, "
        "transition_count = transition_count + 1 WHERE tenant_id = ? AND id = ?",
        now,
        now,
        tenant,
        interview_id,
    )
    _execute(
        "INSERT INTO history (tenant_id, interview_id, number, transition, previous_state, "
        "new_state, triggered_by, created_at) SELECT tenant_id, id, transition_count, ?, "
        "workflow_state, workflow_state, 'bench', ? FROM interviews "
        "WHERE tenant_id = ? AND id = ?",
        body["transition"],
        now,
        tenant,
        interview_id,
    )
    _execute("COMMIT")
    return _json({"interviewId": interview_id, "transition": body["transition"]})


@app.get("/api/v1/interviews/<interview_id>")
def read(interview_id: str) -> Response:
    row = _execute(
        f"SELECT {ROW}, skills, job_description, run_id, plan_id, callback_url FROM interviews "
        "WHERE tenant_id = ? AND id = ?",
        _tenant(),
        interview_id,
    ).fetchone()
    if row is None:
        return _json({"statusCode": 404, "message": "Interview not found"}, 404)
    names = (*KEYS, "skills", "jobDescription", "runId", "planId", "callbackUrl")
    return _json(dict(zip(names, row, strict=True)))


@app.get("/api/v1/interviews")
def page() -> Response:
    tenant, arguments = _tenant(), request.args
    number, limit = int(arguments.get("page", 1)), int(arguments.get("limit", 20))
    where, values = "tenant_id = ?", [tenant]
    if "state" in arguments:
        where, values = where + " AND workflow_state = ?", [*values, arguments["state"]]
    if "q" in arguments:
        where, values = where + " AND search_text LIKE ?", [*values, f"%{arguments['q']}%"]
    rows = _execute(
        f"SELECT {ROW} FROM interviews WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?",
        *values,
        limit,
        (number - 1) * limit,
    ).fetchall()
    total = _execute(f"SELECT count(*) FROM interviews WHERE {where}", *values).fetchone()[0]
    return _json(
        {
            "data": [dict(zip(KEYS, row, strict=True)) for row in rows],
            "meta": {"total": total, "page": number, "limit": limit},
        }
    )


@app.post("/api/v1/interviews")
def create() -> Response:
    tenant, body = _tenant(), orjson.loads(request.get_data())
    moment = time.time_ns() // 1_000_000
    new, run = (str(UUID(int=moment << 80 | secrets.randbits(80))) for _ in range(2))
    search = "\n".join(
        body[name].lower() for name in ("candidateName", "candidateEmail", "position")
    )
    _execute(
        "INSERT INTO interviews (tenant_id, id, run_id, version, workflow_state, candidate_name, "
        "candidate_email, position, level, skills, job_description, search_text, created_at, "
        "updated_at, transition_count, has_transcript, attempts) "
        "VALUES (?, ?, ?, 1, 'CANCELLED', ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0)",
        tenant,
        new,
        run,
        body["candidateName"],
        body["candidateEmail"],
        body["position"],
        body["level"],
        orjson.dumps(body["skills"]).decode(),
        body["jobDescription"],
        search,
        moment,
        moment,
        False,
    )
    return _json({"id": new, "runId": run, "tenantId": tenant, **body}, 201)
