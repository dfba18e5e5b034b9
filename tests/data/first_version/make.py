"""Fills a database by version 0.1 itself, and notes what its API told of every record.

Run with the code of 0.1 (commit 7dc2796) in front; see the README beside this file.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

from interview_service import lifecycle, worker
from interview_service.app import create_app
from interview_service.database import schema
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.workflow import State, Transition
from interview_service.engines.base import Provenance
from interview_service.engines.builtin import BuiltinEngine
from interview_service.repository import Repository
from interview_service.settings import Settings
from interview_service.settings.databases import database_url
from interview_service.webhooks.transport import Outcome
from tests import lives
from tests.callers import Caller, details
from tests.engines import assessment_of, plan_of

SECRET = "a secret of the tests, long enough for HS256"
MODEL = Provenance("agno", "openai:gpt-5-mini", attempts=2, input_tokens=900, output_tokens=300)
LEASE = timedelta(seconds=30)
TURNS = [
    {"speaker": "Ada Interviewer", "text": "What did you build last?", "at": None},
    {
        "speaker": "Jane Smith",
        "text": "I moved our billing to TypeScript, because wrong types cost us two outages.",
        "at": "00:00:05",
    },
    {"speaker": "Ada Interviewer", "text": "How do you design in Node.js?", "at": "00:01:00"},
    {
        "speaker": "Jane Smith",
        "text": "With small modules, and tests in front. 🚀",
        "at": "00:01:07",
    },
]
PARTS = ("", "/plan", "/plans", "/transcript", "/assessment", "/deliveries")


def work(repository: Repository, interview_id: str, *, by_model: bool) -> bool:
    """Do what the worker of 0.1 does: by the built-in engine, or as by a model."""
    begun = lifecycle.begin_work(repository, interview_id, LEASE)
    if begun is None:
        return False
    engine = BuiltinEngine()
    brief, plan, feedback = worker._without_names(begun)
    if plan is None or begun.transcript is None:
        drafted = engine.plan(brief, feedback)
        made = plan_of(brief, feedback) if by_model else drafted.result
        by = MODEL if by_model else drafted.provenance
        return lifecycle.attach_plan(repository, interview_id, begun.version, made, by.to_dict())
    masked = worker.said.anonymised(begun.transcript, begun.candidate_name)
    judged = engine.assess(brief, plan, masked.transcript, feedback)
    of_rules = masked.restored(judged.result)
    result = assessment_of(begun.transcript, feedback) if by_model else of_rules
    by = MODEL if by_model else judged.provenance
    return lifecycle.attach_assessment(
        repository, interview_id, begun.version, result, by.to_dict()
    )


def live(caller: Caller, repository: Repository, *, by_model: bool) -> list[str]:
    """Bring an interview into each state, and some by longer ways; return their ids."""
    lives.work = lambda repository, interview_id: work(repository, interview_id, by_model=by_model)
    lives.TURNS[:] = TURNS
    ids = [lives.interview_in(state, caller, repository) for state in State]
    modified = lives.interview_in(State.PENDING, caller, repository, externalId="req-1")
    for wish in ('Less "Java",\nmore SQL', "Ask about leading"):
        lives.take(caller, modified, Transition.MODIFY, reason=wish)
        assert lives.work(repository, modified)
    again = lives.interview_in(State.ASSESSMENT_PENDING, caller, repository)
    lives.take(caller, again, Transition.REJECT_ASSESSMENT, reason="Read it again")
    assert lives.work(repository, again)
    lives.take(caller, again, Transition.APPROVE_ASSESSMENT, reason="As it says")
    failing = lives.interview_in(State.RECEIVED, caller, repository)
    begun = lifecycle.begin_work(repository, failing, LEASE)
    assert begun is not None
    lifecycle.record_failure(repository, failing, begun.version, "The engine failed")
    hard = caller.create(
        candidateName="José Müller-Łukasz 🚀 O'Neill",
        candidateEmail="jose@example.com",
        position='Ärztin %s :name \\ "quoted"',
        jobDescription="<p>Lines\nof &amp; text</p> " * 50,
        companyName="Crème & Co",
        companyDescription="Long " * 400,
        callbackUrl="https://ats.example.com/callback",
        externalId="REQ-1",
    )["id"]
    caller.delete(f"/interviews/{caller.create()['id']}")
    caller.call("POST", "/interviews", json=details(), headers={"Idempotency-Key": "again"})
    for interview_id, outcome in (
        (ids[-1], Outcome(200, 3, "thanks", None)),
        (modified, Outcome(500, 3, "", None)),
    ):
        post = lifecycle.begin_delivery(repository, interview_id)
        if post is not None:
            lifecycle.record_delivery(repository, post, outcome)
    return [*ids, modified, again, failing, hard]


def told(caller: Caller, ids: list[str]) -> dict:
    """Return what the API answers of each interview, and of all."""
    paths = ["/interviews?limit=100", "/interviews?q=O'NEILL", "/tenant/settings"]
    for each in ids:
        run = caller.get(f"/interviews/{each}").json["runId"]
        paths += [f"/interviews/{each}{part}" for part in PARTS]
        paths += [f"/interviews/{run}/status", f"/workflow/interviews/{each}/history"]
    answers = {path: caller.get(path) for path in paths}
    return {path: [answer.status_code, answer.json] for path, answer in answers.items()}


def main(url: str, answers: Path) -> None:
    engine = make_engine(database_url(url, Path()))
    schema.upgrade(engine)
    database = Database(engine)
    app = create_app(Settings(jwt_secret_key=SECRET, database_url=url), database=database)
    noted = {}
    for tenant in ("acme", "globex"):
        caller, repository = Caller(app, tenant), Repository(database, tenant)
        caller.put("/tenant/settings", {"webhookUrl": f"https://{tenant}.example.com/hook"})
        caller.post("/tenant/webhook/secret")
        ids = live(caller, repository, by_model=tenant == "globex")
        noted[tenant] = told(caller, ids)
    answers.write_text(json.dumps(noted, ensure_ascii=False, indent=0))
    engine.dispose()


main(sys.argv[1], Path(sys.argv[2]))
