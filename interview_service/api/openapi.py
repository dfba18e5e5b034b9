"""The OpenAPI document as clients can be generated from it.

apispec writes what the schemas and routes declare. Here every closed set and every object becomes a
component with a name, what is sent and what is answered are told apart, and paths are spelt as the
rest of the API is.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from interview_service.domain.interview import api_name
from interview_service.domain.workflow import Transition

Node = dict[str, Any]

_COMPONENT = "x-component"
_ALSO = "x-also"
_PREFIX = "#/components/schemas/"
_SUFFIX = "Input"
_LIMITS = ("minLength", "maxLength", "minItems", "maxItems", "pattern", "minimum", "maximum")
_ABOUT_FIELD = ("description", "example", "default", "readOnly", "writeOnly")
_PARAMETER = re.compile(r"{(\w+)}")
_REQUEST_ID = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}


def finish(document: Node) -> Node:
    """Finish the document that apispec wrote, and return it."""
    schemas: dict[str, Node] = document["components"]["schemas"]
    schemas.pop("PaginationMetadata", None)  # flask-smorest's own, of which nothing is used
    for schema in list(schemas.values()):
        _name_components(schema, schemas)
    for part in (document["paths"], document.get("webhooks", {})):
        _name_components(part, schemas)
    _tell_transitions(document, schemas)
    _part_requests_from_answers(document, schemas)
    document["paths"] = {
        _PARAMETER.sub(lambda found: f"{{{api_name(found[1])}}}", path): item
        for path, item in document["paths"].items()
    }
    for operation in operations(document):
        _spell_parameters(operation)
        _show_other_type(operation)
        _order_responses(operation)
        _show_request(operation, schemas)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def operations(document: Node) -> Iterator[Node]:
    """Yield every operation of the document's paths."""
    for path in document["paths"].values():
        for parameter in path.get("parameters", ()):
            parameter["name"] = api_name(parameter["name"])
            parameter["schema"] = {"type": "string", "format": "uuid"}
        yield from (each for each in path.values() if "responses" in each)


def _walk(part: Any, visit: Callable[[Node], None]) -> None:
    """Visit every object within a part of the document, the innermost first."""
    if isinstance(part, dict):
        for key, each in part.items():
            if key != "example":
                _walk(each, visit)
        visit(part)
    elif isinstance(part, list):
        for each in part:
            _walk(each, visit)


def _name_components(part: Any, schemas: dict[str, Node]) -> None:
    """Put each schema that has a name of its own among the components, and refer to it there."""

    def visit(node: Node) -> None:
        if not isinstance(node.get(_COMPONENT), str):
            return
        name = node.pop(_COMPONENT)
        kept = {key: node[key] for key in _ABOUT_FIELD if key in node}
        shape = {key: value for key, value in node.items() if key not in kept}
        types: Any = shape.get("type")
        nullable = isinstance(types, list) and "null" in types
        if nullable:
            shape["type"] = next(each for each in types if each != "null")
        if "enum" in shape:
            shape["enum"] = [each for each in shape["enum"] if each is not None]
        known = schemas.setdefault(name, shape)
        assert known == shape, f"two schemas are named {name}"
        reference = {"$ref": _PREFIX + name}
        node.clear()
        node.update({"anyOf": [reference, {"type": "null"}]} if nullable else reference)
        node.update(kept)

    _walk(part, visit)


def _tell_transitions(document: Node, schemas: dict[str, Node]) -> None:
    """Write down which permission each transition wants."""
    wanted = {each.value: each.permission for each in Transition if each.permission is not None}
    told = ", ".join(f"{name} {permission}" for name, permission in wanted.items())
    service = ", ".join(each.value for each in Transition if each.permission is None)
    schemas["Transition"]["description"] = (
        f"The permission that each wants: {told}. Made by the service alone: {service}."
    )
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and operation.get("x-permission", "") is None:
                operation["x-permissions"] = wanted


def _part_requests_from_answers(document: Node, schemas: dict[str, Node]) -> None:
    """Give requests and answers components of their own where both use one schema.

    A request refuses what it does not know; a client must survive an answer with a field more. An
    answer has all its fields: one without a value is null.
    """
    bodies = [each["requestBody"] for each in operations(document) if "requestBody" in each]
    answers: list[Any] = [each["responses"] for each in operations(document)]
    answers.append(document.get("webhooks", {}))
    sent, answered = _names_in(bodies, schemas), _names_in(answers, schemas)
    for name in sorted(sent & answered):
        if schemas[name].get("type") == "object":
            schemas[name + _SUFFIX] = deepcopy(schemas[name])
    renamed = {name: name + _SUFFIX for name in sent & answered if name + _SUFFIX in schemas}
    for part in [*bodies, *(schemas[renamed.get(name, name)] for name in sent)]:
        _refer(part, renamed)
    requests = {renamed.get(name, name) for name in sent}
    for name in requests:
        _as_request(schemas[name])
    for name in set(schemas) - requests:
        _as_answer(schemas[name])


def _names_in(part: Any, schemas: dict[str, Node]) -> set[str]:
    """Return the names of the components that a part of the document leads to."""
    found: set[str] = set()

    def visit(node: Node) -> None:
        name = str(node.get("$ref", "")).removeprefix(_PREFIX)
        if name in schemas and name not in found:
            found.add(name)
            _walk(schemas[name], visit)

    _walk(part, visit)
    return found


def _refer(part: Any, renamed: dict[str, str]) -> None:
    def visit(node: Node) -> None:
        name = str(node.get("$ref", "")).removeprefix(_PREFIX)
        if name in renamed:
            node["$ref"] = _PREFIX + renamed[name]

    _walk(part, visit)


def _as_request(schema: Node) -> None:
    """Leave out of a request's schema what is read-only, and have it refuse what is unknown."""
    properties: Node | None = schema.get("properties")
    if properties is None:
        return
    for name in [name for name, each in properties.items() if each.get("readOnly")]:
        del properties[name]
    schema["additionalProperties"] = False


def _as_answer(schema: Node) -> None:
    """Promise all of an answer's fields, and nothing that a later version may have to break."""
    properties: Node | None = schema.get("properties")
    if properties is None:
        return
    schema.pop("additionalProperties", None)
    if "required" not in schema:
        schema["required"] = sorted(properties)

    def visit(node: Node) -> None:
        for limit in (*_LIMITS, "readOnly", "default"):
            if not isinstance(node.get(limit), dict):
                node.pop(limit, None)

    _walk(properties, visit)


def _spell_parameters(operation: Node) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["name"] = api_name(parameter["name"])
            parameter["schema"] = {"type": "string", "format": "uuid"}


def _show_other_type(operation: Node) -> None:
    """Document the media type in which an operation answers as well, where it says that it does."""
    also = operation.pop(_ALSO, None)
    if also is not None:
        operation["responses"]["200"].setdefault("content", {})[also] = {
            "schema": {"type": "string"}
        }


def _order_responses(operation: Node) -> None:
    responses: Node = operation["responses"]
    operation["responses"] = {
        status: {**response, "headers": {**response.get("headers", {}), **_REQUEST_ID}}
        for status, response in sorted(responses.items())
    }


def _show_request(operation: Node, schemas: dict[str, Node]) -> None:
    """Show a JSON body that can be sent as it stands: with no more than the schema's examples."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None or "example" in content:
        return
    name = content["schema"]["$ref"].removeprefix(_PREFIX)
    properties = schemas[name]["properties"]
    wanted = schemas[name].get("required") or list(properties)
    content["example"] = {
        each: properties[each]["example"]
        for each in properties
        if each in wanted and "example" in properties[each]
    }
