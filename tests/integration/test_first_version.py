"""A database that version 0.1 has filled is upgraded, and every record is as it was told then.

`tests/data/first_version/README.md` tells how the databases were made.
"""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import URL

from interview_service import __version__
from interview_service.app import create_app
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.workflow import State
from interview_service.repository import Repository
from interview_service.settings import Settings
from tests.callers import Caller, details
from tests.conftest import BACKENDS, SECRET
from tests.integration.test_copies import Command, command  # noqa: F401 (a fixture)
from tests.lives import work

FOLDER = Path(__file__).parents[1] / "data" / "first_version"
SUFFIXES = {"sqlite": "db.gz", "postgresql": "dump", "mariadb": "sql.gz"}
Answers = dict[str, dict[str, list[Any]]]


@pytest.fixture(params=BACKENDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each backend in turn."""
    backend: str = request.param
    return backend


@pytest.fixture
def first_url(
    kind: str,
    command: Command,  # noqa: F811
    empty_url: Callable[[str], URL],
    tmp_path: Path,
) -> URL:
    """The URL of a database as 0.1 left it."""
    packed, copy = FOLDER / f"{kind}.{SUFFIXES[kind]}", tmp_path / "copy"
    if kind == "sqlite":
        copy.write_bytes(gzip.decompress(packed.read_bytes()))
    else:
        shutil.copy(packed, copy)
    url = empty_url(kind)
    restored = command(url, "restore", copy)
    assert restored.exit_code == 0, restored.output
    told = "its schema is at revision 0006: run interview-service db upgrade"
    assert restored.stdout.splitlines()[-1] == told
    return url


@pytest.fixture
def answers(kind: str) -> Answers:
    """What the API of 0.1 answered, by tenant and path."""
    loaded: Answers = json.loads(gzip.decompress((FOLDER / f"{kind}.json.gz").read_bytes()))
    return loaded


def differences(old: Any, new: Any, where: str) -> list[str]:
    """Return where an answer lacks something of the old one; it may have more."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            each
            for name, value in old.items()
            for each in differences(value, new.get(name, "(missing)"), f"{where}.{name}")
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            each
            for number, (one, other) in enumerate(zip(old, new, strict=True))
            for each in differences(one, other, f"{where}[{number}]")
        ]
    return [] if old == new else [f"{where}: {old!r} is {new!r}"]


RULED = {"overallScore", "recommendation", "scores", "summary"}


def without_numbers(assessment: dict[str, Any]) -> dict[str, Any]:
    """Return an assessment of 0.1 without what its rules had judged."""
    return {name: value for name, value in assessment.items() if name not in RULED}


def test_every_record_of_the_first_version_is_there_after_the_upgrade(
    first_url: URL,
    answers: Answers,
    command: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    upgraded = command(first_url, "db", "upgrade")
    assert upgraded.stdout == f"upgraded from 0006 to {schema.newest()}\n", upgraded.output
    database = Database(make_engine(first_url))
    assert schema.made_by(database.engine) == __version__
    app = create_app(Settings(instance_path=tmp_path, jwt_secret_key=SECRET), database=database)
    try:
        for tenant, told in answers.items():
            check(Caller(app, tenant), told, by_rules=tenant == "acme")
            check_in_use(Caller(app, tenant), Repository(database, tenant), told)
    finally:
        database.engine.dispose()


def check(caller: Caller, told: dict[str, list[Any]], *, by_rules: bool) -> None:
    """Compare each answer with the one of 0.1."""
    wrong = []
    judged = 0
    for path, (status, old) in told.items():
        answer = caller.get(path)
        assert answer.status_code == status, (path, answer.json)
        if status != 200:
            continue
        if path.endswith("/assessment"):
            judged += 1
            check_assessment(caller, path, old, by_rules=by_rules)
            old = without_numbers(old)
        if path.endswith("/status"):
            allowed = set(old.pop("allowedTransitions"))
            assert allowed <= set(answer.json["allowedTransitions"])
            if old["waitingFor"] == "transcript":
                old["waitingFor"] = "evidence"
        wrong += differences(old, answer.json, path)
    assert wrong == []
    assert judged == 3


def check_assessment(caller: Caller, path: str, old: dict[str, Any], *, by_rules: bool) -> None:
    """Tell what was a rule's judgement from what was a model's, and see what people approved."""
    new = caller.get(path).json
    record = caller.get(path.removesuffix("/assessment")).json
    numbers = {name: new[name] for name in ("basis", "overallScore", "recommendation", "scores")}
    if by_rules:
        assert old["scores"]
        assert numbers == {
            "basis": "TRANSCRIPT",
            "overallScore": None,
            "recommendation": "NO_DECISION",
            "scores": {},
        }
    else:
        assert numbers == {"basis": "MODEL"} | {
            name: old[name] for name in ("overallScore", "recommendation", "scores")
        }
    assert record["overallScore"] == new["overallScore"]
    if record["workflowState"] != State.ASSESSMENT_APPROVED:
        assert (record["decision"], new["decision"]) == (None, None)
        return
    history = caller.get(f"/workflow{path.removesuffix('/assessment')}/history").json["data"]
    (approved,) = [each for each in history if each["transition"] == "APPROVE_ASSESSMENT"]
    expected = None
    if old["recommendation"] != "NO_DECISION":
        expected = {
            "recommendation": old["recommendation"],
            "by": approved["triggeredBy"],
            "reason": approved["reason"],
            "at": approved["timestamp"],
        }
    assert new["decision"] == expected
    assert record["decision"] == (expected and old["recommendation"])


def check_in_use(caller: Caller, repository: Repository, told: dict[str, list[Any]]) -> None:
    """See that what the new version keeps of its own was made of the old records."""
    listed = told["/interviews?limit=100"][1]["data"]
    total = told["/interviews?limit=100"][1]["meta"]["total"]
    assert len(listed) == total
    assert caller.get("/interviews/counts").json["total"] == total
    feed = caller.get("/interviews/changes?limit=100").json["data"]
    assert {each["interviewId"] for each in feed} == {each["id"] for each in listed}
    (found,) = caller.get("/interviews?q=JOSE MULLER-LUKASZ").json["data"]
    assert found["candidateName"] == "José Müller-Łukasz 🚀 O'Neill"
    assert caller.get("/interviews?position=senior engineer").json["meta"]["total"] >= 10
    again = caller.post("/interviews", details(), headers={"Idempotency-Key": "again"})
    assert again.headers.get("Idempotent-Replayed") == "true"
    known = caller.post("/interviews", details(externalId="REQ-1"))
    assert (known.status_code, known.json["id"]) == (200, found["id"])
    assert repository.settings.get().secret is not None
    waiting = next(each["id"] for each in listed if each["workflowState"] == "RECEIVED")
    assert work(repository, waiting)
    assert caller.get(f"/interviews/{waiting}").json["workflowState"] == "PENDING"
    assert caller.create()["workflowState"] == "RECEIVED"
