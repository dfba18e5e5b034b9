"""A candidate's data: handed out to them, and erased."""

from http import HTTPStatus

from flask import Response, render_template, request

from interview_service import lifecycle
from interview_service.dashboard.blueprint import (
    Page,
    actor,
    blueprint,
    go_to,
    read,
    repository,
    requires,
    visitor,
)
from interview_service.dashboard.forms import Form
from interview_service.dashboard.interview import of_same_candidate
from interview_service.domain.clock import clock
from interview_service.domain.errors import CandidateErased
from interview_service.domain.interview import Interview
from interview_service.domain.lists import caseless
from interview_service.web.services import services

WORD = "erase"
"""What one types to erase, where one does not type the candidate's name."""

ALL, ONE = "all", "one"


@blueprint.post("/interviews/<string:interview_id>/export")
@requires("candidate:export")
def export_candidate(interview_id: str) -> Page:
    """Hand out all that is kept on an interview's candidate, as a file."""
    email = _with_candidate(interview_id).candidate_email
    found = lifecycle.export(repository(), email or "", actor()) if email is not None else ()
    pieces = services().exported(found, email=email, tenant_id=visitor().tenant_id, at=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="candidate.json"'}
    return Response(pieces, mimetype="application/json", headers=headers)


@blueprint.get("/interviews/<string:interview_id>/erase")
@requires("candidate:erase")
def confirm_erasure(interview_id: str) -> Page:
    """Say what an erasure takes and what it leaves, and ask whether that is meant."""
    return _erasure_page(_with_candidate(interview_id), Form({"scope": ALL}))


@blueprint.post("/interviews/<string:interview_id>/erase")
@requires("candidate:erase")
def erase(interview_id: str) -> Page:
    """Erase the candidate's data from this interview, or from all of theirs."""
    interview = _with_candidate(interview_id)
    form = Form.sent(request.form)
    typed = caseless(form.value("confirmation"))
    if typed not in (WORD, caseless(interview.candidate_name or WORD)):
        form.refuse("confirmation", f"Type {interview.candidate_name or WORD}, or {WORD}.")
        return _erasure_page(interview, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if form.value("scope") == ONE or interview.candidate_email is None:
        lifecycle.erase_interview(repository(), interview.id, actor())
    else:
        lifecycle.erase_candidate(repository(), interview.candidate_email, actor())
    return go_to("interview", interview_id=interview.id, said="erased")


def _with_candidate(interview_id: str) -> Interview:
    """Return an interview whose candidate's data is there.

    :raise CandidateErased: it is erased.
    """
    interview = read(interview_id)
    if interview.candidate_erased_at is not None:
        raise CandidateErased
    return interview


def _erasure_page(interview: Interview, form: Form, status: int = HTTPStatus.OK) -> Page:
    page = render_template(
        "erase.html",
        interview=interview,
        form=form,
        same=of_same_candidate(interview),
        word=WORD,
    )
    return page, status
