"""Serving: the four functions SageMaker's model servers call, over the same artefact and transformation as training.

Requests are `text/csv` rows of raw features (in the order of the use case, without label and header) or
`application/json` as `{"instances": [{column: value}]}`. Answers are `text/csv` with one `label,score` line per row
(for regression one number), or `{"predictions": [{"label": 1, "score": 0.93}]}`, with `"model_version": 3` where known.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from mooring_values.cells import cell, text_of, without_mark
from mooring_values.columns import ColumnMeaning

from mooring_steps.artefact import Artefact, Predictions, read_artefact
from mooring_steps.errors import shorten
from mooring_steps.request_error import BAD_REQUEST, NOT_ACCEPTABLE, UNSUPPORTED_MEDIA_TYPE, RequestError
from mooring_steps.tables import missing_in
from mooring_steps.texts import Table

CSV: Final = "text/csv"
JSON: Final = "application/json"
#: Version of the package that the deploy function sets; answers in JSON repeat it (contracts/front-door.ts).
VERSION_VARIABLE: Final = "MOORING_MODEL_VERSION"
#: Problems listed in one answer; a request of a million bad rows is not answered with a million lines.
MOST_PROBLEMS: Final = 20


@dataclass(frozen=True)
class Request:
    """Decoded rows, not checked against the columns yet: only the model knows these."""

    rows: Sequence[Sequence[str]] | Sequence[dict[str, Any]]


def model_fn(model_dir: str) -> Artefact:
    """Load the model from the folder into which model.tar.gz was unpacked."""
    return read_artefact(Path(model_dir))


def input_fn(body: str | bytes | bytearray, content_type: str) -> Request:
    """Decode a request. Raises RequestError (400, 415)."""
    kind = _media_type(content_type)
    if kind not in (CSV, JSON):
        raise RequestError(
            UNSUPPORTED_MEDIA_TYPE, f"content type '{content_type}' is not supported; use {CSV} or {JSON}"
        )
    try:
        text = body if isinstance(body, str) else bytes(body).decode("utf-8")
    except UnicodeDecodeError:
        raise RequestError(BAD_REQUEST, "the request is not UTF-8 text") from None
    text = without_mark(text)
    rows: Sequence[Any] = _json_rows(text) if kind == JSON else [row for row in csv.reader(io.StringIO(text)) if row]
    if not rows:
        raise RequestError(BAD_REQUEST, "the request has no rows")
    return Request(rows)


def predict_fn(request: Request, model: Artefact) -> Predictions:
    """Predict the rows of a request. Raises RequestError (400) listing what is wrong with them."""
    table, problems = _table(request.rows, model.transform.names, model.use_case.meanings)
    problems = problems or model.transform.problems(table)
    if problems:
        shown = [f"- {each}" for each in problems[:MOST_PROBLEMS]]
        if len(problems) > MOST_PROBLEMS:
            shown.append(f"- and {len(problems) - MOST_PROBLEMS} more")
        raise RequestError(BAD_REQUEST, "\n".join(["the request cannot be answered:", *shown]))
    return model.predict_checked(table)


def output_fn(predictions: Predictions, accept: str) -> tuple[str, str]:
    """Encode an answer: the body and its content type. Raises RequestError (406)."""
    wanted = [_media_type(each) for each in (accept or "*/*").split(",")]
    labels = [text_of(each) for each in predictions.labels.tolist()]
    scores = None if predictions.scores is None else predictions.scores.tolist()
    for kind in wanted:
        if kind in (JSON, "*/*", "application/*"):
            answers = [
                {
                    "label": float(label) if scores is None else int(label),
                    **({} if scores is None else {"score": score}),
                }
                for label, score in zip(labels, scores or labels, strict=True)
            ]
            return json.dumps({"predictions": answers, **_origin()}), JSON
        if kind in (CSV, "text/*"):
            if scores is None:
                return "".join(f"{label}\n" for label in labels), CSV
            return "".join(f"{label},{score!r}\n" for label, score in zip(labels, scores, strict=True)), CSV
    raise RequestError(NOT_ACCEPTABLE, f"an answer as '{accept}' is not supported; use {CSV} or {JSON}")


def _origin() -> dict[str, int]:
    """The version of the model package, where the deployment passed it to the container."""
    version = os.environ.get(VERSION_VARIABLE, "")
    return {"model_version": int(version)} if version.isdecimal() else {}


def _media_type(header: str | None) -> str:
    return (header or "").split(";")[0].strip().lower()


def _json_rows(text: str) -> Sequence[Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise RequestError(BAD_REQUEST, f"the request is not JSON: {error}") from None
    instances = document.get("instances") if isinstance(document, dict) else None
    if not isinstance(instances, list) or not all(isinstance(each, dict) for each in instances):
        raise RequestError(BAD_REQUEST, 'the request must be {"instances": [{column: value, ...}, ...]}')
    return instances


def _table(rows: Sequence[Any], names: Sequence[str], meanings: Mapping[str, ColumnMeaning]) -> tuple[Table, list[str]]:
    """Rows as columns of texts, and what is wrong with their shape."""
    problems: list[str] = []
    cells: list[list[str]] = []
    missing = [missing_in(meanings, name) for name in names]
    for number, row in enumerate(rows, start=1):
        if isinstance(row, dict):
            cells.append(_record(row, number, names, missing, problems))
        elif len(row) != len(names):
            problems.append(f"row {number} has {len(row)} values; {len(names)} are needed: {', '.join(names)}")
        elif number == 1 and [each.strip() for each in row] == list(names):
            problems.append("row 1 is a header; send rows of values only")
        else:
            cells.append([cell(each, absent) for each, absent in zip(row, missing, strict=True)])
    table: Table = {}
    for index, name in enumerate(names):
        table[name] = np.empty(len(cells), dtype=object)
        table[name][:] = [row[index] for row in cells]
    return table, problems


def _record(
    row: dict[str, Any], number: int, names: Sequence[str], absent: Sequence[frozenset[str]], problems: list[str]
) -> list[str]:
    missing = [name for name in names if name not in row]
    unknown = [name for name in row if name not in names]
    if missing:
        problems.append(f"row {number}: missing columns {shorten(missing)}; write null where a value is not known")
    if unknown:
        problems.append(f"row {number}: unknown columns {shorten(unknown)}; there are: {', '.join(names)}")
    texts = []
    for name, spellings in zip(names, absent, strict=True):
        try:
            texts.append(text_of(row.get(name), spellings))
        except TypeError as error:
            problems.append(f"row {number}, column '{name}': {error}")
            texts.append("")
    return texts
