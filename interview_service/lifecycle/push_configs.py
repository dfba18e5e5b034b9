"""Push notification configurations: agents ask to be told of each change of a task."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from interview_service.domain.audit import TargetType
from interview_service.domain.clock import clock, new_id
from interview_service.domain.errors import CandidateErased, TooManyPushConfigs
from interview_service.domain.limits import PUSH_CONFIGS
from interview_service.domain.tasks import PushConfig
from interview_service.lifecycle.audit import record
from interview_service.lifecycle.base import Actor, one_transaction
from interview_service.repository import Repository


@dataclass(frozen=True, slots=True)
class GivenPushConfig:
    """What somebody asks for; without an `id`, it gets one."""

    url: str
    id: str | None = None
    token: str | None = field(default=None, repr=False)
    auth_scheme: str | None = None
    auth_credentials: str | None = field(default=None, repr=False)


@one_transaction
def set_push_config(
    repository: Repository, interview_id: str, given: GivenPushConfig, actor: Actor
) -> PushConfig:
    """Have somebody told of each change of an interview, in place of what had the same id.

    :raise InterviewNotFound: there is none.
    :raise CandidateErased: its candidate's data is erased, and nothing becomes of it any more.
    :raise TooManyPushConfigs: the interview has as many as it can have.
    """
    interview = repository.interviews.locked(interview_id)
    if interview.candidate_erased_at is not None:
        raise CandidateErased
    known = {each.id: each for each in repository.push_configs.of_interview(interview.id)}
    now = clock.now()
    config = PushConfig(
        id=given.id or new_id(now),
        interview_id=interview.id,
        url=given.url,
        token=given.token,
        auth_scheme=given.auth_scheme,
        auth_credentials=given.auth_credentials,
        created_at=now,
    )
    before = known.get(config.id)
    if before is not None:
        config = replace(config, created_at=before.created_at)
        if config == before:
            return before
        repository.push_configs.save(before, config)
    elif len(known) >= PUSH_CONFIGS:
        raise TooManyPushConfigs
    else:
        repository.push_configs.add(config)
    record(repository, actor, "interview.set_push_config", TargetType.INTERVIEW, interview.id)
    return config


def push_config(repository: Repository, interview_id: str, config_id: str) -> PushConfig:
    """Return a push notification configuration of an interview.

    :raise InterviewNotFound: there is no such interview.
    :raise PushConfigNotFound: it has none of that id.
    """
    interview = repository.interviews.get(interview_id)
    return repository.push_configs.get(interview.id, config_id)


def push_configs(repository: Repository, interview_id: str) -> Sequence[PushConfig]:
    """Return the push notification configurations of an interview, in the order of their ids.

    :raise InterviewNotFound: there is no such interview.
    """
    interview = repository.interviews.get(interview_id)
    return repository.push_configs.of_interview(interview.id)


@one_transaction
def delete_push_config(
    repository: Repository, interview_id: str, config_id: str, actor: Actor
) -> None:
    """Tell a receiver nothing more, whatever still waits for it. To repeat it changes nothing.

    :raise InterviewNotFound: there is no such interview.
    """
    interview = repository.interviews.locked(interview_id)
    if repository.push_configs.delete(interview.id, config_id):
        done = "interview.delete_push_config"
        record(repository, actor, done, TargetType.INTERVIEW, interview.id)
