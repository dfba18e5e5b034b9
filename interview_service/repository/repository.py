"""The repository of a tenant: every query, by subject, on one unit of work."""

from collections.abc import Callable

from interview_service.database.session import Database
from interview_service.repository import totals
from interview_service.repository.accounts import Accounts
from interview_service.repository.audit import AuditLog
from interview_service.repository.changes import Changes, write_changes
from interview_service.repository.deliveries import Deliveries
from interview_service.repository.documents import Assessments, History, Plans, Transcripts
from interview_service.repository.idempotency import IdempotencyKeys
from interview_service.repository.interviews import Interviews
from interview_service.repository.lists import Lists
from interview_service.repository.mails import Mails
from interview_service.repository.push_configs import PushConfigs
from interview_service.repository.scorecards import Scorecards
from interview_service.repository.tasks import Tasks
from interview_service.repository.tenants import Settings
from interview_service.repository.unit_of_work import UnitOfWork
from interview_service.repository.webhook_tests import WebhookTests


def _write_last(work: UnitOfWork) -> None:
    """Write what all of a tenant's writers write: last, and in one order, against deadlocks."""
    totals.write(work)
    write_changes(work)


class Repository:
    """The records of one tenant.

    :param wake: called with (tenant id, interview id) after a commit that left the worker
        something to do. A hint only: nothing is lost with it.
    :param sends_mail: whether this service sends mail: else none is queued.
    """

    def __init__(
        self,
        database: Database,
        tenant_id: str,
        wake: Callable[[str, str], None] | None = None,
        *,
        sends_mail: bool = False,
    ) -> None:
        self.tenant_id = tenant_id
        self.work = work = UnitOfWork(database, tenant_id, wake, before_commit=_write_last)
        self.interviews = Interviews(work)
        self.lists = Lists(work)
        self.tasks = Tasks(work)
        self.changes = Changes(work)
        self.plans = Plans(work)
        self.assessments = Assessments(work)
        self.scorecards = Scorecards(work)
        self.transcripts = Transcripts(work)
        self.history = History(work)
        self.deliveries = Deliveries(work)
        self.push_configs = PushConfigs(work)
        self.settings = Settings(work)
        self.webhook_tests = WebhookTests(work)
        self.idempotency_keys = IdempotencyKeys(work)
        self.accounts = Accounts(work)
        self.mails = Mails(work, are_sent=sends_mail)
        self.audit = AuditLog(work)
