"""A candidate's data: handed out, erased on demand, erased when its time is over."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock
from interview_service.domain.documents import Assessment, InterviewTranscript, Plan
from interview_service.domain.erasure import ErasedCriteria, erased_plan
from interview_service.domain.errors import InterviewNotFound, PreconditionFailed
from interview_service.domain.idempotency import KeptAnswer
from interview_service.domain.interview import EMPTY, PERSONAL_FIELDS, Interview, Step, taken
from interview_service.domain.limits import DELIVERY_ATTEMPTS, PAGE_ROWS, PLANS_KEPT
from interview_service.domain.scorecard import Scorecard
from interview_service.domain.workflow import Event, HistoryEntry, Transition
from interview_service.lifecycle.assessments import names_of
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.lifecycle.blindness import tags_of
from interview_service.lifecycle.events import emit_last
from interview_service.lifecycle.mail_queue import follow
from interview_service.lifecycle.outbox import DeliveryReport
from interview_service.repository import Repository
from interview_service.repository.scorecards import ScorecardVersion
from interview_service.transcripts.anonymity import masked

# --- handed out


@dataclass(frozen=True, slots=True)
class ExportedScorecard:
    """A scorecard, a draft as well, with what was handed in of it."""

    card: Scorecard
    interviewer_name: str | None
    versions: Sequence[ScorecardVersion]


@dataclass(frozen=True, slots=True)
class ExportedInterview:
    """All that is kept of a candidate in one interview; what can be large is read as it is asked.

    :param interview: with what it waits for in the background: wishes, and the last failure.
    """

    interview: Interview
    plans: Iterable[Plan]
    transcript: Callable[[], InterviewTranscript | None]
    scorecards: Iterable[ExportedScorecard]
    assessments: Iterable[Assessment]
    history: Iterable[HistoryEntry]
    deliveries: Iterable[DeliveryReport]
    answers: Iterable[KeptAnswer]


def export(repository: Repository, email: str, actor: Actor) -> Iterator[ExportedInterview]:
    """Return all that is kept on a candidate, read as it is gone through, oldest interview first.

    It stands in the audit log before any of it is read. Interviews are found by their email, in
    any case; there may be none. Everything is seen: what others think, and drafts as well.
    """
    ids = _begin_export(repository, email, actor, after=None)

    def interviews() -> Iterator[ExportedInterview]:
        page = ids
        while page:
            for interview_id in page:
                found = _exported(repository, interview_id)
                if found is not None:
                    yield found
            page = _begin_export(repository, email, actor, after=page[-1])

    return interviews()


@one_transaction
def _begin_export(
    repository: Repository, email: str, actor: Actor, *, after: str | None
) -> Sequence[str]:
    """Write into the audit log what is handed out next, and return the interviews' ids.

    :param after: the last id of those before; None for the first.
    """
    ids = _of_candidate(repository, email, after)
    for interview_id in ids:
        _record(repository, actor, "export", interview_id)
    if not ids and after is None:
        _record(repository, actor, "export", None)
    return ids


def _of_candidate(repository: Repository, email: str, after: str | None) -> Sequence[str]:
    place = {} if after is None else {"after": after}
    return repository.interviews.of_candidate(email, limit=PAGE_ROWS, **place)


def _record(repository: Repository, actor: Actor, done: str, interview_id: str | None) -> None:
    record(
        repository,
        actor,
        f"candidate.{done}",
        TargetType.CANDIDATE,
        interview_id,
        interview_id=interview_id,
    )


def _exported(repository: Repository, interview_id: str) -> ExportedInterview | None:
    """Return what is kept in an interview; None where it was erased or deleted meanwhile."""
    try:
        interview = repository.interviews.get(interview_id)
    except InterviewNotFound:
        return None
    if interview.candidate_erased_at is not None:
        return None
    return ExportedInterview(
        interview=interview,
        plans=_plans(repository, interview_id),
        transcript=lambda: repository.transcripts.get(interview_id),
        scorecards=_scorecards(repository, interview_id),
        assessments=_assessments(repository, interview_id),
        history=_history(repository, interview_id),
        deliveries=_deliveries(repository, interview_id),
        answers=_answers(repository, interview_id),
    )


def _plans(repository: Repository, interview_id: str) -> Iterator[Plan]:
    for plan_id in reversed(repository.plans.ids(interview_id, limit=PLANS_KEPT)):
        plan = repository.plans.get(plan_id)
        if plan is not None:
            yield plan


def _assessments(repository: Repository, interview_id: str) -> Iterator[Assessment]:
    for assessment_id in reversed(repository.assessments.ids(interview_id, limit=PLANS_KEPT)):
        assessment = repository.assessments.get(assessment_id)
        if assessment is not None:
            yield assessment


def _scorecards(repository: Repository, interview_id: str) -> Iterator[ExportedScorecard]:
    cards = repository.scorecards.of_interview(interview_id)
    names = names_of(repository, [card.interviewer for card in cards])
    for card in cards:
        versions = repository.scorecards.versions(interview_id, card.interviewer)
        yield ExportedScorecard(card, names.get(card.interviewer), versions)


def _history(repository: Repository, interview_id: str) -> Iterator[HistoryEntry]:
    page = repository.history.of_interview(interview_id, limit=PAGE_ROWS)
    while page:
        yield from page
        last = page[-1].number
        page = repository.history.of_interview(interview_id, limit=PAGE_ROWS, after=last)


def _deliveries(repository: Repository, interview_id: str) -> Iterator[DeliveryReport]:
    page = repository.deliveries.page(interview_id, limit=PAGE_ROWS)
    while page:
        attempts = repository.deliveries.last_attempts(page, DELIVERY_ATTEMPTS)
        for each in page:
            own = [attempt for attempt in attempts if attempt.delivery_id == each.id]
            yield DeliveryReport(each, own)
        page = repository.deliveries.page(interview_id, limit=PAGE_ROWS, after=page[-1].number)


def _answers(repository: Repository, interview_id: str) -> Iterator[KeptAnswer]:
    for key in repository.idempotency_keys.of_interview(interview_id):
        kept = repository.idempotency_keys.get(key)
        if kept is not None:
            yield kept


# --- erased


@one_transaction
def erase_interview(
    repository: Repository,
    interview_id: str,
    actor: Actor,
    *,
    versions: Callable[[int | str | None], bool] = lambda version: True,
) -> Interview:
    """Erase a candidate's data from an interview, which is CANCELLED where it was not over.

    Done again, it changes nothing.

    :param versions: tells whether the caller accepts the interview's version (If-Match).
    :raise InterviewNotFound: there is none.
    :raise PreconditionFailed: its version is not one that the caller accepts.
    """
    interview = repository.interviews.locked(interview_id)
    if not any(map(versions, tags_of(interview.version))):
        raise PreconditionFailed
    return _erase(repository, interview, actor)


def erase_candidate(repository: Repository, email: str, actor: Actor) -> list[str]:
    """Erase a candidate's data from all of their interviews, found by their email in any case.

    Each interview is a transaction of its own, so that nobody waits for all of them: where this is
    interrupted, it is to be called again.

    :return: the ids of the interviews that it was erased from; none where nothing is kept.
    """
    erased: list[str] = []
    page = _of_candidate(repository, email, None)
    while page:
        for interview_id in page:
            try:
                erase_interview(repository, interview_id, actor)
            except InterviewNotFound:
                continue  # deleted meanwhile
            erased.append(interview_id)
        page = _of_candidate(repository, email, page[-1])
    return erased


def erase_expired(repository: Repository, actor: Actor, *, limit: int) -> int:
    """Erase candidates' data that the tenant has kept for as long as it wants to.

    Its time runs from the final state, else from the last change. Each interview is a transaction.

    :param limit: of so many interviews at most.
    :return: of how many it was found past its time.
    """
    days = repository.settings.get().retention_days
    if days is None:
        return 0
    before = clock.now() - timedelta(days=days)
    ids = repository.interviews.untouched_since(before, limit=limit)
    for interview_id in ids:
        _erase_expired(repository, interview_id, before, actor)
    return len(ids)


@one_transaction
def _erase_expired(
    repository: Repository, interview_id: str, before: datetime, actor: Actor
) -> None:
    try:
        interview = repository.interviews.locked(interview_id)
    except InterviewNotFound:
        return
    is_over = interview.workflow_state.is_final
    last = interview.moved_at if is_over and interview.moved_at else interview.updated_at
    if last < before:
        _erase(repository, interview, actor)


def _erase(repository: Repository, interview: Interview, actor: Actor) -> Interview:
    if interview.candidate_erased_at is not None:
        return interview
    _erase_documents(repository, interview)
    now = clock.now()
    bare = _without_candidate(interview)
    steps: list[Step] = []
    if not interview.workflow_state.is_final:
        steps = taken(bare, Transition.CANCEL, now, by=actor.subject)
    after = steps[-1].interview if steps else bare.touched(now)
    after = replace(after, candidate_erased_at=after.updated_at)
    erased = repository.interviews.save(interview, after)
    repository.history.forget_reasons(interview.id)
    for step in steps:
        repository.history.add(step.entry)
    repository.idempotency_keys.forget_interview(interview.id)
    emit_last(repository, interview, Event.CANDIDATE_ERASED, erased, steps)
    follow(repository, interview, erased)
    _record(repository, actor, "erase", interview.id)
    return erased


def _without_candidate(interview: Interview) -> Interview:
    """Return an interview with nothing of its candidate: what it says of the job stays."""
    name = interview.known_name

    def bare(text: str) -> str:
        return masked(text, name, parts=False)

    job = {
        "position": interview.position and bare(interview.position),
        "skills": tuple(map(bare, interview.skills)),
        "company_name": interview.company_name and bare(interview.company_name),
    }
    personal = {each: EMPTY[each] for each in PERSONAL_FIELDS}
    return replace(interview, **job, **personal)  # type: ignore[arg-type]


def _erase_documents(repository: Repository, interview: Interview) -> None:
    """Empty what hangs on an interview of all that was said and written."""
    present = repository.plans.get(interview.plan_id) if interview.plan_id else None
    criteria = ErasedCriteria(present)
    for plan in _plans(repository, interview.id):
        repository.plans.save(plan, erased_plan(plan))
    for assessment in _assessments(repository, interview.id):
        repository.assessments.save(assessment, criteria.assessment(assessment))
    for card in repository.scorecards.of_interview(interview.id):
        repository.scorecards.put(interview.id, criteria.card(card), is_first=False)
    repository.scorecards.delete_versions(interview.id)
    repository.transcripts.delete(interview.id)
    repository.push_configs.delete_all(interview.id)
