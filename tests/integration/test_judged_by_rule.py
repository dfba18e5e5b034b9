"""What version 0.1 judged by rule, after the migration: words without numbers, and verdicts."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import URL

from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.repository import Repository
from interview_service.settings.databases import database_url
from tests.conftest import BACKENDS, Server

BEFORE = "0011"
SCORES = {"technical": {"sql": 5}}
QUOTES = [{"criterion": "sql", "quote": "because", "turn": 1}]
APPROVED_AT = 1_700_000_000_123

INTERVIEW = """
INSERT INTO interviews (tenant_id, id, run_id, version, workflow_state, assessment_id, skills,
    search_text, created_at, updated_at, transition_count, has_transcript, attempts)
VALUES (:tenant, :id, :id, 7, :state, :assessment, '["SQL"]', '', 0, 0, 1, true, 0)
"""
ASSESSMENT = """
INSERT INTO assessments (tenant_id, id, interview_id, overall_score, recommendation, summary,
    scores, evidence, transcript, generated_by, created_at)
VALUES (:tenant, :assessment, :id, :score, :recommendation, 'She is a star.', :scores, :evidence,
    'Jane: because', :by, 0)
"""
HISTORY = """
INSERT INTO history (tenant_id, interview_id, number, transition, previous_state, new_state,
    triggered_by, reason, created_at)
VALUES (:tenant, :id, 1, 'APPROVE_ASSESSMENT', 'ASSESSMENT_PENDING', 'ASSESSMENT_APPROVED',
    'manager', 'We agree', :at)
"""


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database as version 0.1 and the first steps after it left it, on each backend in turn."""
    if request.param == "sqlite":
        url: URL = database_url(f"sqlite:///{tmp_path / 'old.db'}", Path())
    else:
        server: Server = request.getfixturevalue(f"{request.param}_server")
        url = server.new_database()
    engine = make_engine(url)
    schema.upgrade(engine, BEFORE)
    yield engine
    engine.dispose()


def keep(
    engine: Engine,
    state: str,
    by: str = "builtin",
    *,
    tenant: str = "acme",
    recommendation: str = "STRONG_HIRE",
) -> str:
    """Keep an interview of 0.1 that was assessed, and return its id."""
    given = {
        "tenant": tenant,
        "id": str(uuid4()),
        "assessment": str(uuid4()),
        "state": state,
        "score": 93,
        "recommendation": recommendation,
        "scores": orjson.dumps(SCORES).decode(),
        "evidence": orjson.dumps(QUOTES).decode(),
        "by": orjson.dumps({"engine": by, "durationMs": 3}).decode(),
        "at": APPROVED_AT,
    }
    with Database(engine).transaction(tenant) as connection:
        connection.execute(text(INTERVIEW), given)
        connection.execute(text(ASSESSMENT), given)
        if state == "ASSESSMENT_APPROVED":
            connection.execute(text(HISTORY), given)
        connection.commit()
    return given["id"]


def test_what_rules_judged_keeps_its_quotes_and_loses_its_numbers(engine: Engine) -> None:
    pending = keep(engine, "ASSESSMENT_PENDING")
    schema.upgrade(engine)
    repository = Repository(Database(engine), "acme")
    record = repository.interviews.get(pending)
    assert (record.overall_score, record.recommendation, record.decision) == (
        None,
        "NO_DECISION",
        None,
    )
    assert (record.version, record.due_work) == (8, None)
    found = repository.assessments.get(record.assessment_id or "")
    assert found is not None
    assert (found.basis, found.overall_score, found.scores) == ("TRANSCRIPT", None, {})
    assert (found.recommendation, found.draft, found.decision) == ("NO_DECISION", None, None)
    assert (list(found.evidence), found.transcript) == (QUOTES, "Jane: because")
    assert "star" not in str(found)
    assert found.summary == found.binder_summary == found.notes[0]
    assert (list(found.coverage), found.revision) == ([], 1)


def test_what_people_approved_of_it_is_their_decision(engine: Engine) -> None:
    approved = keep(engine, "ASSESSMENT_APPROVED", recommendation="NO_HIRE")
    of_others = keep(engine, "ASSESSMENT_APPROVED", tenant="globex")
    undecided = keep(engine, "ASSESSMENT_APPROVED", recommendation="NO_DECISION")
    schema.upgrade(engine)
    repository = Repository(Database(engine), "acme")
    record = repository.interviews.get(approved)
    assert (record.decision, record.recommendation) == ("NO_HIRE", "NO_DECISION")
    assert record.due_work is None
    found = repository.assessments.get(record.assessment_id or "")
    assert found is not None
    assert found.decision == {
        "recommendation": "NO_HIRE",
        "by": "manager",
        "reason": "We agree",
        "at": "2023-11-14T22:13:20.123Z",
    }
    assert (found.basis, found.overall_score) == ("TRANSCRIPT", None)
    other = Repository(Database(engine), "globex").interviews.get(of_others)
    assert (other.decision, other.overall_score) == ("STRONG_HIRE", None)
    assert repository.interviews.get(undecided).decision is None


def test_what_a_model_made_stays_and_is_said_to_be_its_own(engine: Engine) -> None:
    pending = keep(engine, "ASSESSMENT_PENDING", "agno", recommendation="HIRE")
    schema.upgrade(engine)
    repository = Repository(Database(engine), "acme")
    record = repository.interviews.get(pending)
    assert (record.overall_score, record.recommendation) == (93, "HIRE")
    found = repository.assessments.get(record.assessment_id or "")
    assert found is not None
    assert (found.basis, found.overall_score, found.scores) == ("MODEL", 93, SCORES)
    assert found.draft == {
        "overallScore": 93,
        "recommendation": "HIRE",
        "summary": "She is a star.",
        "scores": SCORES,
    }


def test_the_way_down_keeps_every_row(engine: Engine) -> None:
    kept = [keep(engine, "ASSESSMENT_PENDING"), keep(engine, "COMPLETED", tenant="globex")]
    schema.upgrade(engine)
    schema.downgrade(engine, BEFORE)
    schema.upgrade(engine)
    for tenant, interview_id in zip(("acme", "globex"), kept, strict=True):
        record = Repository(Database(engine), tenant).interviews.get(interview_id)
        assert record.recommendation == "NO_DECISION"
        assert record.overall_score is None
