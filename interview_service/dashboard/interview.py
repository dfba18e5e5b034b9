"""One interview: where it stands and what can be done, plan, transcript, assessment, history."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import jsonify, render_template, request, url_for

from interview_service import lifecycle
from interview_service.adverts import shown_text
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
from interview_service.dashboard.forms import REQUIRED, Form, typed_moment
from interview_service.dashboard.moments import zone
from interview_service.dashboard.words import (
    BASES,
    DECISIONS,
    NOT_TEXT,
    WAITING,
    delivery_words,
    transition_words,
)
from interview_service.domain import limits
from interview_service.domain.assessment import Recommendation, criteria_of
from interview_service.domain.clock import clock
from interview_service.domain.errors import (
    AssessmentNotAvailable,
    Conflict,
    InvalidFields,
    PlanNotAvailable,
    PreconditionFailed,
    TranscriptNotAvailable,
)
from interview_service.domain.interview import Interview
from interview_service.domain.judging import Verdict
from interview_service.domain.outbox import Delivery, DeliveryState
from interview_service.domain.plan import PlanStructure
from interview_service.domain.scorecard import Rating
from interview_service.domain.transcript import Turn
from interview_service.domain.workflow import SCORECARD_STATES, TRANSCRIPT_STATES, State, Transition
from interview_service.lifecycle.assessments import names_of
from interview_service.lifecycle.scorecards import SeenScorecard
from interview_service.transcripts.candidate import SpeakerNotFound
from interview_service.transcripts.reading import MAX_BYTES, TranscriptFormat, parse
from interview_service.transcripts.turns import TranscriptNotText, TranscriptUnreadable
from interview_service.web.kit import kit_page

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY

_TABS = (
    ("interview", "Overview", "interview:read"),
    ("plan", "Plan", "interview:read"),
    ("scorecard", "Scorecard", "interview:score"),
    ("transcript", "Transcript", "interview:read"),
    ("assessment", "Assessment", "interview:read"),
    ("history", "History", "interview:read"),
)


def interview_page(
    tab: str,
    interview_id: str,
    *,
    form: Form | None = None,
    status: int = HTTPStatus.OK,
    problem: str | None = None,
    **values: object,
) -> Page:
    """Return a page of an interview, with what can be done about it beside.

    :param tab: which: its template has the same name.
    :param form: what was typed into the form of a transition, with what is wrong with it.
    :param problem: why what was asked for could not be done.
    """
    found = read(interview_id)
    standing = lifecycle.status(repository(), found.run_id, actor())
    waits = standing.waiting_for
    now = clock.now()
    is_due = found.due_at is not None and found.due_at <= now
    is_service_at_work = found.due_work is not None and (
        standing.error is None or is_due or found.is_leased(now)
    )
    if form is None:
        form = Form(
            {
                "scheduledAt": typed_moment(found.scheduled_at, zone()),
                "durationMinutes": found.duration_minutes,
                "location": found.location,
            }
        )
    page = render_template(
        f"{tab}.html",
        tab=tab,
        interview=found,
        standing=standing,
        allowed=standing.allowed_transitions,
        waiting=WAITING[waits] if waits is not None else None,
        is_service_at_work=is_service_at_work,
        form=form,
        problem=problem,
        tabs=[
            (url_for(f"dashboard.{endpoint}", interview_id=found.id), label, endpoint)
            for endpoint, label, permission in _TABS
            if may(permission)
        ],
        assessment_tag=_assessment_tag(found),
        missing_cards=_people(*standing.missing_scorecards),
        decisions=DECISIONS,
        may_have_card=found.workflow_state in SCORECARD_STATES and may("interview:score"),
        may_have_transcript=found.workflow_state in TRANSCRIPT_STATES,
        **values,
    )
    return page, status


def _assessment_tag(interview: Interview) -> str | None:
    """Return the version of an assessment that waits for a decision; else None."""
    if interview.workflow_state is not State.ASSESSMENT_PENDING:
        return None
    return lifecycle.current_assessment(repository(), interview.id, actor()).tag


def _people(*subjects: str) -> dict[str, str]:
    """Return what people are called who are named by their subject."""
    names = names_of(repository(), subjects)
    return {
        each: names.get(each, "the service" if each == lifecycle.SERVICE else each)
        for each in subjects
    }


@blueprint.get("/interviews/<string:interview_id>")
@requires("interview:read")
def interview(interview_id: str) -> Page:
    """Show where an interview stands."""
    return _overview(interview_id)


def _overview(
    interview_id: str,
    form: Form | None = None,
    status: int = HTTPStatus.OK,
    problem: str | None = None,
) -> Page:
    found = read(interview_id)
    known = names_of(repository(), found.interviewers)
    advert = shown_text(found.job_description) if found.job_description else None
    return interview_page(
        "interview",
        interview_id,
        form=form,
        status=status,
        problem=problem,
        advert=advert,
        interviewers=[(each, known.get(each)) for each in found.interviewers],
        others=[each for each in of_same_candidate(found) if each.id != found.id],
    )


def of_same_candidate(interview: Interview) -> list[Interview]:
    """Return the candidate's interviews, newest first: this one among them, or alone."""
    if interview.candidate_email is None:
        return [interview]
    return lifecycle.interviews_of_candidate(
        repository(), interview.candidate_email, actor(), limit=limits.PAGE_ROWS
    )


@blueprint.get("/interviews/<string:interview_id>/progress")
@requires("interview:read")
def progress(interview_id: str) -> Page:
    """Return, for a page that waits, the version that the interview has by now."""
    return jsonify(version=read(interview_id).version)


@blueprint.get("/interviews/<string:interview_id>/plan")
@requires("interview:read")
def plan(interview_id: str) -> Page:
    """Show the plan, as an interview kit."""
    try:
        found = lifecycle.current_plan(repository(), interview_id)
    except PlanNotAvailable:
        return interview_page("plan", interview_id, plan=None, kit=None, criteria={})
    kit = PlanStructure.from_dict(found.structure)
    return interview_page(
        "plan",
        interview_id,
        plan=found,
        kit=kit,
        criteria={each.key: each for each in criteria_of(kit)},
    )


@blueprint.get("/interviews/<string:interview_id>/kit")
@requires("interview:read")
def print_kit(interview_id: str) -> Page:
    """Show the plan as it is printed."""
    found = read(interview_id)
    return kit_page(found, lifecycle.current_plan(repository(), interview_id), zone())


@blueprint.get("/interviews/<string:interview_id>/transcript")
@requires("interview:read")
def transcript(interview_id: str) -> Page:
    """Show what was said."""
    return _transcript_page(interview_id, Form())


def _transcript_page(
    interview_id: str, upload: Form, status: int = HTTPStatus.OK, problem: str | None = None
) -> Page:
    try:
        kept = lifecycle.current_transcript(repository(), interview_id)
    except TranscriptNotAvailable:
        kept = None
    turns: tuple[Turn, ...] = kept.turns if kept is not None else ()
    return interview_page(
        "transcript",
        interview_id,
        status=status,
        problem=problem,
        kept=kept,
        upload=upload,
        speakers=list(dict.fromkeys(each.speaker for each in turns)),
    )


_FORMAT_OF_NAME = {".vtt": TranscriptFormat.WEBVTT, ".srt": TranscriptFormat.SUBRIP}


@blueprint.post("/interviews/<string:interview_id>/transcript")
@requires("interview:update")
def put_transcript(interview_id: str) -> Page:
    """Keep what was said: a file, or text that was pasted."""
    upload = Form.sent(request.form)
    file = request.files.get("file")
    data, name = b"", ""
    if file is not None and file.filename:
        data, name = file.read(MAX_BYTES + 1), file.filename.lower()
    elif upload.value("text").strip():
        data = upload.value("text").encode("utf-8", "replace")
    if not data:
        upload.refuse("file", "Choose a file, or paste what was said.")
        return _transcript_page(interview_id, upload, UNPROCESSABLE)
    candidate = upload.text("candidateSpeaker", limits.SPEAKER)
    format = _FORMAT_OF_NAME.get(name[-4:], TranscriptFormat.PLAIN)
    field = "file" if name else "text"
    try:
        lifecycle.put_transcript(
            repository(), interview_id, parse(data, format), actor(), candidate
        )
    except TranscriptNotText:
        upload.refuse(field, NOT_TEXT)
    except TranscriptUnreadable as error:
        upload.refuse(field, f"This cannot be read: {error}")
    except SpeakerNotFound as error:
        upload.refuse("candidateSpeaker", str(error))
    except Conflict as error:
        return _transcript_page(interview_id, upload, HTTPStatus.CONFLICT, str(error))
    if upload.has_errors:
        return _transcript_page(interview_id, upload, UNPROCESSABLE)
    return go_to("transcript", interview_id=interview_id, said="transcript")


@blueprint.get("/interviews/<string:interview_id>/assessment")
@requires("interview:read")
def assessment(interview_id: str) -> Page:
    """Show the evidence, the cards side by side, and what was concluded."""
    cards = lifecycle.scorecards_of(repository(), interview_id, actor())
    handed_in = [each for each in cards if each.card.submitted]
    try:
        kit = PlanStructure.from_dict(lifecycle.current_plan(repository(), interview_id).structure)
        names = {each.key: each.name for each in criteria_of(kit)}
    except PlanNotAvailable:
        names = {}
    for seen in handed_in:
        names |= {each.criterion: each.name for each in seen.card.ratings if each.name}
    try:
        found = lifecycle.current_assessment(repository(), interview_id, actor())
    except AssessmentNotAvailable:
        found = None
    return interview_page(
        "assessment",
        interview_id,
        assessment=found.assessment if found is not None else None,
        is_blind=found.is_blind if found is not None else False,
        names=names,
        bases=BASES,
        cards=handed_in,
        card_rows=_card_rows(handed_in, names),
        deciders=_people(str((found.assessment.decision or {}).get("by", "")))
        if found is not None
        else {},
    )


def _card_rows(
    cards: Sequence[SeenScorecard], names: Mapping[str, str]
) -> list[tuple[str, list[Rating | None]]]:
    """Return what each card says of each criterion: its name, and a rating for each card."""
    said = [{each.criterion: each for each in seen.card.ratings} for seen in cards]
    rated = [key for key in names if any(key in ratings for ratings in said)]
    return [(names[key], [ratings.get(key) for ratings in said]) for key in rated]


@blueprint.get("/interviews/<string:interview_id>/history")
@requires("interview:read")
def history(interview_id: str) -> Page:
    """Show what happened, and the webhooks that told of it."""
    past = lifecycle.history_of(repository(), interview_id, limit=limits.PAGE_ROWS)
    sent = lifecycle.deliveries(repository(), interview_id, limit=limits.PAGE_ROWS)
    return interview_page(
        "history",
        interview_id,
        past=[(each, transition_words(each.transition)) for each in past.rows],
        people=_people(*{each.triggered_by for each in past.rows}),
        deliveries=[(each, delivery_words(each.delivery)) for each in sent.rows],
        is_sending=any(_is_sending(each.delivery) for each in sent.rows),
    )


def _is_sending(delivery: Delivery) -> bool:
    """Tell whether an answer is about to come: neither failing so far nor behind another event."""
    is_next = delivery.state is DeliveryState.PENDING and delivery.due_at is not None
    return is_next and not delivery.failure_count


@blueprint.post("/interviews/<string:interview_id>/deliveries/<string:delivery_id>/redeliver")
@requires("interview:update")
def redeliver(interview_id: str, delivery_id: str) -> Page:
    """Have an event sent again."""
    lifecycle.redeliver(repository(), interview_id, delivery_id, actor())
    return go_to("history", interview_id=interview_id, said="redeliver")


@blueprint.post("/interviews/<string:interview_id>/retry")
@requires("interview:approve")
def retry(interview_id: str) -> Page:
    """Have the service try again what failed."""
    lifecycle.retry(repository(), interview_id, actor())
    return go_to("interview", interview_id=interview_id, said="retry")


_REASONED = frozenset({Transition.MODIFY, Transition.REJECT_ASSESSMENT})
"""Transitions whose reason tells the engine what to do differently."""


@blueprint.post("/interviews/<string:interview_id>/transition")
@requires(None)
def take_transition(interview_id: str) -> Page:
    """Take a transition, each with its own permission; one stays on the page that asked for it."""
    form = Form.sent(request.form)
    read(interview_id)
    name = form.choice("transition", Transition)
    if name is None:
        return _overview(interview_id, form, UNPROCESSABLE)
    lifecycle.refuse_actor(name, actor())
    reason = form.text("reason", limits.REASON)
    if name in _REASONED and reason is None and not form.has_errors:
        form.refuse("reason", REQUIRED)
    recommendation = None
    if name is Transition.APPROVE_ASSESSMENT:
        recommendation = form.choice("decision", Recommendation)
    is_schedule = name is Transition.SCHEDULE
    minutes = (limits.MIN_INTERVIEW_DURATION, limits.MAX_INTERVIEW_DURATION)
    at = form.moment("scheduledAt", zone(), required=True) if is_schedule else None
    duration = form.number("durationMinutes", *minutes) if is_schedule else None
    location = form.text("location", limits.LOCATION) if is_schedule else None
    if form.has_errors:
        return _overview(interview_id, form, UNPROCESSABLE)
    seen = form.value("seen")
    try:
        lifecycle.transition(
            repository(),
            interview_id,
            name,
            actor(),
            reason=reason,
            scheduled_at=at,
            duration_minutes=duration,
            location=location,
            verdict=Verdict(recommendation, reason) if recommendation is not None else None,
            versions=lambda version: not seen or str(version) == seen,
        )
    except InvalidFields as error:
        form.refuse_all(error)
        return _overview(interview_id, form, UNPROCESSABLE)
    except PreconditionFailed:
        problem = "It changed while you were reading, so nothing was done. This is how it is now."
        return _overview(interview_id, form, HTTPStatus.PRECONDITION_FAILED, problem)
    except Conflict:
        problem = "Somebody was faster, so nothing was done. This is how it is now."
        return _overview(interview_id, form, HTTPStatus.CONFLICT, problem)
    tab = form.value("tab")
    endpoint = tab if tab in {endpoint for endpoint, _, _ in _TABS} else "interview"
    return go_to(endpoint, interview_id=interview_id, said=name.lower())
