"""The audit log: who did what to which record, when."""

from flask import render_template, request

from interview_service.dashboard.blueprint import Page, blueprint, repository, requires
from interview_service.domain.clock import is_identifier
from interview_service.lifecycle import audit
from interview_service.lifecycle.assessments import names_of

ROWS = 50


@blueprint.get("/audit")
@requires("audit:read")
def audit_log() -> Page:
    """Show the log, newest first."""
    before = request.args.get("before", "")
    interview_id = request.args.get("interview", "")
    found = audit.audit_log(
        repository(),
        limit=ROWS,
        before=before if is_identifier(before) else None,
        interview_id=interview_id if is_identifier(interview_id) else None,
    )
    subjects = {each.actor for each in found.entries}
    subjects |= {each.target_id for each in found.entries if each.target_id is not None}
    return render_template(
        "audit.html",
        entries=found.entries,
        next_id=found.next_id,
        names=names_of(repository(), subjects),
        interview_id=interview_id,
    )
