"""Watched rows in memory, joined with their labels: what every monitor but that of the data looks at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from mooring_use_case.use_case import UseCase
from mooring_values.labels import Invalid

from mooring_monitor.answers import label_of, label_value, prediction_of, series, typed_features
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import CaptureRows
from mooring_monitor.readers.capture_record import GroundTruth
from mooring_monitor.readers.payload import Row
from mooring_monitor.readers.window import BEFORE_LIVE, read_labels
from mooring_monitor.records import INVALID_LABEL
from mooring_monitor.watch.run import Run


@dataclass(frozen=True)
class JoinedRows:
    """Rows of a window with features, answers and, where they have arrived, labels."""

    #: Raw features, one column per feature of the use case, typed by its schema.
    features: pd.DataFrame
    #: Predicted label (0/1, class) or number, per row; missing where the answer could not be read.
    predictions: pd.Series[Any]
    #: Score of the positive class; None for regression, missing where there was none.
    scores: pd.Series[Any] | None
    #: Ground truth per row in the coding of the training set (0/1 for binary tasks); missing = not known yet.
    labels: pd.Series[Any]
    #: Seconds between prediction and arrival of the label, per row; missing where there is no label.
    label_lag: pd.Series[Any]
    #: Rows of the window that an earlier version may have answered; they are not among the rows above.
    before_live: int = 0
    #: Labels that arrived but cannot be labels of the use case; their rows count as unlabelled.
    invalid_labels: int = 0

    @property
    def captured(self) -> int:
        """Rows that the window holds, whoever answered them."""
        return len(self.features) + self.before_live

    @property
    def remark(self) -> str:
        """What a summary adds about rows that were left out."""
        invalid = f"; {self.invalid_labels:,} labels are invalid and were not judged" if self.invalid_labels else ""
        early = f"; {self.before_live:,} rows {BEFORE_LIVE}" if self.before_live else ""
        return f"{invalid}{early}"

    @property
    def labelled(self) -> int:
        """Rows with an answer and a label."""
        return int((self.labels.notna() & self.predictions.notna()).sum())

    @property
    def coverage(self) -> float:
        """Share of the rows that have a label; 0 without rows."""
        return float(self.labels.notna().mean()) if len(self.labels) else 0.0


def joined_rows(run: Run, skips: Skips) -> JoinedRows:
    """Read the window's rows and join them with the labels that have arrived."""
    use_case = run.use_case
    rows = CaptureRows([each.name for each in use_case.features])
    for part in run.parts(skips):
        rows.extend(part)
    labels = read_labels(run.ground_truth.rstrip("/"), run.window, skips, run.s3) if run.ground_truth else {}
    answers = [prediction_of(each, use_case.task) for each in rows.answers]
    known = [_label(rows, index, labels, use_case, skips) for index in range(len(rows))]
    scores = pd.Series([score for _, score in answers], dtype="float64")
    return JoinedRows(
        features=typed_features(rows.cells, use_case, len(rows)),
        predictions=series([label for label, _ in answers], use_case.task),
        scores=None if use_case.task in ("regression", "forecast") else scores,
        labels=series([label for label, _ in known], use_case.task),
        label_lag=pd.Series([lag for _, lag in known], dtype="float64"),
        before_live=skips.notes.get(BEFORE_LIVE, 0),
        invalid_labels=skips.counts.get(INVALID_LABEL, 0),
    )


def _label(
    rows: CaptureRows, index: int, labels: Mapping[str, GroundTruth], use_case: UseCase, skips: Skips
) -> tuple[Any, float]:
    """Label of a row and how long it took to arrive, in seconds; what cannot be a label is counted."""
    truth = labels.get(rows.ids[index]) or labels.get(rows.event_ids[index])
    if truth is None:
        return _counted(rows.labels[index], use_case, skips), math.nan
    position = rows.positions[index]
    value = truth.values[position] if position < len(truth.values) else truth.values[0]
    asked: datetime | None = rows.times[index]
    lag = max(0.0, (truth.time - asked).total_seconds()) if truth.time and asked else math.nan
    return _counted(value, use_case, skips), lag


def _counted(row: Row | None, use_case: UseCase, skips: Skips) -> Any:
    value = label_value(row, use_case)
    if isinstance(value, Invalid):
        skips.add(INVALID_LABEL, value.reason)
    return label_of(row, use_case)
