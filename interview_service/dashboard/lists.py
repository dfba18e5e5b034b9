"""The list of interviews: what waits for the visitor, a search, filters, an order, CSV."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response, g, render_template, request

from interview_service import lifecycle
from interview_service.dashboard.blueprint import (
    Page,
    abort,
    actor,
    blueprint,
    repository,
    requires,
)
from interview_service.dashboard.forms import Choice, Form
from interview_service.dashboard.moments import zone
from interview_service.dashboard.words import LEVELS, ORDERS, RECOMMENDATIONS
from interview_service.domain import limits
from interview_service.domain.assessment import Recommendation
from interview_service.domain.interview import Level
from interview_service.domain.lists import Filters, Order, Place
from interview_service.domain.workflow import State, grants
from interview_service.web import spreadsheets
from interview_service.web.cursors import packed_place, place_of

ROWS = 20

_ERRANDS: tuple[tuple[State, str, str, str], ...] = (
    (State.INFO_NEEDED, "interview:update", "waits for information", "wait for information"),
    (State.PENDING, "interview:approve", "plan to approve", "plans to approve"),
    (State.APPROVED, "interview:update", "to schedule", "to schedule"),
    (State.IN_PROGRESS, "interview:update", "in progress", "in progress"),
    (State.COMPLETED, "interview:update", "waits for evidence", "wait for evidence"),
    (State.ASSESSMENT_PENDING, "interview:approve", "to decide", "to decide"),
)

_CLOSED = frozenset(each for each in State if each.is_final)

_FILTERS = (
    *("level", "position", "interviewer", "recommendation", "decision"),
    *("scheduledFrom", "scheduledTo", "createdFrom", "createdTo"),
)
"""Filters that stand behind a fold, by their names in the address."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Interviews that wait for somebody like the visitor.

    :param label: what is to be done, of one interview or of several.
    """

    state: State
    count: int
    label: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list an address asks for.

    :param form: its filters as they were typed, with what is wrong with them.
    :param interviewer: whose interviews: an email address, or `lifecycle.lists.ONESELF`.
    """

    form: Form
    filters: Filters
    order: Order
    interviewer: str | None
    place: Place | None

    @property
    def narrowed(self) -> int:
        """How many of the filters behind the fold are in use."""
        return sum(bool(self.form.value(name)) for name in _FILTERS)


def _asked() -> Asked:
    """Return which list is asked for; what makes no sense is said, and narrows nothing."""
    form = Form({name: request.args.getlist(name) for name in request.args})
    is_blind = lifecycle.can_be_blind(actor())
    order = _among(Order, form.value("sort")) or Order.NEWEST
    if is_blind and order is Order.HIGHEST_SCORE:
        order = Order.NEWEST
    recommendation = form.choice("recommendation", Recommendation, required=False)
    state = _among(State, form.value("state"))
    filters = Filters(
        states=() if state is None else (state,),
        q=form.text("q", limits.SEARCH),
        level=form.choice("level", Level, required=False),
        position=form.text("position", limits.POSITION),
        recommendation=None if is_blind else recommendation,
        decision=form.choice("decision", Recommendation, required=False),
        scheduled_from=form.day("scheduledFrom", zone()),
        scheduled_to=_day_after(form.day("scheduledTo", zone())),
        created_from=form.day("createdFrom", zone()),
        created_to=_day_after(form.day("createdTo", zone())),
    )
    interviewer = form.text("interviewer", limits.EMAIL)
    return Asked(form, filters, order, interviewer, _place(form.value("cursor"), order))


def _among(names: type[Choice], text: str) -> Choice | None:
    return next((each for each in names if each == text), None)


def _day_after(day: datetime | None) -> datetime | None:
    """Return when the day ends that begins at a moment: a list goes to the end of its last day."""
    return None if day is None else (day.astimezone(zone()) + timedelta(days=1))


def _place(cursor: str, order: Order) -> Place | None:
    try:
        place = place_of(cursor) if cursor else None
    except ValueError:
        return None
    return place if place is not None and place.order is order else None


@blueprint.get("/interviews")
@requires("interview:read")
def interviews() -> Page:
    """Show what waits for the visitor, and the list."""
    asked = _asked()
    found = lifecycle.page_of_interviews(
        repository(),
        actor(),
        asked.filters,
        asked.order,
        interviewer=asked.interviewer,
        limit=ROWS,
        place=asked.place,
    )
    totals = lifecycle.counts(repository()).by_state
    permissions = actor().permissions
    is_blind = lifecycle.can_be_blind(actor())
    errands = [
        Errand(each, totals[each], one if totals[each] == 1 else several)
        for each, permission, one, several in _ERRANDS
        if totals.get(each) and grants(permissions, permission)
    ]
    next_place = found.next_place
    return render_template(
        "interviews.html",
        rows=found.rows,
        total=found.total,
        asked=asked,
        form=asked.form,
        state=next(iter(asked.filters.states), None),
        is_narrowed=asked.filters != Filters() or asked.interviewer is not None,
        totals=[(each, totals[each]) for each in State if totals.get(each)],
        all=sum(totals.values()),
        errands=errands,
        closed=_CLOSED,
        first="" if asked.place is None else _query(),
        next="" if next_place is None else _query(cursor=packed_place(next_place)),
        query=_query,
        levels=LEVELS,
        orders=[each for each in ORDERS if not (is_blind and each[0] == Order.HIGHEST_SCORE)],
        recommendations=() if is_blind else RECOMMENDATIONS,
        decisions=RECOMMENDATIONS,
        is_oneself=asked.interviewer == lifecycle.ONESELF,
    )


def _query(**changes: str | None) -> str:
    """Return the query of the list that is shown, with changes; a cursor is of the same list."""
    if "list_query" not in g:
        g.list_query = {**request.args, "cursor": None, "said": None}
    asked: dict[str, str | None] = {**g.list_query, **changes}
    return "?" + urlencode({name: value for name, value in asked.items() if value})


@blueprint.get("/interviews.csv")
@requires("interview:read")
def interviews_csv() -> Page:
    """Hand out every interview of the list, in the form that the API has."""
    asked = _asked()
    if asked.form.has_errors:
        abort(HTTPStatus.UNPROCESSABLE_ENTITY)
    rows = lifecycle.all_interviews(
        repository(), actor(), asked.filters, asked.order, interviewer=asked.interviewer
    )
    return Response(
        spreadsheets.interviews(rows), mimetype=spreadsheets.CSV, headers=spreadsheets.INTERVIEWS
    )
