"""Records that the parts of the monitor exchange. All are immutable and carry units in their docstrings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from mooring_monitor.use_case import UseCase

Verdict = Literal["ok", "warn", "breach", "skipped", "error"]
Kind = Literal["data", "quality", "bias", "explanations"]

#: From harmless to grave; the verdict of many is the gravest of them.
VERDICTS: tuple[Verdict, ...] = ("skipped", "ok", "warn", "error", "breach")


#: Reason under which ground truth is counted that cannot be a label of the use case.
INVALID_LABEL = "invalid label"


def gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that speaks for all of them; `skipped` when there is none."""
    return max(verdicts, key=VERDICTS.index, default="skipped")


@dataclass(frozen=True)
class Violation:
    """One entry of Model Monitor's constraint_violations.json."""

    feature_name: str
    constraint_check_type: str
    description: str
    #: Further keys of the entry (metric_name, facet, facet_value ...), written as they are.
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The entry as Model Monitor writes it."""
        return {
            "feature_name": self.feature_name,
            "constraint_check_type": self.constraint_check_type,
            "description": self.description,
            **self.extra,
        }


@dataclass(frozen=True)
class Metric:
    """One CloudWatch data point, published at the service's current time."""

    name: str
    value: float
    #: CloudWatch unit: None, Count, Seconds, Percent.
    unit: str = "None"
    #: Dimensions besides Endpoint and MonitoringSchedule.
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WatchWindow:
    """What a scheduled run has gathered about one window of an endpoint's life."""

    use_case: UseCase
    kind: Kind
    endpoint: str
    variant: str
    schedule: str
    #: Half-open interval [start, end), UTC.
    start: datetime
    end: datetime
    baseline: Path
    output: Path
    #: Raw features of the captured rows, one column per feature of the use case, typed by its schema.
    features: pd.DataFrame
    #: Predicted label (0/1, class) or number, per captured row; missing where the answer could not be read.
    predictions: pd.Series[Any]
    #: Score of the positive class; None for regression, missing where there was none.
    scores: pd.Series[Any] | None
    #: Ground truth per captured row in the coding of the training set (0/1 for binary tasks); missing = not known yet.
    labels: pd.Series[Any]
    #: Time of each prediction (UTC).
    times: pd.Series[Any]
    #: Seconds between prediction and arrival of the label, per row; missing where there is no label.
    label_lag: pd.Series[Any]
    #: Rows or records that could not be used, by reason.
    skipped: Mapping[str, int]
    #: Captured rows of the window that an earlier version may have answered; they are not among the rows above.
    before_live: int = 0


@dataclass(frozen=True)
class WatchOutcome:
    """What a monitor found in a window; the watch command publishes and files it."""

    verdict: Verdict
    #: One sentence for people.
    summary: str
    metrics: Sequence[Metric]
    violations: Sequence[Violation] = ()
