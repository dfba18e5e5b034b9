"""`/interviews`: lists of them, as JSON or CSV, their counts, and the feed of what changed."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import request

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint
from interview_service.api.idempotency import ViewResponse
from interview_service.api.schemas.lists import (
    CountsSchema,
    FeedQuerySchema,
    FeedSchema,
    InterviewPageSchema,
    ListQuerySchema,
)
from interview_service.api.services import actor, repository
from interview_service.domain.errors import InvalidQuery
from interview_service.domain.interview import InterviewRow
from interview_service.domain.lists import Filters, Order, Place
from interview_service.domain.workflow import State
from interview_service.repository import Page
from interview_service.web import spreadsheets
from interview_service.web.cursors import packed_place

blueprint = Blueprint("lists", __name__, description="Lists of interviews")

TAGS = ["interviews"]
"""Where the document shows these: with the records."""

ROWS = 20
_FILTERS = (
    *("q", "level", "position", "external_id", "recommendation", "decision"),
    *("scheduled_from", "scheduled_to", "created_from", "created_to", "updated_after"),
)
_LINKS = {
    "Link": {
        "description": "Where the `next`, `prev`, `first` and `last` page is (RFC 8288)",
        "schema": {"type": "string"},
    }
}


@blueprint.route("/interviews", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.arguments(ListQuerySchema, location="query")
@blueprint.response(200, InterviewPageSchema, headers=_LINKS)
@blueprint.doc(tags=TAGS, **{"x-also": spreadsheets.CSV})
def list_interviews(query: dict[str, Any]) -> Any:
    """List interviews

    Newest first, unless `sort` says otherwise. A page past the end is empty, with a true `meta`.

    To go through a long list, pass each answer's `meta.nextCursor` on as `cursor`: a page costs the
    same at any depth, and rows that are added meanwhile shift nothing. A cursor belongs to the
    order and the filters that it came with; with filters, its `total` is the first page's.

    With `Accept: text/csv` the same rows come as CSV; without page, cursor and limit, all of them.
    """
    place: Place | None = query.get("cursor")
    if place is not None and "page" in query:
        raise InvalidQuery({"page": ["Must not be given with a cursor."]})
    order = Order(query["sort"])
    if place is not None and place.order is not order:
        raise InvalidQuery({"cursor": ["Not a cursor of this list: it is of another order."]})
    filters = Filters(
        states=tuple(State(each) for each in dict.fromkeys(query.get("state", ()))),
        **{name: query[name] for name in _FILTERS if query.get(name)},
    )
    interviewer = query.get("interviewer")
    as_csv = request.accept_mimetypes.best_match([_JSON, spreadsheets.CSV]) == spreadsheets.CSV
    if as_csv and not {"page", "cursor", "limit"} & query.keys():
        rows = lifecycle.all_interviews(
            repository(), actor(), filters, order, interviewer=interviewer
        )
        return _csv(rows, {})
    page, limit = query.get("page", 1), query.get("limit", ROWS)
    found = lifecycle.page_of_interviews(
        repository(),
        actor(),
        filters,
        order,
        interviewer=interviewer,
        page=page,
        limit=limit,
        place=place,
    )
    total_pages = None if found.total is None else -(-found.total // limit)
    headers = {"Vary": "Accept", **_links(found, None if place else page, total_pages)}
    if as_csv:
        return _csv(found.rows, headers)
    meta = {
        "total": found.total,
        "page": None if place else page,
        "limit": limit,
        "total_pages": total_pages,
        "next_cursor": found.next_place,
    }
    return {"data": found.rows, "meta": meta}, headers


_JSON = "application/json"


def _csv(rows: Iterable[InterviewRow], headers: Mapping[str, str]) -> ViewResponse:
    """Return rows as CSV, written as they are read."""
    response = ViewResponse(spreadsheets.interviews(rows), mimetype=spreadsheets.CSV)
    response.headers.update({**spreadsheets.INTERVIEWS, "Vary": "Accept"})
    response.headers.update(headers)
    return response


def _links(found: Page, page: int | None, total_pages: int | None) -> dict[str, str]:
    """Return the Link header: where the other pages are.

    :param page: the number of this one; None with a cursor.
    """
    targets: dict[str, dict[str, str]] = {"first": {}}
    if page is not None:
        targets["first"] = {"page": "1"}
        if page > 1:
            before = page - 1 if total_pages is None else min(page - 1, max(total_pages, 1))
            targets["prev"] = {"page": str(before)}
        if found.next_place is not None:
            targets["next"] = {"page": str(page + 1)}
        if total_pages is not None:
            targets["last"] = {"page": str(max(total_pages, 1))}
    elif found.next_place is not None:
        targets["next"] = {"cursor": packed_place(found.next_place)}
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name not in ("page", "cursor")
    ]
    here, links = request.script_root + request.path, []
    for name, target in targets.items():
        query = urlencode([*kept, *target.items()])
        links.append(f'<{here}{"?" if query else ""}{query}>; rel="{name}"')
    return {"Link": ", ".join(links)}


@blueprint.route("/interviews/counts", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.response(200, CountsSchema)
@blueprint.doc(tags=TAGS)
def count_interviews() -> Any:
    """Count interviews by state"""
    return lifecycle.counts(repository())


@blueprint.route("/interviews/changes", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.arguments(FeedQuerySchema, location="query")
@blueprint.response(200, FeedSchema)
@blueprint.doc(tags=TAGS)
@blueprint.errors({HTTPStatus.GONE: "The cursor is more than a year old: begin anew"})
def list_changes(query: dict[str, Any]) -> Any:
    """List what changed

    Which interviews changed since the answer before, deletions too: each once, with its last
    change, in the order of these. Without a cursor, from the beginning: whoever reads on until
    `data` is empty knows of every interview there is. Pass `nextCursor` on the next time; it is
    never null. Deletions are told for a year.
    """
    found = lifecycle.changes(repository(), query.get("cursor"), limit=query["limit"])
    return {"data": found.changes, "next_cursor": found.next_place}
