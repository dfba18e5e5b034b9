"""What every use case shares: one transaction, and who asks for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from interview_service.database.models import (
    Interview,
)
from interview_service.domain.clock import clock
from interview_service.repository import Repository

P = ParamSpec("P")
R = TypeVar("R")

SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and what they may do."""

    subject: str
    permissions: frozenset[str] = field(default_factory=frozenset)


def one_transaction(
    use_case: Callable[Concatenate[Repository, P], R],
) -> Callable[Concatenate[Repository, P], R]:
    @wraps(use_case)
    def run(repository: Repository, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return repository.work.run(lambda: use_case(repository, *args, **kwargs))

    return run


def touch(interview: Interview) -> None:
    """Move `updated_at` on, even when the clock goes back, so that the version moves too."""
    interview.updated_at = max(clock.now(), interview.updated_at + timedelta(milliseconds=1))
