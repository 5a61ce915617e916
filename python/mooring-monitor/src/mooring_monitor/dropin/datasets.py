"""The data sets that Clarify reads: tables, and JSON whose parts JMESPath expressions find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import jmespath
import pandas as pd

from mooring_monitor.errors import InputError

#: JSON documents, and one JSON document per line.
RECORD_TYPES: Final = ("application/json", "application/jsonlines")
DATASET_TYPES: Final = ("text/csv", "application/x-parquet", *RECORD_TYPES)
#: Name of the predictions when a JSON data set brings them along.
PREDICTED: Final = "predicted_label"


def read_table(path: Path, kind: str, headers: Sequence[str] | None) -> pd.DataFrame:
    """All CSV or Parquet files of a folder."""
    if kind != "text/csv":
        return pd.concat([pd.read_parquet(file) for file in _files(path)], ignore_index=True)
    return pd.concat([_csv(file, headers) for file in _files(path)], ignore_index=True)


def read_records(path: Path, kind: str, config: Mapping[str, Any]) -> tuple[dict[str, Any], pd.DataFrame]:
    """All JSON files of a folder as a table, and the configuration in terms of its columns.

    `features`, `label` and `predicted_label` are JMESPath expressions; `headers` names the features, then the label.
    """
    found: dict[str, list[Any]] = {"features": [], "label": [], "predicted_label": []}
    wanted = {name: str(config[name]) for name in found if config.get(name) is not None}
    if "features" not in wanted:
        raise InputError(f"dataset_type {kind} needs features, the JMESPath expression that finds them")
    search: Any = jmespath.search
    for document in _documents(path, kind):
        for name, expression in wanted.items():
            value = search(expression, document)
            if value is None:
                raise InputError(f"{name} '{expression}' finds nothing in the data")
            found[name] += value if kind == "application/json" else [value]
    rows = found["features"]
    width = len(rows[0]) if rows else 0
    headers = config.get("headers") or [f"_c{index}" for index in range(width)]
    label = str(headers[width]) if len(headers) > width else "label"
    if len(headers) < width or any(len(row) != width for row in rows):
        raise InputError(f"headers has {len(headers)} names, the rows have {width} features")
    frame = pd.DataFrame(rows, columns=[str(each) for each in headers[:width]])
    frame[label] = found["label"]
    changed: dict[str, Any] = {**config, "label": label}
    if "predicted_label" in wanted:
        frame[PREDICTED] = found["predicted_label"]
        changed["predicted_label"] = PREDICTED
    return changed, frame


def _documents(path: Path, kind: str) -> list[Any]:
    try:
        texts = [file.read_text(encoding="utf-8") for file in _files(path)]
        if kind == "application/json":
            return [json.loads(text) for text in texts]
        return [json.loads(line) for text in texts for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise InputError(f"the data in {path} is not {kind}: {error}") from None


def _files(path: Path) -> list[Path]:
    files = sorted(each for each in path.rglob("*") if each.is_file())
    if not files:
        raise InputError(f"no files in {path}")
    return files


def _csv(file: Path, headers: Sequence[str] | None) -> pd.DataFrame:
    if headers is None:
        return pd.read_csv(file)
    first = pd.read_csv(file, header=None, nrows=1, dtype="string").iloc[0].tolist()
    # A file may repeat the names that the configuration gives.
    frame = pd.read_csv(file, header=0 if first == list(headers) else None)
    if len(frame.columns) != len(headers):
        raise InputError(f"{file.name} has {len(frame.columns)} columns, headers has {len(headers)}")
    return frame.set_axis(list(headers), axis=1)
