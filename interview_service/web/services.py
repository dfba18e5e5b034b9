"""What requests need of the rest of the service, bound to the application by the factory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from flask import current_app, g, request

from interview_service.lifecycle.sessions import Origin
from interview_service.repository import Repository
from interview_service.repository.directory import Directory
from interview_service.repository.watching import Watch
from interview_service.web.client_address import Network, client_address

_KEY = "interview_service"


@dataclass(frozen=True)
class Services:
    """The seams between HTTP and the rest.

    :param repository_of: makes the repository of a tenant.
    :param watch: looks at the whole installation.
    :param allow_private: whether webhooks may go to private addresses, and over http.
    :param directory: finds the tenant of what arrives without one.
    :param public_url: where the world sees this service, without a slash at its end.
    :param proxies: the networks of trusted proxies, which say what address a client has.
    :param exported: yields all that is kept on a candidate as a JSON document of the API's.
    :param sends_mail: whether the service sends mail.
    """

    repository_of: Callable[[str], Repository]
    watch: Watch
    allow_private: bool
    directory: Directory
    public_url: str
    proxies: tuple[Network, ...]
    exported: Callable[..., Iterator[bytes]]
    sends_mail: bool

    def bind(self, extensions: dict[str, object]) -> None:
        """Put the services where `services()` finds them."""
        extensions[_KEY] = self


def services() -> Services:
    """Return the services of the application in whose context this runs."""
    return cast(Services, current_app.extensions[_KEY])


def directory() -> Directory:
    """Return what finds the tenant of a secret or an email."""
    return services().directory


def origin(*, is_browser: bool = False) -> Origin:
    """Return where the request comes from.

    :param is_browser: whether a session that begins with it is a browser's.
    """
    address = client_address(request, services().proxies)
    shown = str(address) if address is not None else ""
    return Origin(shown, g.get("request_id"), is_browser=is_browser)


def invitation_url(token: str) -> str:
    """Return the link with which a user sets a password."""
    return f"{services().public_url}/invitation?token={token}"
