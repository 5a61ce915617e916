"""JSON files of the monitor: plain numbers, infinities and NaN as the formats allow them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mooring_monitor.errors import InputError


@dataclass(frozen=True)
class Document:
    """The content of a file yet to be written."""

    content: Any
    #: Without indents, written some ten times faster: for documents that are mostly numbers.
    compact: bool = False


def write_documents(folder: Path, documents: Mapping[str, Document]) -> None:
    """Write documents by their names."""
    for name, document in documents.items():
        write_json(folder / name, document.content, indent=None if document.compact else 2)


def write_json(path: Path, document: Any, indent: int | None = 2) -> None:
    """Write a document that every JSON parser reads: infinities as text (as Clarify does), NaN as null.

    Without indent it is written some ten times faster, for documents that are mostly numbers.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        text = json.dumps(document, indent=indent, allow_nan=False)
    except ValueError:
        text = json.dumps(_plain(document), indent=indent, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path | bytes, what: str) -> Any:
    """Read a document from a file, or from its bytes.

    Raises InputError naming `what` it should have been.
    """
    if isinstance(path, bytes):
        try:
            return json.loads(path)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{what} cannot be read as JSON: {error}") from None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{what} '{path}' does not exist") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{what} '{path}' cannot be read as JSON: {error}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value
