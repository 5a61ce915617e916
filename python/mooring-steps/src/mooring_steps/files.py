"""JSON files: written whole, and read with errors that name the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mooring_steps.errors import InputError


def write_json(path: Path, document: Any) -> None:
    """Write a document, creating its folder. NaN and infinities are refused, as JSON does not know them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a document. Raises InputError when the file is absent or not JSON."""
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"file '{path}' cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise InputError(f"file '{path}' is not JSON: {error}") from None
