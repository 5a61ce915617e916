"""Model quality of a table of predictions with ground truth: all documents of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from mooring_use_case.use_case import UseCase

from mooring_monitor.quality import documents
from mooring_monitor.quality.lag import label_lag
from mooring_monitor.quality.measures import Estimate, estimates, metrics_of
from mooring_monitor.quality.outcomes import Joined, join
from mooring_monitor.quality.slices import Slice, slices
from mooring_monitor.records import Violation


@dataclass(frozen=True)
class Predicted:
    """Predictions of some rows with their ground truth, row by row; what is missing is missing in the series."""

    features: pd.DataFrame
    labels: pd.Series[Any]
    predictions: pd.Series[Any]
    scores: pd.Series[Any] | None = None
    #: Seconds between prediction and label, where known.
    lag: pd.Series[Any] | None = None


@dataclass(frozen=True)
class Quality:
    """What a run found out."""

    task: str
    joined: Joined
    estimates: Mapping[str, Estimate]
    lag: Mapping[str, float]
    #: The metric the slices are ordered by, and the slices from worst to best.
    metric: str
    slices: tuple[Slice, ...]

    def statistics(self) -> dict[str, Any]:
        """statistics.json."""
        return documents.statistics(self.task, self.joined, self.estimates, self.lag)

    def constraints(self) -> dict[str, Any]:
        """constraints.json."""
        return documents.constraints(self.task, self.estimates)

    def slices_document(self) -> dict[str, Any]:
        """slices.json: the metric, its overall value, all slices, the worst first."""
        return {
            "version": "1.0",
            "metric": self.metric,
            "overall": self.estimates[self.metric].value,
            "rows": len(self.joined.outcomes),
            "slices": [each.as_json() for each in self.slices],
        }

    def violations(self, baseline: Mapping[str, Any]) -> list[Violation]:
        """Constraints that are broken."""
        return documents.violations(self.task, self.estimates, baseline)


def analyse_quality(
    data: Predicted, use_case: UseCase, threshold: float | None = None, metric: str | None = None, seed: int = 0
) -> Quality:
    """Judge predictions; ``metric`` orders the slices (default: the monitored one, or the gate's).

    Raises InputError when no row can be judged or the metric is unknown for the task.
    """
    joined = join(use_case.task, data.labels, data.predictions, data.scores, threshold)
    found = estimates(use_case.task, joined.outcomes, seed)
    chosen = canonical_metric(use_case.task, metric or watched_metric(use_case))
    measure = metrics_of(use_case.task, chosen)
    rows = data.features.iloc[np.flatnonzero(joined.judged)]
    ordered = slices(rows, use_case.features, joined.outcomes, chosen, measure)
    lag = {} if data.lag is None else label_lag(data.lag)
    return Quality(use_case.task, joined, found, lag, chosen, tuple(ordered))


def watched_metric(use_case: UseCase) -> str:
    """The metric a use case cares most about: the quality monitor's, else the quality gate's, else a usual one."""
    monitor = use_case.monitoring.get("quality") or {}
    gate = use_case.document.get("gates", {}).get("quality", {})
    usual = {"binary": "auc", "multiclass": "accuracy"}.get(use_case.task, "rmse")
    return str(monitor.get("metric") or gate.get("metric") or usual)


def canonical_metric(task: str, metric: str) -> str:
    """Model Monitor's name of a metric: precision, recall and f1 of several classes are the weighted ones."""
    return f"weighted_{metric}" if task == "multiclass" and metric in ("precision", "recall", "f1") else metric
