"""`/users`: the people of a tenant, and links with which they set a password."""

from http import HTTPStatus
from typing import Any

from interview_service.api.blueprint import Blueprint
from interview_service.api.schemas.accounts import (
    LinkSchema,
    NewUserSchema,
    PageOfUsersQuerySchema,
    UserSchema,
    UsersSchema,
    UserUpdateSchema,
)
from interview_service.api.services import actor, repository, services
from interview_service.domain.accounts import UserStatus, invitation_url
from interview_service.domain.roles import Role
from interview_service.lifecycle import users

blueprint = Blueprint("users", __name__, url_prefix="/users", description="People of the tenant")

NOT_FOUND = {HTTPStatus.NOT_FOUND: "No such user of this tenant"}
_READ_ONLY = ("id", "created_at", "last_sign_in_at")


@blueprint.route("", methods=["GET"])
@blueprint.requires("user:read")
@blueprint.arguments(PageOfUsersQuerySchema, location="query")
@blueprint.response(200, UsersSchema)
def list_users(query: dict[str, Any]) -> Any:
    """List the users

    In the order in which they were added.
    """
    page = users.users(repository(), limit=query["limit"], after=query.get("cursor"))
    meta = {"limit": query["limit"], "next_cursor": page.next_id}
    return {"data": page.users, "meta": meta}


@blueprint.route("", methods=["POST"])
@blueprint.requires("user:manage")
@blueprint.idempotent
@blueprint.arguments(NewUserSchema)
@blueprint.response(201, UserSchema)
@blueprint.errors({HTTPStatus.CONFLICT: "The tenant has a user of this email"})
def create_user(given: dict[str, Any]) -> Any:
    """Add a user

    They can sign in once they have set a password by a link, which is mailed to them where the
    service sends mail; else see the invitation. Nobody adds a user who holds more than they do
    themselves.
    """
    return users.create_user(
        repository(), given["email"], given["name"], Role(given["role"]), actor()
    )


@blueprint.route("/<string:user_id>", methods=["GET"])
@blueprint.requires("user:read")
@blueprint.response(200, UserSchema)
@blueprint.errors(NOT_FOUND)
def read_user(user_id: str) -> Any:
    """Get a user"""
    return users.user(repository(), user_id)


@blueprint.route("/<string:user_id>", methods=["PUT"])
@blueprint.requires("user:manage")
@blueprint.arguments(UserUpdateSchema)
@blueprint.response(200, UserSchema)
@blueprint.errors(
    {**NOT_FOUND, HTTPStatus.CONFLICT: "The email is taken, or this is the last active ADMIN"}
)
def update_user(given: dict[str, Any], user_id: str) -> Any:
    """Change a user

    Takes any part of them. Another role holds within 30 seconds; DISABLED ends their sessions.
    """
    change = users.UserChange(
        email=given.get("email"),
        name=given.get("name"),
        role=Role(given["role"]) if "role" in given else None,
        status=UserStatus(given["status"]) if "status" in given else None,
        read_only={name: given[name] for name in _READ_ONLY if name in given},
    )
    return users.update_user(repository(), user_id, change, actor())


@blueprint.route("/<string:user_id>", methods=["DELETE"])
@blueprint.requires("user:manage")
@blueprint.response(204)
@blueprint.errors({**NOT_FOUND, HTTPStatus.CONFLICT: "This is the last active ADMIN"})
def delete_user(user_id: str) -> Any:
    """Remove a user

    They are signed out everywhere. What they have done stays.
    """
    users.delete_user(repository(), user_id, actor())


@blueprint.route("/<string:user_id>/invitation", methods=["POST"])
@blueprint.requires("user:manage")
@blueprint.idempotent
@blueprint.response(201, LinkSchema, secret=True)
@blueprint.errors({**NOT_FOUND, HTTPStatus.CONFLICT: "The user is disabled"})
def invite_user(user_id: str) -> Any:
    """Make a link with which the user sets a password

    Good once, for 72 hours, and shown this once: hand it over in your own way. Where the service
    sends mail, the user is mailed one of their own as well. Using either ends the user's sessions;
    until then they hold.
    """
    link = users.invite(repository(), user_id, actor())
    return {"url": invitation_url(services().public_url, link.token), "expires_at": link.expires_at}
