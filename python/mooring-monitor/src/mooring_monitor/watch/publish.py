"""Metrics to CloudWatch: in batches, without a timestamp, so that they count at the service's current time.

Points that are a day old may take two days to become readable, and no alarm sees them; history lies in the reports.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from mooring_monitor.aws import client
from mooring_monitor.metrics import DIMENSION_ENDPOINT, DIMENSION_SCHEDULE, INFINITY, NAMESPACES
from mooring_monitor.records import Kind, Metric

#: PutMetricData takes 1,000 metrics and 1 MB per call.
BATCH: Final = 500


def publish(metrics: Sequence[Metric], kind: Kind, endpoint: str, schedule: str, cloudwatch: Any = None) -> int:
    """Publish metrics and return how many; values that are not numbers are left out."""
    data = [_datum(each, endpoint, schedule) for each in metrics if not math.isnan(each.value)]
    sink = cloudwatch or client("cloudwatch")
    for start in range(0, len(data), BATCH):
        sink.put_metric_data(Namespace=NAMESPACES[kind], MetricData=data[start : start + BATCH])
    return len(data)


def _datum(metric: Metric, endpoint: str, schedule: str) -> dict[str, Any]:
    dimensions = {DIMENSION_ENDPOINT: endpoint, DIMENSION_SCHEDULE: schedule, **metric.dimensions}
    value = metric.value
    return {
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions.items()],
        "Value": math.copysign(INFINITY, value) if math.isinf(value) else float(value),
        "Unit": metric.unit,
    }
