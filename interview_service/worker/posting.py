"""Posts the events of the outbox, on threads of their own."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.clock import clock
from interview_service.domain.errors import DatabaseUnavailable, InterviewServiceError
from interview_service.domain.outbox import WEBHOOK
from interview_service.repository import Repository, due_deliveries, due_webhook_tests
from interview_service.webhooks.transport import TIMEOUT, Outcome, Transport
from interview_service.worker.turns import HANGING_SECONDS, PostTurns, Turn

log = logging.getLogger(__name__)

SWEEP_LIMIT = 200

_MOST_READS = 50  # of one sweep; the next one goes on where it left off
_MOST_BUSY = 100

_THREADS_A_PLACE = int(TIMEOUT / HANGING_SECONDS) + 1
"""Each place is free again when its post hangs, and such a post ends at the time limit."""


class Poster:
    """Posts what is due, each interview's events to a receiver in order.

    :param places: how many posts that do not hang may be under way at the same time.
    """

    def __init__(self, database: Database, transport: Transport, places: int) -> None:
        self._database = database
        self._transport = transport
        self._turns = PostTurns(places)
        self._threads = ThreadPoolExecutor(places * _THREADS_A_PLACE, "deliver")
        self._stopped = threading.Event()

    def deliver_soon(self, tenant_id: str, interview_id: str) -> None:
        """Have an interview's events posted when it is their turn, where any are due."""
        try:
            urls = lifecycle.due_urls(Repository(self._database, tenant_id), interview_id)
        except DatabaseUnavailable:
            return  # the sweep will see to it
        for line, url in urls.items():
            self._turns.add(tenant_id, interview_id, url, line)
        if urls:
            self.begin_posts()

    def sweep(self) -> None:
        """Find the events that are due, and post those that may be posted now.

        A receiver that has something waiting is left out: so those that are behind it in the
        database are found, however much there is for it.
        """
        for tenant_id, url in due_webhook_tests(self._database, clock.now(), SWEEP_LIMIT):
            self._turns.add(tenant_id, lifecycle.WEBHOOK_TEST, url)
        for _ in range(_MOST_READS):
            busy = self._turns.busy()
            if len(busy) > _MOST_BUSY:  # too many to be named one by one
                busy = {(tenant_id, "") for tenant_id, _ in busy}
            due = due_deliveries(self._database, clock.now(), SWEEP_LIMIT, busy)
            for tenant_id, interview_id, line, url in due:
                self._turns.add(tenant_id, interview_id, url, line)
            self.begin_posts()
            if len(due) < SWEEP_LIMIT:
                return

    def begin_posts(self) -> None:
        """Begin every post whose turn it is."""
        while not self._stopped.is_set() and (turn := self._turns.take()) is not None:
            try:
                self._threads.submit(self._post, turn)
            except RuntimeError:  # stopped meanwhile
                self._turns.done(turn, answered_well=None)

    def _post(self, turn: Turn) -> None:
        outcome = None
        try:
            outcome = self.deliver(turn.tenant_id, turn.interview_id, turn.line)
        except InterviewServiceError as error:
            log.warning("delivery put off: %s", error, extra={"interview_id": turn.interview_id})
        except Exception:
            log.exception("delivery failed", extra={"interview_id": turn.interview_id})
        finally:
            answered_well = None if outcome is None else outcome.delivered
            self._turns.done(turn, answered_well=answered_well)
        if outcome is not None and turn.interview_id != lifecycle.WEBHOOK_TEST:
            self.deliver_soon(turn.tenant_id, turn.interview_id)
        self.begin_posts()

    def deliver(self, tenant_id: str, interview_id: str, line: str = WEBHOOK) -> Outcome | None:
        """Post the event in a line of an interview, or the test, that is due; None for none."""
        repository = Repository(self._database, tenant_id)
        if interview_id == lifecycle.WEBHOOK_TEST:
            return self._test(repository)
        post = lifecycle.begin_delivery(repository, interview_id, line)
        if post is None:
            return None
        outcome = self._transport.send(post.url, post.body, post.headers)
        lifecycle.record_delivery(repository, post, outcome)
        return outcome

    def _test(self, repository: Repository) -> Outcome | None:
        post = lifecycle.take_webhook_test(repository)
        if post is None:
            return None
        outcome = self._transport.send(post.url, post.body, post.headers)
        lifecycle.record_webhook_test(repository, post, outcome)
        return outcome

    def stop(self) -> None:
        """Begin nothing more, and wait for the posts under way."""
        self._stopped.set()
        self._threads.shutdown(wait=True, cancel_futures=True)
