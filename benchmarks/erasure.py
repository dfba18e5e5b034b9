"""What the erasure of a candidate costs: `python -m benchmarks.erasure --rows 1000000`.

Beside that many interviews of the tenant, on SQLite and PostgreSQL. Each of the candidate's
interviews has gone through its life: a plan made twice, a transcript, two scorecards, an
assessment, a verdict, and events that wait for their receiver.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.background import BENCH, DETAILS
from benchmarks.cpu import CpuClock
from benchmarks.data import TENANT, fill
from benchmarks.databases import Databases
from interview_service import lifecycle
from interview_service.database.engine import make_engine
from interview_service.database.session import Database
from interview_service.domain.assessment import Recommendation
from interview_service.domain.judging import Verdict
from interview_service.domain.roles import Role
from interview_service.domain.transcript import Turn
from interview_service.domain.workflow import Transition
from interview_service.engines.builtin import BuiltinEngine
from interview_service.repository import Repository
from interview_service.transcripts.turns import ParsedTranscript
from interview_service.worker import LEASE
from interview_service.worker.advancing import Advancer

EMAIL = "erased@example.com"
_HOOK = {"callback_url": "https://ats.example.com/hook"}
_TURNS = 200
_SAID = "I moved our billing to TypeScript, because wrong types had cost us two outages. " * 3
_REASON = "More about how the candidate works with others"


def main() -> None:
    """Fill a database, erase a candidate, and print how long it took."""
    parser = argparse.ArgumentParser(prog="benchmarks.erasure", description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000, help="interviews of the tenant")
    parser.add_argument("--interviews", type=int, default=40, help="of the candidate")
    parser.add_argument("--backends", default="sqlite,postgresql")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name, Databases(Path(name)) as made:
        for backend in chosen.backends.split(","):
            if not made.can_make(backend):
                continue
            url = made.make(backend)
            fill(url, chosen.rows)
            made.settle(backend)
            print(f"{backend}, {chosen.rows:,} interviews")
            database = Database(make_engine(url))
            _measure(database, chosen.interviews)
            database.engine.dispose()


def _measure(database: Database, interviews: int) -> None:
    clock = CpuClock(database)
    repository = Repository(database, TENANT)
    advancer = Advancer(lambda tenant: Repository(database, tenant), BuiltinEngine(), LEASE)
    ids = [_lived(repository, advancer) for _ in range(interviews)]
    before = time.perf_counter()
    exported = sum(1 for _ in lifecycle.export(repository, EMAIL, BENCH))
    reading = time.perf_counter() - before
    print(f"  {exported} interviews of the candidate found in {reading * 1000:.0f} ms")
    _report("  half of them one by one", [_timed(repository, each) for each in ids[::2]])
    before, used = time.perf_counter(), clock.seconds()
    erased = lifecycle.erase_candidate(repository, EMAIL, BENCH)
    took = (time.perf_counter() - before) * 1000
    spent = (clock.seconds() - used) * 1000
    print(f"  the other {len(erased)} in one call: {took:.0f} ms, {spent:.0f} ms of it CPU time")


def _timed(repository: Repository, interview_id: str) -> float:
    before = time.perf_counter()
    lifecycle.erase_interview(repository, interview_id, BENCH)
    return (time.perf_counter() - before) * 1000


def _report(what: str, milliseconds: list[float]) -> None:
    middle, worst = statistics.median(milliseconds), max(milliseconds)
    print(f"{what}: {sum(milliseconds):.0f} ms, median {middle:.1f} ms, longest {worst:.1f} ms")


def _lived(repository: Repository, advancer: Advancer) -> str:
    """Bring an interview of the candidate to its verdict, and return its id."""
    admin = lifecycle.Actor("bench", Role.ADMIN.permissions)
    details = {**DETAILS, **_HOOK, "candidate_email": EMAIL}
    interview, _ = lifecycle.create(repository, details, admin)

    def take(name: Transition, verdict: Verdict | None = None) -> None:
        reason = _REASON if verdict is None else None
        lifecycle.transition(repository, interview.id, name, admin, reason=reason, verdict=verdict)

    advancer.advance(TENANT, interview.id)
    take(Transition.MODIFY)
    advancer.advance(TENANT, interview.id)
    take(Transition.APPROVE)
    take(Transition.START)
    turns = (Turn(("Ada", "Jane Smith")[n % 2], f"{n}: {_SAID}", None) for n in range(_TURNS))
    parsed = ParsedTranscript(tuple(turns), ())
    lifecycle.put_transcript(repository, interview.id, parsed, admin)
    for author in ("ada", "grace"):
        card = lifecycle.GivenScorecard((), Recommendation.HIRE, _SAID, submitted=True)
        lifecycle.put_scorecard(repository, interview.id, card, lifecycle.Actor(author))
    take(Transition.COMPLETE)
    advancer.advance(TENANT, interview.id)
    take(Transition.APPROVE_ASSESSMENT, Verdict(Recommendation.HIRE))
    return interview.id


if __name__ == "__main__":
    main()
