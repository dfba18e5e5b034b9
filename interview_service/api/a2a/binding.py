"""A2A's two bindings over HTTP, JSON-RPC and HTTP+JSON, at one base, for any agent."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import cast

import orjson
from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from interview_service.api import errors, jsonrpc
from interview_service.api.a2a import reading
from interview_service.api.a2a.faults import A2AFault, Kind, fault_of, fault_of_status
from interview_service.api.a2a.reading import Fields
from interview_service.api.a2a.values import Agent, Json, Task
from interview_service.api.parsing import read_body
from interview_service.domain.errors import InterviewServiceError

VERSION = "1.0"
VERSION_HEADER = "A2A-Version"
MEDIA_TYPE = "application/a2a+json"

_BODIES = ("application/json", MEDIA_TYPE)
_OF_RPC = {
    jsonrpc.Code.PARSE_ERROR: Kind.PARSE_ERROR,
    jsonrpc.Code.INVALID_PARAMS: Kind.INVALID_PARAMS,
}
_TOLD_BY_HTTP = (
    Kind.UNAUTHENTICATED,
    Kind.PERMISSION_DENIED,
    Kind.REQUEST_TOO_LARGE,
    Kind.RESOURCE_EXHAUSTED,
    Kind.UNAVAILABLE,
    Kind.INTERNAL_ERROR,
)
"""What JSON-RPC, too, answers with a status of its own: proxies and clients act on it."""

Operation = Callable[[Fields], Json]


class Binding:
    """What an agent can be asked, whichever way.

    :ivar operations: the protocol's operations, by name.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self.operations: Mapping[str, Operation] = {
            "SendMessage": self._send,
            "SendStreamingMessage": self._unsupported,
            "GetTask": self._task,
            "ListTasks": self._tasks,
            "CancelTask": self._cancel,
            "SubscribeToTask": self._unsupported,
            "CreateTaskPushNotificationConfig": self._set_push_config,
            "GetTaskPushNotificationConfig": self._push_config,
            "ListTaskPushNotificationConfigs": self._push_configs,
            "DeleteTaskPushNotificationConfig": self._delete_push_config,
            "GetExtendedAgentCard": self._unsupported,
        }

    def rpc(self) -> ResponseReturnValue:
        """Answer a call of JSON-RPC."""
        g.a2a_id = None
        self._agent.authenticate()
        _refuse_other_bodies()
        value = jsonrpc.read(read_body(request))
        g.a2a_id = jsonrpc.id_of(value)
        _refuse_other_versions()
        call = jsonrpc.call_of(value)
        if not call.has_id:
            raise A2AFault(Kind.INVALID_REQUEST, "id is required: there are no notifications")
        operation = self.operations.get(call.method)
        if operation is None:
            raise A2AFault(Kind.METHOD_NOT_FOUND, f"Method not found: {call.method}")
        return _json(jsonrpc.result(call.id, operation(Fields(call.params))), "application/json")

    def http(self, operation: str, **given: str) -> ResponseReturnValue:
        """Answer a request of HTTP+JSON.

        :param given: what the path says.
        """
        self._agent.authenticate()
        _refuse_other_versions()
        if request.method == "POST":
            body = read_body(request)
            if body:
                _refuse_other_bodies()
            value = jsonrpc.read(body) if body else {}
            if not isinstance(value, Mapping):
                raise A2AFault(Kind.INVALID_REQUEST, "Request body must be a JSON object")
            fields = Fields({**value, **given})
        else:
            fields = Fields({**request.args.to_dict(), **given}, textual=True)
        return _json(self.operations[operation](fields), _media_type())

    def _send(self, fields: Fields) -> Json:
        answer = self._agent.send(reading.send_request(fields))
        return {"task" if isinstance(answer, Task) else "message": answer.to_json()}

    def _task(self, fields: Fields) -> Json:
        wanted = reading.history_length(fields)
        return self._agent.task(fields.required("id"), wanted).to_json()

    def _tasks(self, fields: Fields) -> Json:
        query = reading.task_query(fields)
        page = self._agent.tasks(query)
        return {
            "tasks": [each.to_json() for each in page.tasks],
            "nextPageToken": page.next_page_token,
            "pageSize": query.page_size,
            "totalSize": page.total,
        }

    def _cancel(self, fields: Fields) -> Json:
        return self._agent.cancel(fields.required("id")).to_json()

    def _set_push_config(self, fields: Fields) -> Json:
        fields.required("taskId")
        return self._agent.set_push_config(reading.push_config(fields)).to_json()

    def _push_config(self, fields: Fields) -> Json:
        task_id, config_id = fields.required("taskId"), fields.required("id")
        return self._agent.push_config(task_id, config_id).to_json()

    def _push_configs(self, fields: Fields) -> Json:
        page = self._agent.push_configs(reading.push_config_query(fields))
        return {
            "configs": [each.to_json() for each in page.configs],
            "nextPageToken": page.next_page_token,
        }

    def _delete_push_config(self, fields: Fields) -> Json:
        self._agent.delete_push_config(fields.required("taskId"), fields.required("id"))
        return {}

    def _unsupported(self, fields: Fields) -> Json:
        raise A2AFault(
            Kind.UNSUPPORTED_OPERATION,
            "Not supported: the agent card says neither streaming nor extendedAgentCard",
        )


def blueprint(agent: Agent, *, name: str = "a2a", url_prefix: str = "/a2a") -> Blueprint:
    """Return the routes of both bindings."""
    binding = Binding(agent)
    routes = Blueprint(name, __name__, url_prefix=url_prefix)
    routes.add_url_rule("", "rpc", binding.rpc, methods=["POST"])
    routes.add_url_rule("/", "rpc", binding.rpc, methods=["POST"])
    task, configs = "/tasks/<string:id>", "/tasks/<string:taskId>/pushNotificationConfigs"
    for method, path, operation in (
        ("POST", "/message:send", "SendMessage"),
        ("POST", "/message:stream", "SendStreamingMessage"),
        ("GET", task, "GetTask"),
        ("GET", "/tasks", "ListTasks"),
        ("POST", f"{task}:cancel", "CancelTask"),
        ("GET", f"{task}:subscribe", "SubscribeToTask"),
        ("POST", f"{task}:subscribe", "SubscribeToTask"),
        ("POST", configs, "CreateTaskPushNotificationConfig"),
        ("GET", f"{configs}/<string:id>", "GetTaskPushNotificationConfig"),
        ("GET", configs, "ListTaskPushNotificationConfigs"),
        ("DELETE", f"{configs}/<string:id>", "DeleteTaskPushNotificationConfig"),
        ("GET", "/extendedAgentCard", "GetExtendedAgentCard"),
    ):
        routes.add_url_rule(
            path,
            f"{operation}-{method}",
            binding.http,
            methods=[method],
            defaults={"operation": operation},
        )
    routes.register_error_handler(Exception, _answer_error)
    return routes


def _refuse_other_bodies() -> None:
    if request.mimetype not in _BODIES:
        raise A2AFault(
            Kind.CONTENT_TYPE_NOT_SUPPORTED,
            f"Content-Type must be one of {', '.join(_BODIES)}",
            http=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        )


def _refuse_other_versions() -> None:
    """Refuse other versions of the protocol: `Major.Minor`; a patch number counts for nothing."""
    version = request.headers.get(VERSION_HEADER) or request.args.get(VERSION_HEADER, "")
    if version.strip().split(".")[:2] != VERSION.split("."):
        raise A2AFault(
            Kind.VERSION_NOT_SUPPORTED,
            f"{VERSION_HEADER} {jsonrpc.shown(version) or '0.3 (there is none)'} is not "
            f"supported: send {VERSION_HEADER}: {VERSION}",
        )


def _answer_error(error: Exception) -> Response:
    """Answer what went wrong, in the way of the binding that the request came by."""
    house: Response | None = None
    fault: A2AFault | None = None
    if isinstance(error, A2AFault):
        fault = error
    elif isinstance(error, jsonrpc.RpcError):
        kind = _OF_RPC.get(jsonrpc.Code(error.code), Kind.INVALID_REQUEST)
        fault = A2AFault(kind, str(error))
    elif isinstance(error, InterviewServiceError):
        house, fault = errors.on_service_error(error), fault_of(error)
    elif isinstance(error, HTTPException):
        house = errors.on_http_exception(error)
        message = orjson.loads(house.get_data())["message"]
        fault = fault_of_status(house.status_code, message)
    else:
        house = errors.on_defect(error)
    if fault is None:
        fault = A2AFault(Kind.INTERNAL_ERROR, "Internal error")
    response = _told(fault)
    if house is not None:
        for name in ("WWW-Authenticate", "Retry-After"):
            if name in house.headers:
                response.headers[name] = house.headers[name]
    return response


def _told(fault: A2AFault) -> Response:
    row = fault.kind.value
    if "a2a_id" in g:
        status = fault.http if fault.kind in _TOLD_BY_HTTP else HTTPStatus.OK
        body = jsonrpc.error(cast(jsonrpc.Id, g.a2a_id), row.code, str(fault), fault.details())
        return _json(body, "application/json", status)
    told = {
        "code": int(fault.http),
        "status": row.status,
        "message": jsonrpc.shown(str(fault)),
        "details": fault.details(),
    }
    return _json({"error": told}, _media_type(), fault.http)


def _media_type() -> str:
    """Return the protocol's own type to who speaks it, and plain JSON to everybody else."""
    speaks = MEDIA_TYPE in request.headers.get("Accept", "") or request.mimetype == MEDIA_TYPE
    return MEDIA_TYPE if speaks else "application/json"


def _json(value: Json, media_type: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(orjson.dumps(value), status=int(status), mimetype=media_type)
