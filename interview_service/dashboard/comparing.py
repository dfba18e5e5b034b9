"""The candidates for a position side by side: without names if wanted, also to decide."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from flask import render_template, request

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
from interview_service.dashboard.forms import Form
from interview_service.dashboard.scorecards import kit_of
from interview_service.dashboard.words import DECISIONS
from interview_service.domain import limits
from interview_service.domain.assessment import Recommendation, criteria_of
from interview_service.domain.errors import (
    AssessmentNotAvailable,
    Conflict,
    InvalidFields,
    PreconditionFailed,
)
from interview_service.domain.judging import Verdict
from interview_service.domain.lists import Filters
from interview_service.domain.workflow import State, Transition

COMPARED = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A candidate beside others: how they were rated, by the name of what was rated.

    `assessment_tag` is the version of the assessment that the visitor may decide on now.
    """

    interview_id: str
    name: str
    state: str
    overall_score: int | None
    recommendation: str | None
    decision: str | None
    scores: dict[str, float]
    assessment_tag: str | None


@blueprint.get("/interviews/<string:interview_id>/compare")
@requires("interview:read")
def compare(interview_id: str) -> Page:
    """Show the candidates for an interview's position side by side, without names if wanted."""
    return _compare_page(interview_id, Form(), hides_names=request.args.get("names") == "off")


@blueprint.post("/interviews/<string:interview_id>/compare")
@requires("interview:approve")
def decide_beside(interview_id: str) -> Page:
    """Decide on one of the candidates, and stay with names as they are: shown or not."""
    form = Form.sent(request.form)
    hides_names = form.value("names") == "off"
    decided, seen = form.value("decided"), form.value("seen")
    read(decided)
    decision = form.choice("decision", Recommendation)
    reason = form.text("reason", limits.REASON)
    problem, status = None, HTTPStatus.UNPROCESSABLE_ENTITY
    if decision is not None and not form.has_errors:
        try:
            lifecycle.transition(
                repository(),
                decided,
                Transition.APPROVE_ASSESSMENT,
                actor(),
                reason=reason,
                verdict=Verdict(decision, reason),
                versions=lambda version: str(version) == seen,
            )
        except InvalidFields as error:
            form.refuse_all(error)
        except (Conflict, PreconditionFailed):
            problem = (
                "It changed while you were reading, so nothing was decided. This is how it is now."
            )
            status = HTTPStatus.CONFLICT
        else:
            names = "off" if hides_names else None
            return go_to("compare", interview_id=interview_id, names=names, said="decided")
    return _compare_page(interview_id, form, status, problem, hides_names=hides_names)


def _compare_page(
    interview_id: str,
    form: Form,
    status: int = HTTPStatus.OK,
    problem: str | None = None,
    *,
    hides_names: bool,
) -> Page:
    position = read(interview_id).position or ""
    found = lifecycle.page_of_interviews(
        repository(), actor(), Filters(position=position or None), limit=limits.PAGE_ROWS
    )
    same = found.rows if position else ()
    rated = [row for row in same if row.decision or row.overall_score is not None]
    others = [row for row in same if row not in rated]
    columns = []
    for number, row in enumerate(reversed([*others, *rated][-COMPARED:]), start=1):
        scores, tag = _assessed(row.id)
        is_due = row.workflow_state == State.ASSESSMENT_PENDING and may("interview:approve")
        columns.append(
            Column(
                interview_id=row.id,
                name=f"Candidate {number}" if hides_names else row.candidate_name or "No name",
                state=row.workflow_state,
                overall_score=row.overall_score,
                recommendation=row.recommendation,
                decision=row.decision,
                scores=scores,
                assessment_tag=tag if is_due else None,
            )
        )
    page = render_template(
        "compare.html",
        interview_id=interview_id,
        position=position,
        columns=columns,
        names=list(dict.fromkeys(name for column in columns for name in column.scores)),
        hides_names=hides_names,
        left_out=len(same) - len(columns),
        decisions=DECISIONS,
        form=form,
        problem=problem,
    )
    return page, status


def _assessed(interview_id: str) -> tuple[dict[str, float], str | None]:
    """Return how somebody was rated, as far as the visitor may see it, and which version it is."""
    try:
        found = lifecycle.current_assessment(repository(), interview_id, actor())
    except AssessmentNotAvailable:
        return {}, None
    kit = kit_of(interview_id)
    names = {each.key: each.name for each in criteria_of(kit)} if kit is not None else {}
    scores: dict[str, float] = {}
    for group in cast(dict[str, dict[str, float]], found.assessment.scores).values():
        for key, score in group.items():
            scores[names.get(key, key.replace("_", " "))] = score
    return scores, found.tag
