"""The error that model servers answer with a 4xx.

Three servers run `inference.py`, each with a convention of its own, and one class obeys all of them:

- the toolkit of the XGBoost image (MMS) answers with `status_code`, `message` and `phrase` of its
  `BaseInferenceToolkitError`; any other exception is a 500;
- the gunicorn and Flask server of the scikit-learn image knows nothing of that class, but Flask turns a werkzeug
  `HTTPException` into its `code` and body; any other exception is a 500;
- the local model server looks at `status_code`.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

BAD_REQUEST: Final = 400
UNSUPPORTED_MEDIA_TYPE: Final = 415
NOT_ACCEPTABLE: Final = 406


def _optional(module: str, name: str) -> tuple[type[Exception], ...]:
    try:
        found: Any = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        return ()
    return (found,)


_BASES: Final = (
    *_optional("sagemaker_inference.errors", "BaseInferenceToolkitError"),
    *_optional("werkzeug.exceptions", "HTTPException"),
) or (Exception,)


class RequestError(*_BASES):  # type: ignore[misc]
    """A request that cannot be answered: the status (4xx) and what is wrong with it."""

    def __init__(self, status_code: int, message: str) -> None:
        Exception.__init__(self, message)
        self.status_code = status_code
        self.message = message
        # The phrase goes into the HTTP status line, which is one line.
        self.phrase = " ".join(message.split())
        self.code = status_code
        self.description = message
        self.response = None

    def __str__(self) -> str:
        return self.message

    def get_body(self, *_: Any) -> str:
        """The body of werkzeug's answer: plain text instead of its HTML page."""
        return self.message

    def get_headers(self, *_: Any) -> list[tuple[str, str]]:
        """The headers of werkzeug's answer."""
        return [("Content-Type", "text/plain; charset=utf-8")]
