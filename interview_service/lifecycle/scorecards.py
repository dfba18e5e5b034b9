"""Scorecards: saved, handed in, withdrawn, read. The assessment follows in their transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from interview_service.domain.accounts import folded_email
from interview_service.domain.assessment import Recommendation
from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock
from interview_service.domain.errors import (
    InvalidFields,
    KeysCannotJudge,
    PreconditionFailed,
    ScorecardNotFound,
    TooManyScorecards,
    WrongState,
)
from interview_service.domain.interview import Interview, Step, taken
from interview_service.domain.plan import Criterion
from interview_service.domain.scorecard import MAX_CARDS, MAX_VERSIONS, Rating, Scorecard
from interview_service.domain.workflow import (
    APPROVAL,
    SCORECARD_STATES,
    State,
    Transition,
    grants,
)
from interview_service.lifecycle import audit
from interview_service.lifecycle.assessments import (
    assessed_by_cards,
    criteria_for,
    names_of,
    reassessed,
)
from interview_service.lifecycle.base import Actor, keep, one_transaction
from interview_service.lifecycle.events import emit_scorecard
from interview_service.repository import Repository
from interview_service.repository.scorecards import ScorecardVersion


@dataclass(frozen=True, slots=True)
class GivenScorecard:
    """What somebody fills in."""

    ratings: tuple[Rating, ...]
    recommendation: Recommendation
    summary: str | None
    submitted: bool


@dataclass(frozen=True, slots=True)
class SeenScorecard:
    """A scorecard as it is shown.

    :param interviewer_name: None where its author is no user.
    """

    card: Scorecard
    interviewer_name: str | None


@one_transaction
def put_scorecard(
    repository: Repository,
    interview_id: str,
    given: GivenScorecard,
    actor: Actor,
    *,
    versions: Callable[[int | str | None], bool] = lambda version: True,
) -> SeenScorecard:
    """Save the actor's own scorecard of an interview: as a draft, or handed in.

    What was handed in and is saved as a draft is withdrawn. A card that is saved as it is already
    changes nothing.

    :param versions: tells whether the caller accepts the card's version (If-Match).
    :raise InterviewNotFound: there is none.
    :raise KeysCannotJudge: the actor is a program.
    :raise WrongState: the plan is not approved yet, or the verdict has been given.
    :raise PreconditionFailed: the card is not of a version that the caller accepts.
    :raise InvalidFields: a rating is of no criterion.
    :raise TooManyScorecards: so many people have one already.
    """
    interview, cards = _opened(repository, interview_id, actor)
    before = _own(cards, actor)
    if not versions(before.tag if before else None):
        raise PreconditionFailed
    criteria = criteria_for(repository, interview)
    content = replace(given, ratings=_checked(given.ratings, criteria))
    if before is None and len(cards) >= MAX_CARDS:
        raise TooManyScorecards
    if before is not None and content == _content(before):
        return _seen(repository, [before])[0]
    card = _saved(content, before, actor)
    repository.scorecards.put(interview.id, card, is_first=before is None)
    if card.submitted:
        repository.scorecards.add_version(interview.id, card, kept=MAX_VERSIONS)
        _record(repository, interview, actor, "scorecard.submit")
    elif before is not None and before.submitted:
        _record(repository, interview, actor, "scorecard.withdraw")
    if card.submitted or (before is not None and before.submitted):
        _follow(repository, interview, _with(cards, card), told=card.submitted)
    return _seen(repository, [card])[0]


@one_transaction
def delete_scorecard(
    repository: Repository,
    interview_id: str,
    actor: Actor,
    *,
    versions: Callable[[int | str | None], bool] = lambda version: True,
) -> None:
    """Remove the actor's own scorecard of an interview.

    :raise InterviewNotFound: there is none.
    :raise KeysCannotJudge: the actor is a program.
    :raise WrongState: the verdict has been given.
    :raise ScorecardNotFound: the actor has none.
    :raise PreconditionFailed: the card is not of a version that the caller accepts.
    """
    interview, cards = _opened(repository, interview_id, actor)
    before = _own(cards, actor)
    if before is None:
        raise ScorecardNotFound
    if not versions(before.tag):
        raise PreconditionFailed
    repository.scorecards.delete(interview.id, actor.subject)
    if before.submitted:
        _record(repository, interview, actor, "scorecard.delete")
        _follow(repository, interview, [card for card in cards if card is not before], told=False)


def own_scorecard(repository: Repository, interview_id: str, actor: Actor) -> SeenScorecard:
    """Return the actor's own scorecard of an interview.

    :raise InterviewNotFound: there is none.
    :raise ScorecardNotFound: the actor has none.
    """
    interview = repository.interviews.get(interview_id)
    card = repository.scorecards.get(interview.id, actor.subject)
    if card is None:
        raise ScorecardNotFound
    return _seen(repository, [card])[0]


def scorecards_of(
    repository: Repository, interview_id: str, actor: Actor
) -> Sequence[SeenScorecard]:
    """Return those scorecards of an interview that the actor may see.

    Others' are seen once one's own is handed in, by those who approve, and at the end; drafts are
    seen by their authors alone.

    :raise InterviewNotFound: there is no such interview.
    """
    interview = repository.interviews.get(interview_id)
    cards = repository.scorecards.of_interview(interview.id)
    own = _own(cards, actor)
    sees_others = (
        interview.workflow_state.is_final
        or grants(actor.permissions, APPROVAL)
        or (own is not None and own.submitted)
    )
    shown = [card for card in cards if card is own or (sees_others and card.submitted)]
    return _seen(repository, shown)


def scorecard_versions(
    repository: Repository, interview_id: str, interviewer: str
) -> Sequence[ScorecardVersion]:
    """Return somebody's scorecard of an interview as it was handed in, newest first.

    :raise InterviewNotFound: there is no such interview.
    :raise ScorecardNotFound: this person has handed in none.
    """
    interview = repository.interviews.get(interview_id)
    versions = repository.scorecards.versions(interview.id, interviewer)
    if not versions:
        raise ScorecardNotFound
    return versions


def missing_scorecards(repository: Repository, interview: Interview) -> list[str]:
    """Return who is expected to hand in a scorecard and has not: an entry a person.

    An entry is a user's id or email, a subject, or an email that an identity provider has verified.
    """
    entries = interview.interviewers
    if not entries:
        return []
    cards = [each for each in repository.scorecards.of_interview(interview.id) if each.submitted]
    people = _People(repository, entries)
    subjects = {card.interviewer for card in cards}
    present = subjects | {people.of(card.email) for card in cards if card.email}
    present |= {people.of(entry) for entry in entries if entry in subjects}
    missing: dict[str, str] = {}
    for entry in entries:
        person = people.of(entry)
        if person not in present:
            missing.setdefault(person, entry)
    return list(missing.values())


class _People:
    """Tells which names mean the same person."""

    def __init__(self, repository: Repository, entries: Sequence[str]) -> None:
        emails = [folded_email(each) for each in entries if "@" in each]
        users = repository.accounts.users_among(entries, emails)
        self._user = {user.id: user.id for user in users}
        self._user |= {folded_email(user.email): user.id for user in users}

    def of(self, entry: str) -> str:
        """Return what stands for a person: a user's id, else the email, else the subject."""
        folded = folded_email(entry)
        return self._user.get(folded, folded if "@" in entry else entry)


def _opened(
    repository: Repository, interview_id: str, actor: Actor
) -> tuple[Interview, list[Scorecard]]:
    """Lock an interview whose scorecards may be written now, and return it with its cards."""
    if actor.is_key:
        raise KeysCannotJudge
    interview = repository.interviews.locked(interview_id)
    state = interview.workflow_state
    if state not in SCORECARD_STATES:
        raise WrongState(f"Cannot write a scorecard: workflowState is {state}")
    return interview, repository.scorecards.of_interview(interview.id)


def _own(cards: Sequence[Scorecard], actor: Actor) -> Scorecard | None:
    return next((card for card in cards if card.interviewer == actor.subject), None)


def _with(cards: Sequence[Scorecard], saved: Scorecard) -> list[Scorecard]:
    """Return an interview's cards with one saved anew: in the order they were handed in."""
    others = [card for card in cards if card.interviewer != saved.interviewer]
    return [*others, saved]


def _content(card: Scorecard) -> GivenScorecard:
    return GivenScorecard(card.ratings, card.recommendation, card.summary, card.submitted)


def _saved(given: GivenScorecard, before: Scorecard | None, actor: Actor) -> Scorecard:
    now = clock.now()
    return Scorecard(
        interviewer=actor.subject,
        ratings=given.ratings,
        recommendation=given.recommendation,
        summary=given.summary,
        submitted_at=now if given.submitted else None,
        updated_at=now,
        version=before.version + 1 if before else 1,
        email=folded_email(actor.email) if actor.email else None,
    )


def _checked(ratings: Sequence[Rating], criteria: Sequence[Criterion]) -> tuple[Rating, ...]:
    """Return ratings of the plan's criteria, and of the author's own, which have name and group.

    :raise InvalidFields: one is of no criterion, or two are of the same.
    """
    known = {criterion.key for criterion in criteria}
    faults: list[str] = []
    checked: dict[str, Rating] = {}
    for each in ratings:
        if each.criterion in checked:
            faults.append(f"{each.criterion!r} is rated twice.")
        elif each.criterion in known:
            each = replace(each, name=None, group=None)
        elif each.name is None or each.group is None:
            faults.append(
                f"{each.criterion!r} is no criterion of the plan: one of your own needs a name "
                "and a group."
            )
        checked[each.criterion] = each
    if faults:
        raise InvalidFields({"ratings": faults})
    return tuple(checked.values())


def _follow(
    repository: Repository, interview: Interview, cards: Sequence[Scorecard], *, told: bool
) -> None:
    """Have an interview follow its scorecards: its assessment, its state, its version.

    :param told: whether receivers of webhooks are told of a card that was handed in.
    """
    now = clock.now()
    after, steps = interview, list[Step]()
    if interview.workflow_state is State.ASSESSMENT_PENDING:
        after = reassessed(repository, interview, cards)
    elif interview.workflow_state is State.COMPLETED and any(card.submitted for card in cards):
        after = assessed_by_cards(repository, interview, cards)
        steps = taken(after, Transition.ASSESSMENT_READY, now)
    after = steps[-1].interview if steps else after.touched(now)
    if told:
        emit_scorecard(repository, interview.touched(now))
    keep(repository, interview, after, steps, by_card=True)


def _record(repository: Repository, interview: Interview, actor: Actor, action: str) -> None:
    audit.record(
        repository,
        actor,
        action,
        TargetType.SCORECARD,
        actor.subject,
        interview_id=interview.id,
        fields=("ratings", "recommendation", "summary") if action == "scorecard.submit" else (),
    )


def _seen(repository: Repository, cards: Sequence[Scorecard]) -> list[SeenScorecard]:
    names = names_of(repository, [card.interviewer for card in cards])
    return [SeenScorecard(card, names.get(card.interviewer)) for card in cards]
