"""CloudWatch names of what the monitor publishes: the very names of contracts/metrics.ts (a test compares them)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mooring_monitor.records import Kind

#: Model Monitor's own namespaces, so that dashboards survive a change of engine.
NAMESPACES: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        "data": "aws/sagemaker/Endpoints/data-metrics",
        "quality": "aws/sagemaker/Endpoints/model-metrics",
        "bias": "aws/sagemaker/Endpoints/bias-metrics",
        "explanations": "aws/sagemaker/Endpoints/explainability-metrics",
    }
)
DIMENSION_ENDPOINT: Final = "Endpoint"
DIMENSION_SCHEDULE: Final = "MonitoringSchedule"
#: Captured rows in the window; zero means that capture stopped.
ROWS: Final = "captured_rows"
#: 1 when the run finished, whatever it found.
RUNS: Final = "monitor_runs"
LABEL_COVERAGE: Final = "label_coverage"
LABEL_LAG: Final = "label_lag_seconds"
#: Captured rows with a label, and labels that contradict an earlier one, as the join counts them.
LABELLED_ROWS: Final = "labelled_rows"
LABEL_CONFLICTS: Final = "label_conflicts"
NDCG: Final = "attribution_ndcg"
#: How infinities are published: Clarify's own mapping.
INFINITY: Final = 2.348543e108


def drift(feature: str) -> str:
    """Drift value of a feature, in its detector's unit and direction."""
    return f"feature_baseline_drift_{feature}"


def non_null(feature: str) -> str:
    """Share of rows in which a feature has a value."""
    return f"feature_non_null_{feature}"


def missing(feature: str) -> str:
    """Share of rows that lack a feature beyond what its baseline lets expect; 0 when chance explains it."""
    return f"feature_missing_{feature}"


def data(feature: str) -> str:
    """Mean of a numeric feature in the window."""
    return f"feature_data_{feature}"


def bias(metric: str) -> str:
    """A bias metric by its short name."""
    return f"bias_metric_{metric}"


def attribution(feature: str) -> str:
    """Mean absolute attribution of a feature."""
    return f"feature_{feature}"
