"""What the routes need: the repository of the caller's tenant, and who the caller is."""

from typing import cast

from flask import g

from interview_service.api.auth import caller
from interview_service.lifecycle import Actor
from interview_service.repository import Repository
from interview_service.web.services import Services, directory, invitation_url, origin, services

__all__ = [
    "Services",
    "actor",
    "directory",
    "invitation_url",
    "origin",
    "repository",
    "services",
]


def repository() -> Repository:
    """Return the repository of the caller's tenant: one for the whole request."""
    if "repository" not in g:
        g.repository = services().repository_of(caller().tenant_id)
    return cast(Repository, g.repository)


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
