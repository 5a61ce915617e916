"""Merged files (captured requests and answers with their ground truth) as predictions to be judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mooring_monitor.errors import InputError
from mooring_monitor.quality.analysis import Predicted
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import read_capture
from mooring_monitor.readers.payload import Cell, Row
from mooring_monitor.readers.source import sources
from mooring_monitor.use_case import UseCase

LABEL_KEYS = ("label", "predicted_label", "prediction", "value")
SCORE_KEYS = ("score", "probability")


def read_merged(paths: Sequence[str], use_case: UseCase, skips: Skips) -> Predicted:
    """All rows of merged files, typed by the use case.

    Answers are ``label,score`` (or one number), ground truth is one value per row; JSON objects carry them as ``label``
    (or ``predicted_label``, ``prediction``) and ``score``. Ground truth of a binary task may be 0/1 or raw values.
    Raises InputError when there is no row.
    """
    names = [each.name for each in use_case.features]
    cells: dict[str, list[Cell]] = {name: [] for name in names}
    answers: list[Row | None] = []
    truths: list[Row | None] = []
    seen: set[str] = set()
    for source in sources(paths, "merged"):
        for rows in read_capture(source, names, skips, seen):
            for name in names:
                cells[name].extend(rows.cells.get(name, [None] * len(rows)))
            answers.extend(rows.answers)
            truths.extend(rows.labels)
    if not answers:
        raise InputError(f"no captured row in {', '.join(paths)}")
    scores = [_pick(each, SCORE_KEYS, 1) for each in answers]
    return Predicted(
        features=_typed(cells, use_case),
        labels=_coded(pd.Series([_pick(each, LABEL_KEYS, 0) for each in truths], dtype=object), use_case),
        predictions=pd.Series([_pick(each, LABEL_KEYS, 0) for each in answers], dtype=object),
        scores=pd.Series(scores, dtype=object) if any(each is not None for each in scores) else None,
    )


def _pick(row: Row | None, keys: tuple[str, ...], position: int) -> Cell:
    if isinstance(row, dict):
        return next((row[key] for key in keys if key in row), None)
    return row[position] if row is not None and len(row) > position else None


def _typed(cells: dict[str, list[Cell]], use_case: UseCase) -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(values, dtype="string") for name, values in cells.items()})
    for column in use_case.features:
        if column.numeric:
            frame[column.name] = pd.to_numeric(frame[column.name], errors="coerce")
    return frame


def _coded(labels: pd.Series[Any], use_case: UseCase) -> pd.Series[Any]:
    if use_case.task != "binary":
        return labels
    numbers = pd.to_numeric(labels, errors="coerce")
    if numbers.isin([0, 1]).sum() == labels.notna().sum():
        return numbers
    positive = (labels.astype("string").str.strip() == str(use_case.positive)).astype(float)
    return positive.where(labels.notna())
