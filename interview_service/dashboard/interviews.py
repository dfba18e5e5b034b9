"""The form that takes an interview in or changes it."""

from datetime import datetime
from http import HTTPStatus

from flask import render_template, request, url_for

from interview_service import lifecycle
from interview_service.dashboard.blueprint import (
    Page,
    actor,
    blueprint,
    go_to,
    may,
    read,
    repository,
    requires,
)
from interview_service.dashboard.forms import Form, typed_moment
from interview_service.dashboard.moments import zone
from interview_service.dashboard.words import LEVELS
from interview_service.domain import limits
from interview_service.domain.completeness import missing_of
from interview_service.domain.errors import Conflict, InvalidFields
from interview_service.domain.interview import Interview, Level, api_name
from interview_service.domain.workflow import BRIEF_OPEN_STATES, State, Transition
from interview_service.web.services import services

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/interviews/new")
@requires("interview:create")
def new_interview() -> Page:
    """Show the form for an interview; `like` names one of the same position."""
    like = request.args.get("like")
    given: dict[str, object] = {"level": Level.MID}
    if like is not None and may("interview:read"):
        other = read(like)
        same = _typed(other)
        given = {name: same[name] for name in _OF_THE_POSITION}
        given["planFrom"] = other.id if other.plan_id is not None else None
    return _form_page(Form(given), None)


_OF_THE_POSITION = (
    "position",
    "level",
    "skills",
    "jobDescription",
    "companyName",
    "companyDescription",
    "durationMinutes",
    "interviewers",
)


@blueprint.post("/interviews/new")
@requires("interview:create")
def add_interview() -> Page:
    """Take an interview in."""
    form = Form.sent(request.form)
    details = {**_people(form, required=True), **_brief(form, required=True)}
    external_id = form.text("externalId", limits.EXTERNAL_ID)
    if form.has_errors:
        return _form_page(form, None, UNPROCESSABLE)
    try:
        interview, created = lifecycle.create(
            repository(),
            details,
            actor(),
            external_id=external_id,
            plan_from=form.value("planFrom") or None,
        )
    except InvalidFields as error:
        form.refuse_all(error)
        return _form_page(form, None, UNPROCESSABLE)
    if not may("interview:read"):
        return go_to("new_interview", said="added" if created else "known")
    said = "added" if created else "known"
    return go_to("interview", interview_id=interview.id, said=said)


@blueprint.get("/interviews/<string:interview_id>/edit")
@requires("interview:update")
def edit_interview(interview_id: str) -> Page:
    """Show the form with an interview's details."""
    found = read(interview_id)
    return _form_page(Form(_typed(found)), found)


@blueprint.post("/interviews/<string:interview_id>/edit")
@requires("interview:update")
def change_interview(interview_id: str) -> Page:
    """Change an interview; one that lacked information goes on once it has all."""
    found = read(interview_id)
    form = Form.sent(request.form)
    is_completing = found.workflow_state is State.INFO_NEEDED
    details = _people(form, required=not is_completing)
    if found.workflow_state in BRIEF_OPEN_STATES:
        details |= _brief(form, required=not is_completing)
    if form.has_errors:
        return _form_page(form, found, UNPROCESSABLE)
    shown = _typed(found)
    details = {
        name: value
        for name, value in details.items()
        if not form.is_as_shown(api_name(name), shown[api_name(name)])
    }
    seen = form.value("version")
    try:
        if is_completing:
            given = {name: value for name, value in details.items() if value not in (None, ())}
            after = lifecycle.complete_info(repository(), interview_id, given, actor())
            is_complete = after.workflow_state is not State.INFO_NEEDED
            said = Transition.COMPLETE_INFO.lower() if is_complete else "saved"
        else:
            lifecycle.update(
                repository(),
                interview_id,
                details,
                actor(),
                versions=lambda version: str(version) == seen,
            )
            said = "saved"
    except InvalidFields as error:
        form.refuse_all(error)
        return _form_page(form, found, UNPROCESSABLE)
    except Conflict as error:
        return _form_page(form, found, HTTPStatus.CONFLICT, problem=str(error))
    return go_to("interview", interview_id=interview_id, said=said)


@blueprint.post("/interviews/<string:interview_id>/delete")
@requires("interview:delete")
def delete_interview(interview_id: str) -> Page:
    """Remove an interview and everything about its candidate."""
    read(interview_id)
    form = Form.sent(request.form)
    if not form.ticked("sure"):
        return go_to("interview", interview_id=interview_id)
    lifecycle.delete(repository(), interview_id, actor())
    return go_to("interviews", said="deleted")


def _form_page(
    form: Form,
    interview: Interview | None,
    status: int = HTTPStatus.OK,
    problem: str | None = None,
) -> Page:
    state = interview.workflow_state if interview is not None else State.RECEIVED
    page = render_template(
        "interview_form.html",
        form=form,
        interview=interview,
        version=interview.version if interview is not None else "",
        missing=missing_of(interview) if interview and state is State.INFO_NEEDED else [],
        brief_is_open=state in BRIEF_OPEN_STATES,
        plan_from=form.value("planFrom"),
        plan_is_remade=state is State.PENDING,
        levels=LEVELS,
        problem=problem,
        back=url_for("dashboard.interview", interview_id=interview.id)
        if interview is not None
        else url_for("dashboard.interviews"),
    )
    return page, status


def _people(form: Form, *, required: bool) -> dict[str, object]:
    """Return who meets whom, when and where."""
    minutes = (limits.MIN_INTERVIEW_DURATION, limits.MAX_INTERVIEW_DURATION)
    return {
        "candidate_name": form.text("candidateName", limits.CANDIDATE_NAME, required=required),
        "candidate_email": form.email("candidateEmail", limits.CANDIDATE_EMAIL, required=required),
        "company_name": form.text("companyName", limits.COMPANY_NAME),
        "company_description": form.text("companyDescription", limits.COMPANY_DESCRIPTION),
        "scheduled_at": form.moment("scheduledAt", zone()),
        "duration_minutes": form.number("durationMinutes", *minutes),
        "location": form.text("location", limits.LOCATION),
        "interviewers": form.lines(
            "interviewers", most=limits.INTERVIEWERS, max_length=limits.SUBJECT
        ),
        "callback_url": form.url("callbackUrl", limits.URL, allow_private=services().allow_private),
    }


def _brief(form: Form, *, required: bool) -> dict[str, object]:
    """Return what the plan is made of."""
    return {
        "position": form.text("position", limits.POSITION, required=required),
        "level": form.choice("level", Level, required=required),
        "skills": form.lines(
            "skills", most=limits.SKILLS, max_length=limits.SKILL, required=required
        ),
        "job_description": form.text("jobDescription", limits.JOB_DESCRIPTION),
    }


def _typed(interview: Interview) -> dict[str, object]:
    """Return an interview's details as the form shows them."""
    at: datetime | None = interview.scheduled_at
    return {
        "candidateName": interview.candidate_name,
        "candidateEmail": interview.candidate_email,
        "position": interview.position,
        "level": interview.level,
        "skills": "\n".join(interview.skills),
        "jobDescription": interview.job_description,
        "companyName": interview.company_name,
        "companyDescription": interview.company_description,
        "scheduledAt": typed_moment(at, zone()),
        "durationMinutes": interview.duration_minutes,
        "location": interview.location,
        "interviewers": "\n".join(interview.interviewers),
        "callbackUrl": interview.callback_url,
        "externalId": interview.external_id,
    }
