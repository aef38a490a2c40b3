"""The JSON body of a request, read strictly: UTF-8, one object, and every key once.

FastAPI's own reading takes the last of two equal keys, answers a body that is not UTF-8 by another
sentence than one that is not JSON, and comes before the sign-in. Two equal keys are refused,
because two programs that read them differently would ask about two children.
"""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from hub.api.problems import Problem

Body = TypeVar("Body", bound=BaseModel)
JSON_TYPE = "application/json"


class _KeyTwice(ValueError):  # noqa: N818  # named for what it says of the body
    """One object has two keys of the same name."""


def json_body(model: type[Body]) -> Callable[[Request], Awaitable[Body]]:
    """Answer a dependency: the body as ``model``, or the problem that says what is wrong with it.

    Declare it after the dependency that asks who it is: a stranger is told nothing of the body.
    """

    async def body_of(request: Request) -> Body:
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != JSON_TYPE:
            raise _not_of_this_type()
        given = _parsed(await request.body())
        try:
            return model.model_validate(given)
        except ValidationError as error:
            parts = error.errors(include_url=False, include_context=False, include_input=False)
            found = [{**part, "loc": ("body", *part["loc"])} for part in parts]
            raise RequestValidationError(found) from None

    return body_of


def _parsed(content: bytes) -> Any:  # noqa: ANN401  # whatever stands in the JSON
    try:
        return json.loads(content.decode(), object_pairs_hook=_once)
    except _KeyTwice:
        raise _key_twice() from None
    except (ValueError, RecursionError):
        raise _not_json() from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _KeyTwice
    return found


def _not_json() -> Problem:
    detail = "The body is not JSON: one JSON object in UTF-8 was expected."
    return Problem(HTTPStatus.BAD_REQUEST, "not_json", detail)


def _key_twice() -> Problem:
    detail = "The body names a field twice: each field was expected once."
    return Problem(HTTPStatus.BAD_REQUEST, "field_twice", detail)


def _not_of_this_type() -> Problem:
    detail = f"A body of the type {JSON_TYPE} was expected: send Content-Type: {JSON_TYPE}."
    return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_of_this_type", detail)
