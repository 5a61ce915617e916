"""Bodies of requests and answers, as capture files hold them: CSV, JSON or base64 of either, one row or many."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mooring_values.cells import decode, without_mark

#: Keys under which a JSON body holds its rows, first found wins.
_ROW_KEYS: Final = ("instances", "inputs", "rows", "predictions", "outputs", "scores")

#: A value as text; None when it is missing.
Cell = str | None
#: A row by position, or by column name.
Row = list[Cell] | dict[str, Cell]


class PayloadError(Exception):
    """A body that holds no rows we can read; the message is the reason it is counted under."""


@dataclass(frozen=True)
class Payload:
    """One body: its text and how it is written."""

    data: Any
    encoding: str
    content_type: str


def payload_of(part: Any) -> Payload:
    """The body of `endpointInput`, `endpointOutput` or `groundTruthData`."""
    if not isinstance(part, dict) or "data" not in part:
        raise PayloadError("record without data")
    return Payload(
        part["data"], str(part.get("encoding", "CSV")).upper(), str(part.get("observedContentType", "")).lower()
    )


def rows_of(payload: Payload) -> list[Row]:
    """Rows of a body.

    Raises PayloadError when there are none that can be read.
    """
    data, encoding = payload.data, payload.encoding
    if encoding == "BASE64":
        data, encoding = without_mark(_decoded(data)), "JSON" if "json" in payload.content_type else "CSV"
        if encoding == "CSV" and data.lstrip()[:1] in ("{", "["):
            encoding = "JSON"
    if encoding == "JSON":
        return _json_rows(data)
    if encoding != "CSV":
        raise PayloadError(f"unknown encoding {encoding[:20]}")
    if not isinstance(data, str):
        return [[cell(data)]]
    return _csv_rows(data)


def cell(value: Any) -> Cell:
    """A JSON value as the text a CSV would hold; None for null and NaN."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return None if math.isnan(value) else repr(value)
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, sort_keys=True, default=str)


def _decoded(data: Any) -> str:
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise PayloadError("invalid base64") from None
    if b"\x00" in raw:
        raise PayloadError("binary payload")
    return decode(raw)


def _csv_rows(text: str) -> list[Row]:
    if "\x00" in text:
        raise PayloadError("binary payload")
    text = without_mark(text)
    try:
        parsed = _plain_rows(text) if is_plain(text) else csv.reader(io.StringIO(text))
        rows: list[Row] = [[each.strip() for each in row] for row in parsed if row]
    except csv.Error:
        raise PayloadError("invalid CSV payload") from None
    if not rows:
        raise PayloadError("empty payload")
    return rows


def is_plain(text: str) -> bool:
    """Whether nothing is quoted and no value can be longer than the csv module allows."""
    return '"' not in text and "\r" not in text and len(text) < csv.field_size_limit()


def _plain_rows(text: str) -> list[list[str]]:
    """What the csv module makes of such a text, in a third of the time."""
    return [line.split(",") for line in text.split("\n") if line]


def _json_rows(data: Any) -> list[Row]:
    if isinstance(data, str):
        data = _parsed(data)
    if isinstance(data, Mapping):
        key = next((each for each in _ROW_KEYS if isinstance(data.get(each), list)), None)
        data = [data] if key is None else data[key]
    if not isinstance(data, list):
        data = [data]
    if data and not any(isinstance(each, list | Mapping) for each in data):
        # [1, 2, 3] may be one row of three or three rows of one: answers are the latter, callers regroup requests.
        return [[cell(each)] for each in data]
    rows = [_json_row(each) for each in data]
    if not rows:
        raise PayloadError("empty payload")
    return rows


def _parsed(text: str) -> Any:
    text = without_mark(text)
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    lines = [each for each in text.splitlines() if each.strip()]
    if len(lines) < 2:
        raise PayloadError("invalid JSON payload")
    try:
        return [json.loads(each) for each in lines]
    except (ValueError, RecursionError):
        raise PayloadError("invalid JSON payload") from None


def _json_row(value: Any) -> Row:
    if isinstance(value, Mapping):
        inner = value.get("features", value)
        if isinstance(inner, list):
            return [cell(each) for each in inner]
        return {str(name): cell(each) for name, each in (inner if isinstance(inner, Mapping) else value).items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [cell(each) for each in value]
    return [cell(value)]
