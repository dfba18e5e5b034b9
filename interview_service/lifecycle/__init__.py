"""The use cases: one function, one transaction. Each gets the repository of the caller's tenant.

Whether a transition is allowed, and what it brings with it, is asked of `domain.workflow`.
"""

from interview_service.lifecycle.assessments import attach_assessment, current_assessment
from interview_service.lifecycle.base import SERVICE, Actor
from interview_service.lifecycle.idempotency import IDEMPOTENCY_HOURS, Answer, forget_keys, once
from interview_service.lifecycle.interviews import (
    complete_info,
    create,
    delete,
    take_in,
    update,
)
from interview_service.lifecycle.lists import LIST_AGE, count_list
from interview_service.lifecycle.outbox import (
    DELIVERY_LEASE,
    DeliveryReport,
    Post,
    begin_delivery,
    deliveries,
    due_url,
    record_delivery,
    redeliver,
    test_post,
)
from interview_service.lifecycle.plans import attach_plan, current_plan, replace_plan
from interview_service.lifecycle.reads import (
    BackgroundError,
    Status,
    history_of,
    interview,
    interview_of_run,
    page_of_interviews,
    plans_of,
    status,
)
from interview_service.lifecycle.tenants import (
    NewSecret,
    TenantView,
    rotate_webhook_secret,
    tenant_settings,
    update_tenant_settings,
)
from interview_service.lifecycle.transcripts import current_transcript, put_transcript
from interview_service.lifecycle.transitions import missing_of, refuse_actor, transition
from interview_service.lifecycle.work import (
    Work,
    WorkKind,
    begin_work,
    record_failure,
    retry,
)

__all__ = [
    "DELIVERY_LEASE",
    "IDEMPOTENCY_HOURS",
    "LIST_AGE",
    "SERVICE",
    "Actor",
    "Answer",
    "BackgroundError",
    "DeliveryReport",
    "NewSecret",
    "Post",
    "Status",
    "TenantView",
    "Work",
    "WorkKind",
    "attach_assessment",
    "attach_plan",
    "begin_delivery",
    "begin_work",
    "complete_info",
    "count_list",
    "create",
    "current_assessment",
    "current_plan",
    "current_transcript",
    "delete",
    "deliveries",
    "due_url",
    "forget_keys",
    "history_of",
    "interview",
    "interview_of_run",
    "missing_of",
    "once",
    "page_of_interviews",
    "plans_of",
    "put_transcript",
    "record_delivery",
    "record_failure",
    "redeliver",
    "refuse_actor",
    "replace_plan",
    "retry",
    "rotate_webhook_secret",
    "status",
    "take_in",
    "tenant_settings",
    "test_post",
    "transition",
    "update",
    "update_tenant_settings",
]
