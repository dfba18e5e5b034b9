"""The background worker: has plans and assessments written, posts events, sends mails, tidies up.

The database is the queue. Whatever is due stands there; a worker asks for it every quarter of a
second, and at once when it is told that there is something.
"""

import logging
import signal
import threading
import time
from contextlib import suppress
from datetime import timedelta

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.accounts import FAILURE_WINDOW
from interview_service.domain.audit import KEPT
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import DatabaseUnavailable, DiskFull
from interview_service.domain.feed import DELETIONS_KEPT
from interview_service.domain.mail import FAILED_KEPT
from interview_service.domain.outbox import WEBHOOK
from interview_service.domain.watching import BEAT, FORGOTTEN
from interview_service.engines.base import Engine
from interview_service.engines.isolated import IsolatedEngine
from interview_service.lifecycle import audit, mails, sessions
from interview_service.mail.messages import MessageWriter
from interview_service.mail.transport import MailTransport
from interview_service.repository import (
    Repository,
    due_interviews,
    is_anything_due,
    tenants_with_old_audit_entries,
    tenants_with_old_deletions,
    tenants_with_old_keys,
    tenants_with_old_mails,
    tenants_with_old_sessions,
    tenants_with_retention,
)
from interview_service.repository.directory import Directory
from interview_service.repository.watching import Watch
from interview_service.settings import Settings
from interview_service.wakeups import WakeupReceiver
from interview_service.webhooks.transport import Outcome, Transport
from interview_service.worker.advancing import Advancer
from interview_service.worker.mailing import Mailer
from interview_service.worker.posting import Poster
from interview_service.worker.turns import TenantTurns

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
"""How long an interview is left alone after the worker that had it in hand has died."""

POLL_SECONDS = 0.25
STRAYS_SECONDS = 10.0
FULL_DISK_SECONDS = 2.0
SWEEP_LIMIT = 200
KEYS_SECONDS = 3600.0
ERASED_AT_ONCE = 50
GRACE_SECONDS = 25

_MOST_READS = 50  # of one sweep; the next one goes on where it left off
_LINGER = 0.01  # seconds in which wake-ups come together, at the price of that much delay


class Worker:
    """Does the background work of every tenant.

    :param lease: how long an interview stays with this worker unless the lease is renewed.
    :param delivery_threads: how many posts that do not hang may be under way at the same time.
    :param mail: what writes mails and what hands them over; None where none are sent.
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        transport: Transport,
        *,
        lease: timedelta = LEASE,
        delivery_threads: int = 16,
        mail: tuple[MessageWriter, MailTransport] | None = None,
    ) -> None:
        self._database = database
        self._lease = lease
        self._turns = TenantTurns()
        self._poster = Poster(database, transport, delivery_threads)
        self._advancer = Advancer(self._repository, engine, lease)
        self._stopped = threading.Event()
        self._wanted = threading.Event()
        self._mailer = None
        if mail is not None:
            self._mailer = Mailer(database, self._repository, *mail, self.wake)
        self._more_is_due = self._database_is_unreachable = False
        self._watch = Watch(database)
        self._started_at = clock.now()
        self._id = new_id(self._started_at)
        self._beats_at = 0.0

    def _repository(self, tenant_id: str) -> Repository:
        """Return the repository of a tenant; events and mails that it leaves are sent soon."""
        sends_mail = self._mailer is not None
        return Repository(self._database, tenant_id, wake=self._begin_soon, sends_mail=sends_mail)

    def _begin_soon(self, tenant_id: str, interview_id: str) -> None:
        if interview_id == lifecycle.MAIL:
            self.wake()
        else:
            self._poster.deliver_soon(tenant_id, interview_id)

    def advance(self, tenant_id: str, interview_id: str) -> None:
        """Have an interview's plan or assessment written, where it is due."""
        self._advancer.advance(tenant_id, interview_id)

    def deliver(self, tenant_id: str, interview_id: str, line: str = WEBHOOK) -> Outcome | None:
        """Post the event in a line of an interview that is due; None where none is."""
        return self._poster.deliver(tenant_id, interview_id, line)

    def renew_leases(self) -> None:
        """Keep what is in hand from other workers for another while."""
        self._advancer.renew_leases()

    # --- what is due

    def sweep(self) -> None:
        """Find whatever is due and do it, here and now."""
        self.sweep_deliveries()
        self.sweep_interviews()
        while (following := self._turns.take(wait=False)) is not None:
            self.advance(*following)
        if self._mailer is not None:
            self._mailer.sweep()
            self._mailer.send_waiting()

    def sweep_deliveries(self) -> None:
        """Find every event that is due, and post those whose turn it is."""
        self._poster.sweep()

    def sweep_mails(self) -> None:
        """Have mails that are due wait for their turns."""
        if self._mailer is not None:
            self._mailer.sweep()

    def sweep_interviews(self) -> None:
        """Have interviews that are due wait for their turns.

        A tenant that has something waiting is left out, so that those behind it are found.
        """
        more = False
        for failed in (False, True):
            for _ in range(_MOST_READS):
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
                if len(due) < SWEEP_LIMIT:
                    break
        self._more_is_due = more

    def poll(self) -> None:
        """Ask the database whether anything is due and, where it is, find out what."""
        self._poster.begin_posts()  # a post that hangs makes room for others
        if is_anything_due(self._database, clock.now(), mail=self._mailer is not None):
            self.sweep_interviews()
            self.sweep_deliveries()
            self.sweep_mails()

    def wake(self) -> None:
        """Have the database asked at once."""
        self._wanted.set()

    def say_alive(self) -> None:
        """Note in the database that this worker looks for work, every `BEAT`.

        While the disk is full it is tried more often: who can write again can work again.
        """
        if time.monotonic() < self._beats_at:
            return
        self._beats_at = time.monotonic() + BEAT.total_seconds()
        try:
            self._watch.beat(self._id, self._started_at, clock.now())
        except DiskFull:
            self._beats_at = time.monotonic() + FULL_DISK_SECONDS

    def say_stopped(self) -> None:
        """Note in the database that this worker has stopped."""
        with suppress(DatabaseUnavailable):
            self._watch.note_stop(self._id, clock.now())

    # --- the loops, each on threads of its own until `stop`

    def keep_polling(self) -> None:
        """Poll every quarter of a second, and at once when woken.

        From time to time everything is swept, to find what is due too far ahead to be true: it was
        put off before the clock went back.
        """
        strays_at = 0.0
        while not self._stopped.is_set():
            try:
                self.say_alive()
                if self._database.met_full_disk:
                    pass  # whatever is due begins with a write
                elif time.monotonic() >= strays_at:
                    strays_at = time.monotonic() + STRAYS_SECONDS
                    self.sweep_interviews()
                    self.sweep_deliveries()
                    self.sweep_mails()
                else:
                    self.poll()
                self._database_is_unreachable = False
            except DatabaseUnavailable:
                self._wait_for_the_database()
            except Exception:
                log.exception("polling failed")
            if self._wanted.wait(POLL_SECONDS):
                self._stopped.wait(_LINGER)
            self._wanted.clear()

    def keep_advancing(self) -> None:
        """Advance what waits, one interview after the other."""
        while (following := self._turns.take(wait=True)) is not None:
            try:
                self.advance(*following)
            except DatabaseUnavailable:
                self._wait_for_the_database()
            except Exception:
                log.exception("an interview failed", extra={"interview_id": following[1]})
            if self._more_is_due and not self._turns.busy_tenants(failed=False):
                self._wanted.set()

    def keep_mailing(self) -> None:
        """Send mails, one after the other."""
        if self._mailer is not None:
            self._mailer.keep_sending()

    def keep_renewing(self) -> None:
        """Renew the leases of what is in hand well before they run out."""
        while not self._stopped.wait(self._lease.total_seconds() / 3):
            try:
                self.renew_leases()
            except DatabaseUnavailable:
                continue  # the polling says so
            except Exception:
                log.exception("a lease could not be renewed")

    def keep_tidying(self) -> None:
        """Delete and erase what is past its time, at the start and every hour."""
        while not self._stopped.is_set():
            pause = KEYS_SECONDS
            try:
                self.tidy()
            except DatabaseUnavailable:
                pause = STRAYS_SECONDS
            except Exception:
                log.exception("tidying up failed")
            self._stopped.wait(pause)

    def tidy(self) -> None:
        """Delete what is past its time: keys, sessions, links, failures, audit, mails, workers.

        Candidates' data is erased last, for there may be much of it.
        """
        self.forget_old_keys()
        self.forget_old_deletions()
        now = clock.now()
        for tenant_id in tenants_with_old_sessions(self._database, now):
            sessions.end_what_is_old(Repository(self._database, tenant_id))
        for tenant_id in tenants_with_old_audit_entries(self._database, now - KEPT):
            audit.forget_audit_entries(Repository(self._database, tenant_id))
        for tenant_id in tenants_with_old_mails(self._database, now - FAILED_KEPT):
            mails.forget_failed_mails(Repository(self._database, tenant_id))
        directory = Directory(self._database, self._repository)
        directory.forget_failures(now - FAILURE_WINDOW)
        self._watch.forget_workers(now - FORGOTTEN)
        self.erase_candidates()

    def erase_candidates(self) -> None:
        """Erase candidates' data that is past its time, of each tenant a few in turn."""
        actor = lifecycle.Actor(lifecycle.SERVICE)
        waiting = tenants_with_retention(self._database)
        while waiting and not self._stopped.is_set():
            again = []
            for tenant_id in waiting:
                repository = self._repository(tenant_id)
                try:
                    found = lifecycle.erase_expired(repository, actor, limit=ERASED_AT_ONCE)
                except DatabaseUnavailable:
                    raise
                except Exception:
                    log.exception("a tenant's old data could not be erased")
                    continue
                if found == ERASED_AT_ONCE:
                    again.append(tenant_id)
            waiting = again

    def forget_old_keys(self) -> None:
        """Delete idempotency keys that are past their time."""
        before = clock.now() - timedelta(hours=lifecycle.IDEMPOTENCY_HOURS)
        while tenants := tenants_with_old_keys(self._database, before):
            for tenant_id in tenants:
                lifecycle.forget_keys(Repository(self._database, tenant_id), before)

    def forget_old_deletions(self) -> None:
        """Delete what the feeds of changes need not tell any more."""
        before = clock.now() - DELETIONS_KEPT
        while tenants := tenants_with_old_deletions(self._database, before):
            for tenant_id in tenants:
                lifecycle.forget_deletions(Repository(self._database, tenant_id), before)

    def stop(self) -> None:
        """Begin nothing more, and wait for the posts under way."""
        self._stopped.set()
        self._turns.close()
        self._wanted.set()
        if self._mailer is not None:
            self._mailer.stop()
        self._poster.stop()

    def _wait_for_the_database(self) -> None:
        """Leave the work to a later poll; log once that the database is unreachable."""
        if not self._database_is_unreachable:
            log.warning("the database is unreachable: waiting for it")
        self._database_is_unreachable = True


def run(
    settings: Settings,
    database: Database,
    engine: Engine,
    transport: Transport,
    mail: tuple[MessageWriter, MailTransport] | None = None,
) -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished first."""
    told_to_stop = threading.Event()
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda signum, frame: told_to_stop.set())
    _remove_old_queue(settings)
    if isinstance(engine, IsolatedEngine):
        engine.start()
    worker = Worker(
        database, engine, transport, delivery_threads=settings.webhook_threads, mail=mail
    )
    loops = [worker.keep_polling, worker.keep_renewing, worker.keep_tidying, worker.keep_mailing]
    loops += [worker.keep_advancing] * settings.worker_threads
    threads = [threading.Thread(target=loop, name=loop.__name__, daemon=True) for loop in loops]
    for each in threads:
        each.start()
    with WakeupReceiver(settings, worker.wake):
        told_to_stop.wait()
    log.info("stopping: the work in hand is finished first")
    leave_at = time.monotonic() + GRACE_SECONDS
    worker.stop()
    for each in threads:
        each.join(max(0.0, leave_at - time.monotonic()))
    worker.say_stopped()
    if any(each.is_alive() for each in threads):
        log.warning("work is left unfinished: it is begun again later")


def _remove_old_queue(settings: Settings) -> None:
    """Remove the file of hints that version 0.1 kept beside the database: nothing reads it."""
    for suffix in ("", "-wal", "-shm"):
        path = settings.instance_path / f"queue.db{suffix}"
        try:
            path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning("%s is of no use any more and cannot be removed: %s", path, error.strerror)
        else:
            log.info("removed %s: the database is the queue now", path)
