"""What the routes need of the rest of the service, bound to the application by the factory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from flask import current_app, g

from interview_service.api.auth import caller
from interview_service.lifecycle import Actor
from interview_service.repository import Repository

_KEY = "interview_service"


@dataclass(frozen=True)
class Services:
    """The seams between HTTP and the rest.

    :param repository_of: makes the repository of a tenant.
    :param readiness: name of a check to what is wrong with it, or None where nothing is.
    :param details: figures for people who look at the readiness.
    :param allow_private: whether webhooks may go to private addresses, and over http.
    """

    repository_of: Callable[[str], Repository]
    readiness: Callable[[], Mapping[str, str | None]]
    details: Callable[[], Mapping[str, int]]
    allow_private: bool

    def bind(self, extensions: dict[str, object]) -> None:
        """Put the services where `services()` finds them."""
        extensions[_KEY] = self


def services() -> Services:
    """Return the services of the application in whose context this runs."""
    return cast(Services, current_app.extensions[_KEY])


def repository() -> Repository:
    """Return the repository of the caller's tenant: one for the whole request."""
    if "repository" not in g:
        g.repository = services().repository_of(caller().tenant_id)
    return cast(Repository, g.repository)


def actor() -> Actor:
    """Return the caller in the words of the lifecycle."""
    principal = caller()
    return Actor(principal.subject, principal.permissions)
