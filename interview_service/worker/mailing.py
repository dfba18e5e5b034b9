"""Sends the mails that are due, one at a time, on a thread of its own.

There is one mail server: where it hangs, it holds this thread and nothing else. Tenants take turns,
and mails that failed before have turns of their own.
"""

import logging
from collections.abc import Callable

from interview_service import lifecycle
from interview_service.database.session import Database
from interview_service.domain.clock import clock
from interview_service.domain.errors import DatabaseUnavailable
from interview_service.domain.mail import Letter, MailOutcome, Result
from interview_service.lifecycle.forgotten import answer_password_requests
from interview_service.mail.messages import MessageWriter
from interview_service.mail.transport import MailTransport
from interview_service.repository import Repository, due_mails
from interview_service.repository.directory import Directory
from interview_service.worker.turns import TenantTurns

log = logging.getLogger(__name__)

SWEEP_LIMIT = 200

_MOST_READS = 50  # of one sweep; the next one goes on where it left off


class Mailer:
    """Sends mails to the users of every tenant.

    :param repository_of: makes the repository of a tenant.
    :param wake: has the database asked for more.
    """

    def __init__(
        self,
        database: Database,
        repository_of: Callable[[str], Repository],
        writer: MessageWriter,
        transport: MailTransport,
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._repository_of = repository_of
        self._directory = Directory(database, repository_of)
        self._writer = writer
        self._transport = transport
        self._wake = wake
        self._turns = TenantTurns()
        self._more_is_due = False

    def sweep(self) -> None:
        """Answer who asked for a new password, and have mails that are due wait for their turns.

        A tenant that has something waiting is left out, so that those behind it are found.
        """
        answer_password_requests(self._directory)
        more = False
        for failed in (False, True):
            for _ in range(_MOST_READS):
                busy = self._turns.busy_tenants(failed=failed)
                due = due_mails(
                    self._database, clock.now(), SWEEP_LIMIT, failed=failed, but_tenants=busy
                )
                for tenant_id, mail_id in due:
                    self._turns.add(tenant_id, mail_id, failed=failed)
                more = more or bool(busy) or len(due) == SWEEP_LIMIT
                if len(due) < SWEEP_LIMIT:
                    break
        self._more_is_due = more

    def send_waiting(self) -> None:
        """Send whatever waits for its turn, here and now."""
        while (following := self._turns.take(wait=False)) is not None:
            self.send(*following)

    def send(self, tenant_id: str, mail_id: str) -> MailOutcome | None:
        """Send a mail that is due; None where it is not, or has nothing to say any more."""
        repository = self._repository_of(tenant_id)
        letter = lifecycle.begin_mail(repository, mail_id)
        if letter is None:
            return None
        outcome = self._handed_over(letter)
        if outcome.result is not Result.ACCEPTED:
            log.warning(
                "mail %s %s: %s",
                mail_id,
                "refused" if outcome.result is Result.REFUSED else "put off",
                outcome.said,
            )
        lifecycle.record_mail(repository, letter, outcome)
        return outcome

    def _handed_over(self, letter: Letter) -> MailOutcome:
        try:
            message = self._writer.message(letter)
        except Exception:
            log.exception("a mail cannot be written", extra={"mail_id": letter.mail_id})
            return MailOutcome(Result.REFUSED, None, "The mail cannot be written")
        return self._transport.send(message)

    def keep_sending(self) -> None:
        """Send what waits, one mail after the other, until `stop`."""
        while (following := self._turns.take(wait=True)) is not None:
            try:
                self.send(*following)
            except DatabaseUnavailable as error:
                log.warning("mail %s put off: %s", following[1], error)
            except Exception:
                log.exception("mail %s failed", following[1])
            if self._more_is_due and not self._turns.busy_tenants(failed=False):
                self._wake()

    def stop(self) -> None:
        """Begin nothing more."""
        self._turns.close()
