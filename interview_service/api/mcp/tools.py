"""The eight tools: what a model may do with interviews. None of them decides about a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import marshmallow as ma

from interview_service import lifecycle
from interview_service.api.interviews import may_read, take_new
from interview_service.api.mcp.schemas import (
    NOTICE,
    AssessmentResultSchema,
    ChangesSchema,
    CreateSchema,
    InterviewIdSchema,
    InterviewsSchema,
    Json,
    ListSchema,
    SendTranscriptSchema,
    TranscriptKeptSchema,
    json_schema,
)
from interview_service.api.schemas.interviews import InterviewSchema
from interview_service.api.schemas.plans import PlanSchema
from interview_service.api.schemas.workflow import StatusSchema, TransitionResultSchema
from interview_service.api.serializer import Serializer, serializer_of
from interview_service.api.services import actor, repository
from interview_service.api.transcripts import keep_turns
from interview_service.domain.lists import Filters, Order, Place
from interview_service.domain.workflow import State, Transition


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is called, wants and does.

    :param takes: the schema of its arguments.
    :param gives: the schema of its result.
    :param is_read_only: whether it changes nothing.
    :param is_destructive: whether it does away with something.
    :param is_idempotent: whether a repetition changes nothing more.
    """

    name: str
    title: str
    description: str
    permission: str
    takes: ma.Schema
    gives: ma.Schema
    run: Callable[[dict[str, Any]], Any]
    is_read_only: bool = True
    is_destructive: bool = False
    is_idempotent: bool = True

    def call(self, arguments: Mapping[str, Any]) -> Json:
        """Return what the tool gives.

        :raise marshmallow.ValidationError: the arguments are not valid.
        """
        return {"notice": NOTICE, **_serializer(self.name)(self.run(self.takes.load(arguments)))}


def described(tool: Tool) -> Json:
    """Return a tool as clients list it."""
    return {
        "name": tool.name,
        "title": tool.title,
        "description": f"{tool.description} {NOTICE}",
        "inputSchema": json_schema(tool.takes, of_input=True),
        "outputSchema": json_schema(tool.gives, of_input=False),
        "annotations": {
            "title": tool.title,
            "readOnlyHint": tool.is_read_only,
            "destructiveHint": tool.is_destructive,
            "idempotentHint": tool.is_idempotent,
            "openWorldHint": False,
        },
    }


@cache
def _serializer(name: str) -> Serializer:
    return serializer_of(TOOLS[name].gives)


@cache
def listed() -> list[Json]:
    """Return all tools as clients list them."""
    return [described(tool) for tool in TOOLS.values()]


def _id(given: Mapping[str, Any]) -> str:
    """Return the id of the interview that is meant, by its own id or its run's.

    :raise InterviewNotFound: there is none.
    """
    return lifecycle.interview_of_run(repository(), given["interview_id"])


def _list(given: dict[str, Any]) -> Any:
    states = (State(given["state"]),) if "state" in given else ()
    cursor = given.get("cursor")
    page = lifecycle.page_of_interviews(
        repository(),
        actor(),
        Filters(states=states, q=given.get("q")),
        limit=given["limit"],
        place=None if cursor is None else Place(Order.NEWEST, cursor),
    )
    return {
        "interviews": page.rows,
        "total": page.total,
        "next_cursor": None if page.next_place is None else page.next_place.id,
    }


def _get(given: dict[str, Any]) -> Any:
    return lifecycle.interview(repository(), _id(given), actor()).interview


def _create(given: dict[str, Any]) -> Any:
    interview, is_new = take_new(given)
    if is_new or may_read():
        return lifecycle.seen(repository(), interview, actor()).interview
    return {name: getattr(interview, name) for name in ("id", "run_id", "workflow_state")}


def _status(given: dict[str, Any]) -> Any:
    return lifecycle.status(repository(), given["interview_id"], actor())


def _plan(given: dict[str, Any]) -> Any:
    return lifecycle.current_plan(repository(), _id(given))


def _change_plan(given: dict[str, Any]) -> Any:
    return lifecycle.transition(
        repository(), _id(given), Transition.MODIFY, actor(), reason=given["reason"]
    )


def _send_transcript(given: dict[str, Any]) -> Any:
    kept = keep_turns(_id(given), given)
    return {
        "interview_id": kept.interview_id,
        "turn_count": len(kept.turns),
        "candidate_speaker": kept.candidate_speaker,
        "warnings": kept.warnings,
    }


def _assessment(given: dict[str, Any]) -> Any:
    return lifecycle.current_assessment(repository(), _id(given), actor()).assessment


TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            "list_interviews",
            "List interviews",
            "Lists interviews, newest first, by state or by a part of a name, email or position.",
            "interview:read",
            ListSchema(),
            InterviewsSchema(),
            _list,
        ),
        Tool(
            "get_interview",
            "Get an interview",
            "Returns the whole record of an interview.",
            "interview:read",
            InterviewIdSchema(),
            InterviewSchema(),
            _get,
        ),
        Tool(
            "create_interview",
            "Create an interview",
            "Creates an interview; its plan is then written in the background, and people approve "
            "it. With an externalId that the team has used before, the first record is returned.",
            "interview:create",
            CreateSchema(),
            InterviewSchema(),
            _create,
            is_read_only=False,
            is_idempotent=False,
        ),
        Tool(
            "get_status",
            "Get where an interview stands",
            "Says where an interview stands, what it waits for, and what is missing.",
            "interview:read",
            InterviewIdSchema(),
            StatusSchema(),
            _status,
        ),
        Tool(
            "get_plan",
            "Get the plan",
            "Returns the plan of an interview: its questions, and what is rated.",
            "interview:read",
            InterviewIdSchema(),
            PlanSchema(),
            _plan,
        ),
        Tool(
            "request_plan_changes",
            "Ask for another plan",
            "Has the plan of a PENDING interview written anew, as the reason wishes. Approving a "
            "plan is for people, and no tool does it.",
            "interview:approve",
            ChangesSchema(),
            TransitionResultSchema(),
            _change_plan,
            is_read_only=False,
            is_destructive=True,
            is_idempotent=False,
        ),
        Tool(
            "send_transcript",
            "Send the transcript",
            "Keeps what was said in an interview that is IN_PROGRESS or COMPLETED, in place of "
            "what was kept before.",
            "interview:update",
            SendTranscriptSchema(),
            TranscriptKeptSchema(),
            _send_transcript,
            is_read_only=False,
            is_destructive=True,
        ),
        Tool(
            "get_assessment",
            "Get the assessment",
            "Returns what is known of an interview after it was completed, for people to judge. "
            "Deciding about a candidate is for people, and no tool does it.",
            "interview:read",
            InterviewIdSchema(),
            AssessmentResultSchema(),
            _assessment,
        ),
    )
}
