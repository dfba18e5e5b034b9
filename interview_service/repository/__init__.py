"""Every query of the service. A repository belongs to one tenant and filters each statement by it.

Transactions are the unit of work's; what reads across tenants stands apart, and is named so.
"""

from interview_service.repository.across_tenants import (
    due_deliveries,
    due_interviews,
    due_mails,
    due_webhook_tests,
    is_anything_due,
    tenants_with_old_audit_entries,
    tenants_with_old_deletions,
    tenants_with_old_keys,
    tenants_with_old_mails,
    tenants_with_old_sessions,
    tenants_with_retention,
    tenants_with_unsent_mails,
)
from interview_service.repository.lists import Page
from interview_service.repository.repository import Repository

__all__ = [
    "Page",
    "Repository",
    "due_deliveries",
    "due_interviews",
    "due_mails",
    "due_webhook_tests",
    "is_anything_due",
    "tenants_with_old_audit_entries",
    "tenants_with_old_deletions",
    "tenants_with_old_keys",
    "tenants_with_old_mails",
    "tenants_with_old_sessions",
    "tenants_with_retention",
    "tenants_with_unsent_mails",
]
