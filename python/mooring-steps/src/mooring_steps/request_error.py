"""The error that model servers answer with a 4xx.

The server of SageMaker's images (gunicorn and Flask, through the toolkit's transformer) wraps every exception of an
inference script in one of its own and answers 500, whatever the exception says of itself. What the script *returns*
goes to Flask as it is, and Flask runs a callable as a WSGI application. So the error is one, and the functions of
`inference.py` return it where those of `mooring_steps.serving` raise it. A test runs it under the images' own toolkit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

BAD_REQUEST: Final = 400
UNSUPPORTED_MEDIA_TYPE: Final = 415
NOT_ACCEPTABLE: Final = 406


class RequestError(Exception):
    """A request that cannot be answered: the status (4xx) and what is wrong with it."""

    def __init__(self, status_code: int, message: str) -> None:
        super().__init__(message)
        self.status_code = status_code

    def __call__(self, _environ: object, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer as a WSGI application: the status and the message as plain text."""
        body = str(self).encode("utf-8")
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response(f"{self.status_code} {HTTPStatus(self.status_code).phrase}", headers)
        return [body]


def returning(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, but with a RequestError as its result, also when it is given one in the place of its input."""

    def wrapped(first: Any, *rest: Any) -> Any:
        if isinstance(first, RequestError):
            return first
        try:
            return function(first, *rest)
        except RequestError as error:
            return error

    return wrapped
