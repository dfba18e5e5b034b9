"""One's own scorecard of an interview: written during the talk, saved as one types, handed in."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from flask import jsonify, request

from interview_service import lifecycle
from interview_service.dashboard.blueprint import (
    Page,
    actor,
    blueprint,
    go_to,
    read,
    repository,
    requires,
)
from interview_service.dashboard.forms import REQUIRED, Form
from interview_service.dashboard.interview import interview_page
from interview_service.dashboard.words import RECOMMENDATIONS
from interview_service.domain import limits
from interview_service.domain.assessment import Recommendation, criteria_of
from interview_service.domain.errors import (
    Conflict,
    InvalidFields,
    PlanNotAvailable,
    PreconditionFailed,
    ScorecardNotFound,
)
from interview_service.domain.plan import Criterion, PlanStructure, Question
from interview_service.domain.scorecard import (
    MAX_NOTE,
    MAX_RATING,
    MAX_SUMMARY,
    MIN_RATING,
    Rating,
    Scorecard,
)
from interview_service.domain.workflow import SCORECARD_STATES
from interview_service.lifecycle import GivenScorecard

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
OWN_GROUP = "other"


@dataclass(frozen=True, slots=True)
class Line:
    """What one rates: a criterion of the plan with its questions, or one of one's own."""

    key: str
    name: str
    group: str | None
    anchors: dict[str, str]
    questions: tuple[Question, ...]


def _lines(kit: PlanStructure | None, card: Scorecard | None) -> list[Line]:
    """Return what is rated on a card: the plan's criteria, then the author's own."""
    criteria: tuple[Criterion, ...] = criteria_of(kit) if kit is not None else ()
    asked: dict[str | None, list[Question]] = {}
    if kit is not None:
        for section in kit.sections:
            for question in section.questions:
                asked.setdefault(question.criterion, []).append(question)
    lines = [
        Line(each.key, each.name, None, dict(each.anchors), tuple(asked.get(each.key, ())))
        for each in criteria
    ]
    known = {each.key for each in criteria}
    for rating in card.ratings if card is not None else ():
        if rating.criterion not in known:
            name, group = rating.name or rating.criterion, rating.group or OWN_GROUP
            lines.append(Line(rating.criterion, name, group, {}, ()))
    return lines


def _own_card(interview_id: str) -> Scorecard | None:
    try:
        return lifecycle.own_scorecard(repository(), interview_id, actor()).card
    except ScorecardNotFound:
        return None


def kit_of(interview_id: str) -> PlanStructure | None:
    """Return the structure of an interview's plan, once there is one."""
    try:
        plan = lifecycle.current_plan(repository(), interview_id)
    except PlanNotAvailable:
        return None
    return PlanStructure.from_dict(cast(Any, plan.structure))


@blueprint.get("/interviews/<string:interview_id>/scorecard")
@requires("interview:score")
def scorecard(interview_id: str) -> Page:
    """Show one's own card, beside the kit."""
    card = _own_card(interview_id)
    return _card_page(interview_id, card, Form(_typed(card)))


def _typed(card: Scorecard | None) -> dict[str, object]:
    """Return a card as the form shows it."""
    if card is None:
        return {"recommendation": Recommendation.NO_DECISION}
    typed: dict[str, object] = {
        "recommendation": card.recommendation,
        "summary": card.summary,
        "seen": card.tag,
    }
    for each in card.ratings:
        typed[f"rating-{each.criterion}"] = each.rating
        typed[f"note-{each.criterion}"] = each.note
    return typed


def _card_page(
    interview_id: str,
    card: Scorecard | None,
    card_form: Form,
    status: int = HTTPStatus.OK,
    problem: str | None = None,
) -> Page:
    kit = kit_of(interview_id)
    return interview_page(
        "scorecard",
        interview_id,
        status=status,
        problem=problem,
        card=card,
        card_form=card_form,
        kit=kit,
        lines=_lines(kit, card),
        ratings=range(MIN_RATING, MAX_RATING + 1),
        recommendations=RECOMMENDATIONS,
        is_open=read(interview_id).workflow_state in SCORECARD_STATES,
    )


@blueprint.post("/interviews/<string:interview_id>/scorecard")
@requires("interview:score")
def save_scorecard(interview_id: str) -> Page:
    """Save one's card as a draft, or hand it in; live, where the page saves as one types."""
    is_live = request.form.get("live") == "on"
    form = Form.sent(request.form)
    card = _own_card(interview_id)
    given = _given(form, _lines(kit_of(interview_id), card))
    seen = form.value("seen")
    if given is None:
        return _unsaved(interview_id, card, form, UNPROCESSABLE, is_live=is_live)
    try:
        saved = lifecycle.put_scorecard(
            repository(),
            interview_id,
            given,
            actor(),
            versions=lambda tag: str(tag or "") == seen,
        )
    except InvalidFields as error:
        form.refuse_all(error)
        return _unsaved(interview_id, card, form, UNPROCESSABLE, is_live=is_live)
    except PreconditionFailed:
        problem = (
            "Your card was saved in another window meanwhile, so nothing was saved here. Copy what "
            "you need from below, and open the card again."
        )
        status = HTTPStatus.PRECONDITION_FAILED
        return _unsaved(interview_id, card, form, status, problem, is_live=is_live)
    except Conflict:
        problem = "Scorecards can be written from the plan's approval until the decision."
        status = HTTPStatus.CONFLICT
        return _unsaved(interview_id, card, form, status, problem, is_live=is_live)
    if is_live:
        return jsonify(seen=saved.card.tag)
    said = "card-handed-in" if given.submitted else "card-saved"
    return go_to("scorecard", interview_id=interview_id, said=said)


def _unsaved(
    interview_id: str,
    card: Scorecard | None,
    form: Form,
    status: int,
    problem: str | None = None,
    *,
    is_live: bool,
) -> Page:
    if is_live:
        answer = jsonify(problem=problem or form.summary)
        answer.status_code = status
        return answer
    return _card_page(interview_id, card, form, status, problem)


def _given(form: Form, lines: list[Line]) -> GivenScorecard | None:
    """Return the card that was filled in; None where something is wrong with it."""
    submitted = form.value("do") == "submit"
    ratings = [
        Rating(
            criterion=each.key,
            rating=form.number(f"rating-{each.key}", MIN_RATING, MAX_RATING),
            note=form.text(f"note-{each.key}", MAX_NOTE),
            name=each.name if each.group is not None else None,
            group=each.group,
        )
        for each in lines
    ]
    own_name = form.text("ownName", limits.PLAN_NAME)
    own_rating = form.number("ownRating", MIN_RATING, MAX_RATING)
    if own_name is not None:
        taken = {each.key for each in lines}
        number = 1
        while f"own_{number}" in taken:
            number += 1
        ratings.append(Rating(f"own_{number}", own_rating, None, own_name, OWN_GROUP))
    elif own_rating is not None:
        form.refuse("ownName", REQUIRED)
    recommendation = form.choice("recommendation", Recommendation)
    summary = form.text("summary", MAX_SUMMARY)
    if recommendation is None or form.has_errors:
        return None
    kept = tuple(
        each
        for each in ratings
        if each.rating is not None or each.note is not None or each.group is not None
    )
    says_nothing = not kept and recommendation is Recommendation.NO_DECISION and summary is None
    if submitted and says_nothing:
        form.refuse("recommendation", "Rate or recommend something before you hand it in.")
        return None
    return GivenScorecard(kept, recommendation, summary, submitted)


@blueprint.post("/interviews/<string:interview_id>/scorecard/remove")
@requires("interview:score")
def remove_scorecard(interview_id: str) -> Page:
    """Remove one's own card."""
    lifecycle.delete_scorecard(repository(), interview_id, actor())
    return go_to("scorecard", interview_id=interview_id, said="card-removed")
