"""The use cases: one function, one transaction. Each gets the repository of the caller's tenant.

Whether a transition is allowed, and what it brings with it, is asked of `domain.workflow`.
"""

from interview_service.domain.idempotency import Answer
from interview_service.domain.outbox import DELIVERY_LEASE
from interview_service.domain.workflow import WorkKind
from interview_service.lifecycle.assessments import (
    assessments_of,
    attach_assessment,
    current_assessment,
)
from interview_service.lifecycle.base import SERVICE, Actor
from interview_service.lifecycle.blindness import can_be_blind, seen
from interview_service.lifecycle.briefs import missing_of
from interview_service.lifecycle.idempotency import (
    IDEMPOTENCY_HOURS,
    forget_keys,
    kept_answer,
    once,
)
from interview_service.lifecycle.interviews import (
    complete_info,
    create,
    delete,
    take_in,
    update,
)
from interview_service.lifecycle.lists import (
    Counts,
    all_interviews,
    changes,
    counts,
    forget_deletions,
    page_of_interviews,
)
from interview_service.lifecycle.mail_queue import MAIL
from interview_service.lifecycle.mails import begin_mail, record_mail
from interview_service.lifecycle.outbox import (
    DeliveryReport,
    Post,
    begin_delivery,
    deliveries,
    due_urls,
    record_delivery,
    redeliver,
)
from interview_service.lifecycle.plans import attach_plan, current_plan, plans_of, replace_plan
from interview_service.lifecycle.privacy import (
    ExportedInterview,
    ExportedScorecard,
    erase_candidate,
    erase_expired,
    erase_interview,
    export,
)
from interview_service.lifecycle.push_configs import (
    GivenPushConfig,
    delete_push_config,
    push_config,
    push_configs,
    set_push_config,
)
from interview_service.lifecycle.reads import (
    BackgroundError,
    Status,
    appointment,
    history_of,
    interview,
    interview_of_run,
    status,
)
from interview_service.lifecycle.scorecards import (
    GivenScorecard,
    delete_scorecard,
    own_scorecard,
    put_scorecard,
    scorecard_versions,
    scorecards_of,
)
from interview_service.lifecycle.tasks import TasksPage, page_of_tasks, task_of_interview
from interview_service.lifecycle.tenants import (
    NewSecret,
    TenantView,
    rotate_webhook_secret,
    tenant_settings,
    update_tenant_settings,
)
from interview_service.lifecycle.transcripts import (
    KeptTranscript,
    current_transcript,
    put_transcript,
)
from interview_service.lifecycle.transitions import refuse_actor, transition
from interview_service.lifecycle.webhook_tests import (
    WEBHOOK_TEST,
    begin_webhook_test,
    record_webhook_test,
    take_webhook_test,
    webhook_test,
)
from interview_service.lifecycle.work import (
    Work,
    begin_work,
    record_failure,
    renew_lease,
    retry,
)

__all__ = [
    "DELIVERY_LEASE",
    "IDEMPOTENCY_HOURS",
    "MAIL",
    "SERVICE",
    "WEBHOOK_TEST",
    "Actor",
    "Answer",
    "BackgroundError",
    "Counts",
    "DeliveryReport",
    "ExportedInterview",
    "ExportedScorecard",
    "GivenPushConfig",
    "GivenScorecard",
    "KeptTranscript",
    "NewSecret",
    "Post",
    "Status",
    "TasksPage",
    "TenantView",
    "Work",
    "WorkKind",
    "all_interviews",
    "appointment",
    "assessments_of",
    "attach_assessment",
    "attach_plan",
    "begin_delivery",
    "begin_mail",
    "begin_webhook_test",
    "begin_work",
    "can_be_blind",
    "changes",
    "complete_info",
    "counts",
    "create",
    "current_assessment",
    "current_plan",
    "current_transcript",
    "delete",
    "delete_push_config",
    "delete_scorecard",
    "deliveries",
    "due_urls",
    "erase_candidate",
    "erase_expired",
    "erase_interview",
    "export",
    "forget_deletions",
    "forget_keys",
    "history_of",
    "interview",
    "interview_of_run",
    "kept_answer",
    "missing_of",
    "once",
    "own_scorecard",
    "page_of_interviews",
    "page_of_tasks",
    "plans_of",
    "push_config",
    "push_configs",
    "put_scorecard",
    "put_transcript",
    "record_delivery",
    "record_failure",
    "record_mail",
    "record_webhook_test",
    "redeliver",
    "refuse_actor",
    "renew_lease",
    "replace_plan",
    "retry",
    "rotate_webhook_secret",
    "scorecard_versions",
    "scorecards_of",
    "seen",
    "set_push_config",
    "status",
    "take_in",
    "take_webhook_test",
    "task_of_interview",
    "tenant_settings",
    "transition",
    "update",
    "update_tenant_settings",
    "webhook_test",
]
