"""What the routes need of the rest of the service, bound to the application by the factory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request

from interview_service.api.auth import caller
from interview_service.api.client_address import Network, client_address
from interview_service.lifecycle import Actor
from interview_service.lifecycle.sessions import Origin
from interview_service.repository import Repository
from interview_service.repository.directory import Directory

_KEY = "interview_service"


@dataclass(frozen=True)
class Services:
    """The seams between HTTP and the rest.

    :param repository_of: makes the repository of a tenant.
    :param readiness: name of a check to what is wrong with it, or None where nothing is.
    :param details: figures for people who look at the readiness.
    :param allow_private: whether webhooks may go to private addresses, and over http.
    :param directory: finds the tenant of what arrives without one.
    :param public_url: where the world sees this service, without a slash at its end.
    :param proxies: the networks of trusted proxies, which say what address a client has.
    """

    repository_of: Callable[[str], Repository]
    readiness: Callable[[], Mapping[str, str | None]]
    details: Callable[[], Mapping[str, int]]
    allow_private: bool
    directory: Directory
    public_url: str
    proxies: tuple[Network, ...]

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


def directory() -> Directory:
    """Return what finds the tenant of a secret or an email."""
    return services().directory


def origin() -> Origin:
    """Return where the request comes from."""
    address = client_address(request, services().proxies)
    return Origin(str(address) if address is not None else "", g.get("request_id"))


def actor() -> Actor:
    """Return the caller in the words of the lifecycle."""
    principal = caller()
    at = origin()
    return Actor(
        principal.subject,
        principal.permissions,
        request_id=at.request_id,
        address=at.address,
        is_key=principal.is_key,
        email=principal.email,
    )
