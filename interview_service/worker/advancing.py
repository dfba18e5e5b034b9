"""Has an interview's plan or assessment written by the engine, under a lease that is renewed."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from interview_service import lifecycle
from interview_service.domain.errors import DatabaseUnavailable, InterviewNotFound
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.engines.base import Engine, EngineError
from interview_service.lifecycle import Work, WorkKind
from interview_service.repository import Repository
from interview_service.transcripts import anonymity

log = logging.getLogger(__name__)


class _Lease:
    """What keeps an interview to this worker while the engine works on it."""

    def __init__(self, repository: Repository, work: Work) -> None:
        self.repository = repository
        self.interview_id = work.interview_id
        self.version = work.version
        self.until: datetime = work.leased_until


class Advancer:
    """Advances interviews, one in each thread that calls it.

    :param repository_of: makes the repository of a tenant.
    :param lease: how long an interview is kept to this worker unless the lease is renewed.
    """

    def __init__(
        self, repository_of: Callable[[str], Repository], engine: Engine, lease: timedelta
    ) -> None:
        self._repository_of = repository_of
        self._engine = engine
        self._lease = lease
        self._held: set[_Lease] = set()
        self._lock = threading.Lock()

    def advance(self, tenant_id: str, interview_id: str) -> None:
        """Have an interview's plan or assessment written, where it is due.

        :raise DatabaseUnavailable: the interview is left to whoever finds it due later.
        """
        repository = self._repository_of(tenant_id)
        version = None
        held = None
        try:
            work = lifecycle.begin_work(repository, interview_id, self._lease)
            if work is None:
                return
            version = work.version
            held = _Lease(self._repository_of(tenant_id), work)
            with self._lock:
                self._held.add(held)
            self._do(repository, work, held)
        except InterviewNotFound:
            return  # deleted meanwhile
        except DatabaseUnavailable:
            raise
        except EngineError as error:
            self._let_go(held)
            lifecycle.record_failure(repository, interview_id, version, str(error))
        except Exception:
            self._let_go(held)
            what = "The work cannot begin" if version is None else "The engine failed"
            log.exception(what.lower(), extra={"interview_id": interview_id})
            lifecycle.record_failure(repository, interview_id, version, what)
        finally:
            self._let_go(held)

    def renew_leases(self) -> None:
        """Keep what the engine works on from other workers for another while.

        A lease that somebody else holds by now is left to them.

        :raise DatabaseUnavailable: some leases may not be renewed.
        """
        with self._lock:
            held = list(self._held)
        for each in held:
            until = lifecycle.renew_lease(
                each.repository, each.interview_id, each.version, each.until, self._lease
            )
            if until is None:
                self._let_go(each)
            else:
                each.until = until

    def _let_go(self, held: _Lease | None) -> None:
        with self._lock:
            self._held.discard(held)

    def _do(self, repository: Repository, work: Work, held: _Lease) -> None:
        brief, plan, feedback = _without_names(work)
        if work.kind is WorkKind.PLAN:
            drafted = self._engine.plan(brief, feedback)
            self._let_go(held)
            _refuse(drafted.result.faults())
            lifecycle.attach_plan(
                repository,
                work.interview_id,
                work.version,
                drafted.result,
                drafted.provenance.to_dict(),
            )
            return
        assert plan is not None
        assert work.transcript is not None
        original = work.transcript
        masked = anonymity.anonymised(original, work.candidate_name, work.candidate_speaker)
        draft = self._engine.assess(brief, plan, masked.transcript, feedback)
        self._let_go(held)
        _refuse(draft.result.faults(plan, masked.transcript))
        result = masked.restored(draft.result)
        lifecycle.attach_assessment(
            repository, work.interview_id, work.version, result, draft.provenance.to_dict()
        )


def _without_names(work: Work) -> tuple[Brief, PlanStructure | None, tuple[str, ...]]:
    """Return the brief, the plan and the feedback as an engine may see them.

    A single word of a position, a skill or a company's name stays, even where the candidate's name
    has it too: who is called Ruby may know Ruby.
    """

    def masked(text: str | None) -> str | None:
        return anonymity.masked(text, work.candidate_name) if text else text

    def whole_name_masked(text: str | None) -> str | None:
        return anonymity.masked(text, work.candidate_name, parts=False) if text else text

    brief = replace(
        work.brief,
        position=whole_name_masked(work.brief.position) or "",
        skills=tuple(whole_name_masked(skill) or "" for skill in work.brief.skills),
        job_description=masked(work.brief.job_description),
        company_name=whole_name_masked(work.brief.company_name),
        company_description=masked(work.brief.company_description),
    )
    plan = work.plan and work.plan.reworded(lambda text: masked(text) or "")
    return brief, plan, tuple(masked(wish) or "" for wish in work.feedback)


def _refuse(faults: list[str]) -> None:
    if faults:
        raise EngineError("The engine's answer is not sound: " + "; ".join(faults[:5]))
