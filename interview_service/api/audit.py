"""`/audit`: who did what to which record, when."""

from typing import Any

from interview_service.api.blueprint import Blueprint
from interview_service.api.schemas.accounts import AuditQuerySchema, AuditSchema
from interview_service.api.services import repository
from interview_service.lifecycle import audit

blueprint = Blueprint("audit", __name__, url_prefix="/audit", description="The audit log")


@blueprint.route("", methods=["GET"])
@blueprint.requires("audit:read")
@blueprint.arguments(AuditQuerySchema, location="query")
@blueprint.response(200, AuditSchema)
def read_audit_log(query: dict[str, Any]) -> Any:
    """Read the audit log

    Newest first: sign-ins and failures, and every write to a record, a user, a key or a setting.
    Fields are named, their values never. Entries are kept for a year.
    """
    page = audit.audit_log(
        repository(),
        limit=query["limit"],
        before=query.get("cursor"),
        since=query.get("since"),
        until=query.get("until"),
        actor=query.get("actor"),
        interview_id=query.get("interview_id"),
    )
    return {
        "data": page.entries,
        "meta": {"limit": query["limit"], "next_cursor": page.next_id},
    }
