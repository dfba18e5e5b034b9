"""What is read of many interviews: pages of lists, all of a list, counts, what changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from interview_service.domain.accounts import folded_email
from interview_service.domain.clock import clock
from interview_service.domain.errors import CursorTooOld, PermissionMissing
from interview_service.domain.feed import FeedPage, FeedPlace
from interview_service.domain.interview import InterviewRow
from interview_service.domain.lists import EVERYTHING, Filters, Order, Place, keys_of
from interview_service.domain.workflow import APPROVAL, State
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.lifecycle.blindness import can_be_blind, seen_rows
from interview_service.repository import Page, Repository

ROWS_AT_ONCE = 500
"""So many rows of a list are in memory while all of it is read."""

ONESELF = "me"
"""Stands for the caller where a list is narrowed to an interviewer."""


def page_of_interviews(
    repository: Repository,
    actor: Actor,
    filters: Filters = EVERYTHING,
    order: Order = Order.NEWEST,
    *,
    interviewer: str | None = None,
    page: int = 1,
    limit: int,
    place: Place | None = None,
) -> Page:
    """Return one page of interviews as the actor may see them; ties are in the order of ids.

    :param interviewer: narrows it to the interviews of a person: a subject, a user's id or email,
        a verified email, or `ONESELF`.
    :param place: what the page follows, instead of its number: of the same order.
    :raise PermissionMissing: the actor has to judge for themselves before they see others' scores,
        which the order or a filter would tell of.
    """
    _refuse_peeking(actor, filters, order)
    narrowed = _of_interviewer(repository, actor, filters, interviewer)
    found = repository.lists.page(narrowed, order, page=page, limit=limit, place=place)
    return replace(found, rows=seen_rows(repository, found.rows, actor))


def all_interviews(
    repository: Repository,
    actor: Actor,
    filters: Filters = EVERYTHING,
    order: Order = Order.NEWEST,
    *,
    interviewer: str | None = None,
) -> Iterator[InterviewRow]:
    """Return every interview of a list, read as it is gone through, `ROWS_AT_ONCE` at a time.

    :raise PermissionMissing: as of `page_of_interviews`, and at once.
    """
    _refuse_peeking(actor, filters, order)
    narrowed = _of_interviewer(repository, actor, filters, interviewer)

    def rows() -> Iterator[InterviewRow]:
        place = None
        while True:
            page = repository.lists.page(
                narrowed, order, limit=ROWS_AT_ONCE, place=place, is_counted=False
            )
            yield from seen_rows(repository, page.rows, actor)
            place = page.next_place
            if place is None:
                return

    return rows()


def _refuse_peeking(actor: Actor, filters: Filters, order: Order) -> None:
    tells = order is Order.HIGHEST_SCORE or filters.recommendation is not None
    if tells and can_be_blind(actor):
        raise PermissionMissing(APPROVAL)


def _of_interviewer(
    repository: Repository, actor: Actor, filters: Filters, interviewer: str | None
) -> Filters:
    """Narrow a list to a person, by whatever they are called among the interviewers."""
    if interviewer is None:
        return filters
    given = [interviewer]
    if interviewer == ONESELF:
        given = [actor.subject, *([actor.email] if actor.email else [])]
    users = repository.accounts.users_among(given, [folded_email(each) for each in given])
    names = (*given, *(name for user in users for name in (user.id, user.email)))
    return replace(filters, people=keys_of(names))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many interviews a tenant has: in all, and in each state there is."""

    total: int
    by_state: Mapping[State, int]


def counts(repository: Repository) -> Counts:
    """Return how many interviews there are in each state."""
    found = repository.lists.counts()
    by_state = {state: found.get(state, 0) for state in State}
    return Counts(sum(by_state.values()), by_state)


def changes(repository: Repository, place: FeedPlace | None, *, limit: int) -> FeedPage:
    """Return which interviews changed after a place in the feed, each once; without one, all.

    :raise CursorTooOld: deletions after it are forgotten.
    """
    now = clock.now()
    if place is None:
        place = FeedPlace(0, now)
    if place.is_too_old(now):
        raise CursorTooOld
    found = repository.changes.after(place.number, limit + 1)
    rows = found[:limit]
    if not rows:
        return FeedPage(rows, FeedPlace(place.number, now))
    last = rows[-1]
    told_until = max(place.told_until, last.changed_at) if len(found) > limit else now
    return FeedPage(rows, FeedPlace(last.number, told_until))


@one_transaction
def forget_deletions(repository: Repository, before: datetime) -> None:
    """Delete what tells a tenant's consumers of deletions before a moment."""
    repository.changes.forget_deletions(before)
