"""`/api-keys`: keys with which programs call this API."""

from http import HTTPStatus
from typing import Any

from interview_service.api.blueprint import Blueprint
from interview_service.api.schemas.accounts import (
    ApiKeysSchema,
    NewApiKeySchema,
    NewKeySchema,
    PageOfUsersQuerySchema,
)
from interview_service.api.services import actor, repository
from interview_service.domain.roles import Role
from interview_service.lifecycle import keys

blueprint = Blueprint("api_keys", __name__, url_prefix="/api-keys", description="Keys of programs")


@blueprint.route("", methods=["GET"])
@blueprint.requires("key:manage")
@blueprint.arguments(PageOfUsersQuerySchema, location="query")
@blueprint.response(200, ApiKeysSchema)
def list_api_keys(query: dict[str, Any]) -> Any:
    """List the API keys

    Those that are not revoked, in the order in which they were made.
    """
    page = keys.api_keys(repository(), limit=query["limit"], after=query.get("cursor"))
    meta = {"limit": query["limit"], "next_cursor": page.next_id}
    return {"data": page.keys, "meta": meta}


@blueprint.route("", methods=["POST"])
@blueprint.requires("key:manage")
@blueprint.idempotent
@blueprint.arguments(NewApiKeySchema)
@blueprint.response(201, NewKeySchema, secret=True)
def create_api_key(given: dict[str, Any]) -> Any:
    """Make an API key

    Give either a role or permissions, no more than you hold. The key is shown this once. It acts as
    `key:<name>`, cannot hand in scorecards, and its verdicts need an explicit decision.
    """
    made = keys.create_key(
        repository(),
        given["name"],
        actor(),
        role=Role(given["role"]) if "role" in given else None,
        permissions=tuple(given.get("permissions", ())),
        expires_at=given.get("expires_at"),
    )
    names = NewKeySchema().dump_fields
    return {
        **{each: getattr(made.record, each) for each in names if each != "key"},
        "key": made.key,
    }


@blueprint.route("/<string:key_id>", methods=["DELETE"])
@blueprint.requires("key:manage")
@blueprint.response(204)
@blueprint.errors({HTTPStatus.NOT_FOUND: "No such key of this tenant, or it is revoked"})
def revoke_api_key(key_id: str) -> Any:
    """Revoke an API key

    It is refused from now on, in every process within 30 seconds.
    """
    keys.revoke_key(repository(), key_id, actor())
