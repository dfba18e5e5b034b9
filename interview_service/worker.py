"""The background worker: plans and assesses interviews, delivers webhooks, sweeps.

Each task asks the database what there is to do, so a task that is lost, late or done twice does no
harm. Hints make it quick; the sweep makes it certain.
"""

import logging
import re
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

from huey.consumer import Consumer

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain import transcript as said
from interview_service.domain.clock import clock
from interview_service.domain.errors import (
    DatabaseUnavailable,
    InterviewNotFound,
    InterviewServiceError,
)
from interview_service.domain.interview import Brief
from interview_service.domain.plan import PlanStructure
from interview_service.engines.base import Engine, EngineError
from interview_service.hints import Pair, make_queue, register
from interview_service.lifecycle import Work, WorkKind
from interview_service.repository import (
    Repository,
    due_deliveries,
    due_interviews,
    tenants_with_long_lists,
    tenants_with_old_keys,
)
from interview_service.settings import Settings
from interview_service.webhooks.transport import Transport

log = logging.getLogger(__name__)

SWEEP_SECONDS = 1.0
SWEEP_LIMIT = 200
PLACES = 200
KEYS_SECONDS = 3600.0
LISTS_SECONDS = 60.0
GRACE_SECONDS = 25

Lane = tuple[str, str]
"""A tenant and how the URLs of one of its receivers begin; an empty beginning stands for them all.
Its posts under way are counted, so that no lane holds up the others."""

_RECEIVER = re.compile(r"https?://[^/?#]*[/?#]?", re.IGNORECASE)


class Turns:
    """Interviews that wait to be advanced; their tenants take turns, an interview each time.

    What failed before has turns of its own. So neither a tenant with much to do nor interviews that
    fail for ever hold up the others. Each of these lines has `PLACES`; what finds none is left to
    the sweep.
    """

    def __init__(self) -> None:
        self._lines: OrderedDict[tuple[str, bool], OrderedDict[str, None]] = OrderedDict()
        self._changed = threading.Condition()
        self._closed = False

    def add(self, tenant_id: str, interview_id: str, *, failed: bool = False) -> None:
        """Have an interview wait for its turn, once."""
        with self._changed:
            line = self._lines.setdefault((tenant_id, failed), OrderedDict())
            if len(line) < PLACES:
                line[interview_id] = None
                self._changed.notify()

    def take(self, *, wait: bool) -> Pair | None:
        """Return who is next; None when this is closed or, unless it is waited for, empty."""
        with self._changed:
            while wait and not self._lines and not self._closed:
                self._changed.wait()
            if self._closed or not self._lines:
                return None
            whose, line = self._lines.popitem(last=False)
            interview_id, _ = line.popitem(last=False)
            if line:
                self._lines[whose] = line  # behind all others
            return whose[0], interview_id

    def busy_tenants(self, *, failed: bool) -> list[str]:
        """Return the tenants that have enough waiting for now."""
        with self._changed:
            return [
                tenant_id
                for (tenant_id, of_failed), line in self._lines.items()
                if of_failed is failed and len(line) > PLACES // 2
            ]

    def close(self) -> None:
        """Give nobody anything more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Worker:
    """Does the background work of every tenant.

    :param lease: how long an engine may take before another worker tries.
    :param delivery_threads: how many posts may be under way at the same time: half of them to one
        tenant's receivers, an eighth to one receiver, and one at least.
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        transport: Transport,
        *,
        lease: timedelta,
        delivery_threads: int = 16,
    ) -> None:
        self._database = database
        self._engine = engine
        self._transport = transport
        self._lease = lease
        self._turns = Turns()
        self._delivery_threads = delivery_threads
        self._posting: Counter[Lane] = Counter()
        self._posted: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._deliverers = ThreadPoolExecutor(delivery_threads, "deliver")
        self._stopped = threading.Event()
        self._sweep_wanted = threading.Event()
        self._more_is_due = self._database_is_away = False
        self._counts = 0

    def repository(self, tenant_id: str) -> Repository:
        """Return the repository of a tenant; what it would wake is looked at again at once."""
        return Repository(self._database, tenant_id, wake=self.deliver_soon)

    # --- one interview

    def look_at(self, tenant_id: str, interview_id: str) -> None:
        """Do whatever an interview has to do."""
        self.advance(tenant_id, interview_id)
        self.deliver_soon(tenant_id, interview_id)

    def advance(self, tenant_id: str, interview_id: str) -> None:
        """Have an interview's plan or assessment written, where it is due."""
        repository = self.repository(tenant_id)
        version = None
        try:
            work = lifecycle.begin_work(repository, interview_id, self._lease)
            if work is None:
                return
            version = work.version
            self._do(repository, work)
        except InterviewNotFound:
            return  # deleted meanwhile
        except DatabaseUnavailable:
            raise
        except EngineError as error:
            lifecycle.record_failure(repository, interview_id, version, str(error))
        except Exception:
            what = "The work cannot begin" if version is None else "The engine failed"
            log.exception(what.lower(), extra={"interview_id": interview_id})
            lifecycle.record_failure(repository, interview_id, version, what)

    def _do(self, repository: Repository, work: Work) -> None:
        brief, plan, feedback = _without_names(work)
        wishes = (feedback,) if feedback else ()
        if work.kind is WorkKind.PLAN:
            drafted = self._engine.plan(brief, wishes)
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
        masked = said.anonymised(original, work.candidate_name)
        draft = self._engine.assess(brief, plan, masked.transcript, wishes)
        _refuse(draft.result.faults(plan, masked.transcript))
        result = masked.restored(draft.result)
        lifecycle.attach_assessment(
            repository, work.interview_id, work.version, result, draft.provenance.to_dict()
        )

    # --- webhooks

    def deliver_soon(self, tenant_id: str, interview_id: str) -> None:
        """Deliver an interview's events on a thread of their own, in order, where one is due."""
        try:
            url = lifecycle.due_url(Repository(self._database, tenant_id), interview_id)
        except DatabaseUnavailable:
            return  # the sweep will see to it
        if url is not None:
            self._post_soon(tenant_id, interview_id, url)

    def _post_soon(self, tenant_id: str, interview_id: str, url: str) -> None:
        """Have an interview's events posted, where its receiver and its tenant are not busy.

        Receivers that are slow or dead keep a few threads busy and no more; the sweep brings what
        had to be left.
        """
        key = (tenant_id, interview_id)
        lanes = _lanes(tenant_id, url)
        with self._lock:
            if self._stopped.is_set() or key in self._posted or self._is_full():
                return
            if any(self._posting[lane] >= self._room(lane) for lane in lanes):
                return
            self._posting.update(lanes)
            self._posted.add(key)
        self._deliverers.submit(self._deliver, tenant_id, interview_id, lanes)

    def _room(self, lane: Lane) -> int:
        _, receiver = lane
        return max(1, self._delivery_threads // (8 if receiver else 2))

    def _is_full(self) -> bool:
        """Tell whether as many posts wait for a thread as there are threads."""
        return len(self._posted) >= 2 * self._delivery_threads

    def _busy(self) -> set[Lane]:
        with self._lock:
            return {lane for lane, posts in self._posting.items() if posts >= self._room(lane)}

    def _deliver(self, tenant_id: str, interview_id: str, lanes: list[Lane]) -> None:
        try:
            while not self._stopped.is_set() and self.deliver(tenant_id, interview_id):
                pass
        except InterviewServiceError as error:
            log.warning("delivery put off: %s", error, extra={"interview_id": interview_id})
        except Exception:
            log.exception("delivery failed", extra={"interview_id": interview_id})
        finally:
            with self._lock:
                self._posting -= Counter(lanes)
                self._posted.discard((tenant_id, interview_id))

    def deliver(self, tenant_id: str, interview_id: str) -> bool:
        """Post the event of an interview that is due; False where none is."""
        repository = Repository(self._database, tenant_id)
        post = lifecycle.begin_delivery(repository, interview_id)
        if post is None:
            return False
        outcome = self._transport.send(post.url, post.body, post.headers)
        lifecycle.record_delivery(repository, post, outcome)
        return True

    # --- the sweep

    def sweep(self) -> None:
        """Find whatever is due and do it, here and now."""
        self.sweep_deliveries()
        self.sweep_interviews()
        while (following := self._turns.take(wait=False)) is not None:
            self.look_at(*following)

    def sweep_deliveries(self) -> None:
        """Have every event posted that is due and whose receiver is not busy."""
        busy: set[Lane] = set()
        more = True
        while more:
            busy |= self._busy()
            due = due_deliveries(self._database, clock.now(), SWEEP_LIMIT, busy)
            for each in due:
                self._post_soon(*each)
            more = len(due) == SWEEP_LIMIT and not self._is_full() and not self._busy() <= busy

    def sweep_interviews(self) -> None:
        """Find interviews that are due: what a lost hint left behind, retries, dead workers'."""
        more = False
        for failed in (False, True):
            busy = self._turns.busy_tenants(failed=failed)
            due = due_interviews(
                self._database,
                clock.now(),
                self._lease,
                SWEEP_LIMIT,
                failed=failed,
                but_tenants=busy,
            )
            for tenant_id, interview_id in due:
                self._turns.add(tenant_id, interview_id, failed=failed)
            more = more or bool(busy) or len(due) == SWEEP_LIMIT
        self._more_is_due = more

    def look_at_soon(self, tenant_id: str, interview_id: str) -> None:
        """Have an interview looked at when it is its tenant's turn: what a hint asks for."""
        self._turns.add(tenant_id, interview_id)

    def keep_advancing(self) -> None:
        """Look at what waits, one interview after the other, until `stop`."""
        while (following := self._turns.take(wait=True)) is not None:
            try:
                self.look_at(*following)
            except DatabaseUnavailable:
                self._wait_for_the_database()
            except Exception:
                log.exception("an interview failed", extra={"interview_id": following[1]})
            if self._more_is_due and not self._turns.busy_tenants(failed=False):
                self._sweep_wanted.set()

    def _wait_for_the_database(self) -> None:
        """Leave what is to be done to the sweep; say so once."""
        if not self._database_is_away:
            log.warning("the database is away: waiting for it")
        self._database_is_away = True

    def forget_old_keys(self) -> None:
        """Delete idempotency keys that are past their time."""
        before = clock.now() - timedelta(hours=lifecycle.IDEMPOTENCY_HOURS)
        while tenants := tenants_with_old_keys(self._database, before):
            for tenant_id in tenants:
                lifecycle.forget_keys(Repository(self._database, tenant_id), before)

    def count_lists(self) -> None:
        """Count the older stretches of long lists."""
        self._counts += 1
        for tenant_id in tenants_with_long_lists(self._database):
            repository = Repository(self._database, tenant_id)
            while lifecycle.count_list(repository, self._counts) and not self._stopped.is_set():
                pass

    def keep_sweeping(self) -> None:
        """Sweep every second until `stop`; a database that is away is waited for."""
        keys_at = lists_at = time.monotonic()
        while not self._stopped.is_set():
            try:
                self.sweep_interviews()
                if time.monotonic() >= keys_at:
                    self.forget_old_keys()
                    keys_at = time.monotonic() + KEYS_SECONDS
                if time.monotonic() >= lists_at:
                    self.count_lists()
                    lists_at = time.monotonic() + LISTS_SECONDS
                self._database_is_away = False
            except DatabaseUnavailable:
                self._wait_for_the_database()
            except Exception:
                log.exception("the sweep failed")
            self._sweep_wanted.wait(SWEEP_SECONDS)
            self._sweep_wanted.clear()

    def keep_posting(self) -> None:
        """Find events to post every second until `stop`, however much else there is to sweep."""
        while not self._stopped.wait(SWEEP_SECONDS):
            try:
                self.sweep_deliveries()
            except DatabaseUnavailable:
                continue  # the other sweep says so
            except Exception:
                log.exception("the sweep of events failed")

    def stop(self) -> None:
        """Begin nothing more, and wait for the posts under way."""
        self._stopped.set()
        self._turns.close()
        self._sweep_wanted.set()
        self._deliverers.shutdown(wait=True, cancel_futures=True)


def _lanes(tenant_id: str, url: str) -> list[Lane]:
    receiver = _RECEIVER.match(url)
    return [(tenant_id, ""), (tenant_id, receiver[0] if receiver else url)]


def _without_names(work: Work) -> tuple[Brief, PlanStructure | None, str | None]:
    """Return the brief, the plan and the feedback as an engine may see them.

    A single word of a position, a skill or a company's name stays, even where the candidate's name
    has it too: who is called Ruby may know Ruby.
    """

    def masked(text: str | None) -> str | None:
        return said.masked(text, work.candidate_name) if text else text

    def whole_name_masked(text: str | None) -> str | None:
        return said.masked(text, work.candidate_name, parts=False) if text else text

    brief = replace(
        work.brief,
        position=whole_name_masked(work.brief.position) or "",
        skills=tuple(whole_name_masked(skill) or "" for skill in work.brief.skills),
        job_description=masked(work.brief.job_description),
        company_name=whole_name_masked(work.brief.company_name),
        company_description=masked(work.brief.company_description),
    )
    plan = work.plan and work.plan.reworded(lambda text: masked(text) or "")
    return brief, plan, masked(work.feedback)


def _refuse(faults: list[str]) -> None:
    if faults:
        raise EngineError("The engine's answer is not sound: " + "; ".join(faults[:5]))


class _Consumer(Consumer):  # type: ignore[misc]
    def stop(self, graceful: bool = False) -> None:
        """Say that this is heard: what is under way may take a while."""
        log.info("stopping: the work in hand is finished first")
        super().stop(graceful)


def run(settings: Settings, database: Database, engine: Engine, transport: Transport) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished first."""
    worker = Worker(
        database,
        engine,
        transport,
        lease=_lease(settings),
        delivery_threads=settings.webhook_threads,
    )
    loops = [worker.keep_sweeping, worker.keep_posting]
    loops += [worker.keep_advancing] * settings.worker_threads
    threads = [threading.Thread(target=loop, name=loop.__name__, daemon=True) for loop in loops]
    for each in threads:
        each.start()
    queue = _queue(settings)
    queue.dequeue = _forbearing(queue.dequeue)
    queue.read_schedule = lambda *args: []  # hints are never for later
    register(queue, worker.look_at_soon)
    consumer = _Consumer(
        queue, workers=1, periodic=False, initial_delay=0.05, max_delay=0.5, graceful_signal="TERM"
    )
    try:
        consumer.run()
    finally:
        leave_at = time.monotonic() + GRACE_SECONDS
        worker.stop()
        for each in threads:
            each.join(max(0.0, leave_at - time.monotonic()))
        if any(each.is_alive() for each in threads):
            log.warning("an engine is left at work: what it was asked for is begun again later")


def _queue(settings: Settings) -> Any:
    """Return the queue of hints; one that is away is waited for, as the database is."""
    away = False
    while True:
        try:
            return make_queue(settings)
        except Exception as error:  # noqa: BLE001 (each kind of queue raises its own)
            if not away:
                log.warning("the queue is away: waiting for it: %s", type(error).__name__)
            away = True
            time.sleep(SWEEP_SECONDS)


def _forbearing(dequeue: Callable[[], Any]) -> Callable[[], Any]:
    """Take a queue that is away for an empty one, and say so once: the sweep does its work."""
    away = False

    def attempt() -> Any:
        nonlocal away
        try:
            task = dequeue()
        except Exception as error:  # noqa: BLE001 (each kind of queue raises its own)
            if not away:
                log.warning("the queue is away, the sweep will do: %s", type(error).__name__)
            away = True
            time.sleep(SWEEP_SECONDS)
            return None
        away = False
        return task

    return attempt


def _lease(settings: Settings) -> timedelta:
    """Return how long an engine may keep an interview to itself, with time to spare."""
    thinking = 0 if settings.interview_engine == "builtin" else settings.engine_timeout
    return timedelta(seconds=thinking + 15)
