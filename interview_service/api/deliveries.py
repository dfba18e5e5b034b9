"""`/interviews/:id/deliveries`: what was posted to whom, what came back, and once more."""

from http import HTTPStatus
from operator import attrgetter
from typing import Any

from interview_service import lifecycle
from interview_service.api.blueprint import Blueprint
from interview_service.api.interviews import NOT_FOUND
from interview_service.api.schemas.deliveries import DeliveriesSchema, DeliverySchema
from interview_service.api.schemas.pages import PartQuerySchema
from interview_service.api.services import actor, repository

blueprint = Blueprint("deliveries", __name__, description="Webhooks that were sent")


@blueprint.route("/interviews/<string:interview_id>/deliveries", methods=["GET"])
@blueprint.requires("interview:read")
@blueprint.arguments(PartQuerySchema, location="query")
@blueprint.response(200, DeliveriesSchema)
@blueprint.errors(NOT_FOUND)
def list_deliveries(query: dict[str, Any], interview_id: str) -> Any:
    """List the deliveries

    The events of the interview in order, each with its last 20 attempts and the first 1 KiB of the
    answers. Push notifications of agents stand among them, as `task.status_update`.
    """
    limit = query["limit"]
    page = lifecycle.deliveries(repository(), interview_id, limit=limit, after=query.get("cursor"))
    return {"data": page.rows, "meta": {"limit": limit, "next_cursor": page.next_place}}


@blueprint.route(
    "/interviews/<string:interview_id>/deliveries/<string:delivery_id>/redeliver",
    methods=["POST"],
)
@blueprint.requires("interview:update")
@blueprint.idempotent
@blueprint.response(202, DeliverySchema, about=attrgetter("delivery.interview_id"))
@blueprint.errors({HTTPStatus.NOT_FOUND: "No such interview, or no such delivery of it"})
def redeliver(interview_id: str, delivery_id: str) -> Any:
    """Deliver an event again

    With the same `webhook-id`, to where the interview's events go now, or a push notification to
    where its agent wants it now.
    """
    return lifecycle.redeliver(repository(), interview_id, delivery_id, actor())
