"""Merged files (captured requests and answers with their ground truth) as predictions to be judged."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from mooring_use_case.use_case import UseCase

from mooring_monitor.answers import label_of, prediction_of, series, typed_features
from mooring_monitor.errors import InputError
from mooring_monitor.quality.analysis import Predicted
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import read_capture
from mooring_monitor.readers.payload import Cell, Row
from mooring_monitor.readers.source import sources


def read_merged(paths: Sequence[str], use_case: UseCase, skips: Skips) -> Predicted:
    """All rows of merged files, typed by the use case.

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
    pairs = [prediction_of(each, use_case.task) for each in answers]
    scores = pd.Series([score for _, score in pairs], dtype="float64")
    return Predicted(
        features=typed_features(cells, use_case, len(answers)),
        labels=series([label_of(each, use_case) for each in truths], use_case.task),
        predictions=series([label for label, _ in pairs], use_case.task),
        scores=scores if scores.notna().any() else None,
    )
