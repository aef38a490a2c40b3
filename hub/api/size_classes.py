"""Answers filled up to a few sizes, so that their length on the wire tells little."""

from typing import Final

from starlette.responses import Response

JSON_BYTES: Final = 8 * 1024
PAGE_BYTES: Final = 32 * 1024
"""Larger than nearly every answer, so that nearly all are of one size."""


def in_size_class(response: Response, size: int) -> Response:
    """Answer the response with spaces after it, up to a multiple of ``size`` bytes.

    Neither JSON (RFC 8259, section 2) nor HTML means anything by white space at its end.
    """
    body = bytes(response.body)
    response.body = body + b" " * (-len(body) % size)
    response.headers["content-length"] = str(len(response.body))
    return response
