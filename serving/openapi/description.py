"""What the description says of every route besides what the route itself does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from serving.openapi.examples import example_of
from serving.problems import MEDIA_TYPE, Problem, problem_of_status

if TYPE_CHECKING:
    from fastapi import FastAPI

_METHODS = ("get", "put", "post", "delete", "patch")
_CHANGES = frozenset(("put", "post", "delete", "patch"))
_PROBLEMS = (400, 401, 403, 404, 405, 409, 412, 413, 415, 416, 422, 429, 501, 502, 503, 507)
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_TAGS = {
    "conversations": "Recordings, chats, e-mails and vCons in; transcripts, conclusions, sound and "
    "exports out.",
    "jobs": "The analysis as it goes on: stage, progress, another try.",
    "exports": "Tables for analytics.",
    "board": "What came in, why, how it went and what is to come, as the board shows it.",
    "live": "Conversations while people speak; the WebSockets are described in docs/live.md.",
    "operation": "Whether the service lives and can work.",
}
_SECURITY_SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of `entendu keys` or `POST /v1/keys`.",
    },
}


def install_description(app: FastAPI) -> None:
    """Complete the description that FastAPI makes of the routes.

    Every route gets the problems it may answer with, what key it asks for, and an example of what
    goes in and out.

    Args:
        app: With all of its routes.
    """
    describe = app.openapi
    done: dict[int, dict[str, Any]] = {}

    def described() -> dict[str, Any]:
        schema = describe()
        if id(schema) not in done:
            done.clear()
            done[id(schema)] = schema
            _complete(app, schema)
        return schema

    app.openapi = described  # type: ignore[method-assign]


def _complete(app: FastAPI, schema: dict[str, Any]) -> None:
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _add_problem_schema(schemas)
    components["securitySchemes"] = {**components.get("securitySchemes", {}), **_SECURITY_SCHEMES}
    components["headers"] = {
        "RequestId": {
            "description": "Number of the request: the one sent, or one made here; it is in every "
            "log line.",
            "schema": {"type": "string"},
        },
        "ETag": {
            "description": "Strong tag of the content; send it as `If-None-Match` to be told 304.",
            "schema": {"type": "string"},
        },
    }
    components["responses"] = {
        f"Problem{status}": {
            "description": problem_of_status(status).title,
            "content": {MEDIA_TYPE: _problem(status)},
        }
        for status in _PROBLEMS
    }
    permissions = _permissions(app)
    for path, operations in schema["paths"].items():
        for method in _METHODS:
            if method in operations:
                permission = permissions.get((path, method))
                _complete_operation(path, method, operations[method], permission, schemas)
    used = {tag for _, _, one in _operations(schema) for tag in one.get("tags", ())}
    schema["tags"] = [
        {"name": name, "description": text} for name, text in _TAGS.items() if name in used
    ]


def _operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in schema["paths"].items():
        for method in _METHODS:
            if method in operations:
                yield path, method, operations[method]


def _add_problem_schema(schemas: dict[str, Any]) -> None:
    own = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, definition in own.pop("$defs", {}).items():
        schemas.setdefault(name, definition)
    schemas.setdefault("Problem", own)


def _permissions(app: FastAPI) -> dict[tuple[str, str], str]:
    """Return the permission that each route asks for, by path and method."""
    found: dict[tuple[str, str], str] = {}
    for route in iter_route_contexts(app.routes):
        dependant = getattr(route, "dependant", None)
        if dependant is None or route.path_format is None:
            continue
        permission = next(_asked(dependant), None)
        if permission is not None:
            for method in route.methods or ():
                found[route.path_format, method.lower()] = permission
    return found


def _asked(dependant: Dependant) -> Iterator[str]:
    permission = getattr(dependant.call, "permission", None)
    if permission is not None:
        yield str(permission)
    for inner in dependant.dependencies:
        yield from _asked(inner)


def _complete_operation(
    path: str,
    method: str,
    operation: dict[str, Any],
    permission: str | None,
    schemas: dict[str, Any],
) -> None:
    answers: dict[str, Any] = operation["responses"]
    unprocessable = answers.get("422", {}).get("content", {})
    if "HTTPValidationError" in str(unprocessable.get("application/json", {})):
        del answers["422"]  # FastAPI's own; what is answered is a problem
    kind, shape = _error_shape(answers)
    if permission is not None:
        operation["security"] = [{"key": []}]
        operation["x-permission"] = permission
    for status in _statuses(path, method, operation, permission):
        answers.setdefault(
            str(status),
            {
                "description": problem_of_status(status).title,
                "content": {kind: shape or _problem(status)},
            },
        )
    operation["responses"] = {
        status: _shortened(status, answer) for status, answer in sorted(answers.items())
    }
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            headers = answer.setdefault("headers", {})
            headers.setdefault("X-Request-ID", {"$ref": "#/components/headers/RequestId"})
            if method == "get" and path.startswith("/v1/") and status == "200":
                headers.setdefault("ETag", {"$ref": "#/components/headers/ETag"})
        _add_examples(answer.get("content", {}), schemas)
    _add_examples(operation.get("requestBody", {}).get("content", {}), schemas)


def _error_shape(answers: Mapping[str, Any]) -> tuple[str, Any]:
    """Return how a route says errors where it declares another shape than problems."""
    for status, answer in answers.items():
        content = answer.get("content", {})
        if status.startswith(("4", "5")) and content and MEDIA_TYPE not in content:
            kind = next(iter(content))
            return kind, content[kind]
    return MEDIA_TYPE, None


def _problem(status: int) -> dict[str, Any]:
    example = problem_of_status(status, instance="/v1/conversations").as_json()
    return {"schema": _PROBLEM, "example": example}


def _shortened(status: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Refer to the problem of a status where a route says no more about it."""
    if not status.startswith(("4", "5")) or list(answer.get("content", {})) != [MEDIA_TYPE]:
        return answer
    is_plain = answer["description"] == problem_of_status(int(status)).title
    if not is_plain or int(status) not in _PROBLEMS:
        return answer
    return {"$ref": f"#/components/responses/Problem{status}"}


def _statuses(
    path: str, method: str, operation: Mapping[str, Any], permission: str | None
) -> list[int]:
    """Return the problems that a route may answer with, whatever else it declares."""
    parameters = operation.get("parameters", ())
    found = [429]  # also where no key is needed: one that is shown counts
    if permission is not None:
        found += [401, 403, 503]
    if "{" in path:
        found.append(404)
    if "requestBody" in operation:
        found += [400, 413, 415, 422]
    if parameters:
        found.append(422)
    if method in _CHANGES and permission is not None:
        found.append(409)
    if any(one.get("name", "").lower() == "if-match" for one in parameters):
        found.append(412)
    return sorted(set(found))


def _add_examples(content: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    for kind, body in content.items():
        is_json = kind.partition(";")[0].endswith("json")
        if is_json and "schema" in body and "example" not in body and "examples" not in body:
            body["example"] = example_of(body["schema"], schemas)
