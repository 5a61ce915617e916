"""What a scheduled run works on: captured or batch-scored rows of the window, joined with their labels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from mooring_values.labels import Invalid

from mooring_monitor.answers import label_of, label_value, prediction_of, series, typed_features
from mooring_monitor.live_baseline import live_since
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture import CaptureRows
from mooring_monitor.readers.capture_record import GroundTruth
from mooring_monitor.readers.payload import Row
from mooring_monitor.readers.watched import Watched
from mooring_monitor.readers.window import BEFORE_LIVE, Window, read_labels
from mooring_monitor.records import INVALID_LABEL, Kind, WatchWindow
from mooring_monitor.use_case import UseCase


def gather(
    use_case: UseCase,
    kind: Kind,
    window: Window,
    watched: Watched,
    ground_truth: str | None,
    endpoint: str,
    variant: str,
    schedule: str,
    baseline: Path,
    output: Path,
    s3: Any = None,
) -> WatchWindow:
    """Watched rows with features, answers and, where they have arrived, labels."""
    skips = Skips()
    rows = CaptureRows([each.name for each in use_case.features])
    for part in watched.rows(use_case, window, skips, s3, live_since(baseline)):
        rows.extend(part)
    labels = read_labels(ground_truth.rstrip("/"), window, skips, s3) if ground_truth else {}
    answers = [prediction_of(each, use_case.task) for each in rows.answers]
    known = [_label(rows, index, labels, use_case, skips) for index in range(len(rows))]
    scores = pd.Series([score for _, score in answers], dtype="float64")
    return WatchWindow(
        use_case=use_case,
        kind=kind,
        endpoint=endpoint,
        variant=variant,
        schedule=schedule,
        start=window.start,
        end=window.end,
        baseline=baseline,
        output=output,
        features=typed_features(rows.cells, use_case, len(rows)),
        predictions=series([label for label, _ in answers], use_case.task),
        scores=None if use_case.task in ("regression", "forecast") else scores,
        labels=series([label for label, _ in known], use_case.task),
        times=pd.Series(pd.to_datetime(pd.Series(rows.times, dtype=object), utc=True)),
        label_lag=pd.Series([lag for _, lag in known], dtype="float64"),
        skipped=skips.counts,
        before_live=skips.notes.get(BEFORE_LIVE, 0),
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
