"""Statistics and constraints of a data set, and its violations of a baseline: analysis_type DATA_QUALITY."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime, timezone

from mooring_monitor.drift.comparison import Baseline, compare
from mooring_monitor.drift.judge import plans
from mooring_monitor.drift.monitor import feature_metrics
from mooring_monitor.drift.violations import as_model_monitor
from mooring_monitor.dropin.environment import Settings
from mooring_monitor.dropin.job import COMPLETED, write_violations
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import write_json
from mooring_monitor.metrics import DIMENSION_ENDPOINT, DIMENSION_SCHEDULE
from mooring_monitor.profile.constraints import constraints_document, read_constraints
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import read_statistics, statistics_document
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.data import read_batches
from mooring_monitor.records import Metric, Occasion


def data_quality(settings: Settings) -> str:
    """Write the files and return the job's message."""
    baseline = _baseline(settings)
    names = list(baseline.statistics.features) if baseline and settings.format != "csv" else []
    skips = Skips()
    profile = DatasetProfile.of_use_case(None)
    for batch in read_batches([settings.source], settings.format, names, skips, settings.header):
        profile.add(batch)
    if profile.rows == 0:
        raise InputError(f"no rows in {settings.source}")
    write_json(settings.output / "statistics.json", statistics_document(profile), indent=None)
    write_json(settings.output / "constraints.json", constraints_document(profile))
    if baseline is None:
        return COMPLETED
    findings = compare(baseline, profile, skips, None, Occasion())
    if settings.publish_for is not None:
        _leave_metrics(settings, settings.publish_for, feature_metrics(findings))
    return write_violations(settings.output, as_model_monitor(findings.violations))


def _baseline(settings: Settings) -> Baseline | None:
    if settings.statistics is None or settings.constraints is None:
        return None
    statistics, constraints = read_statistics(settings.statistics), read_constraints(settings.constraints)
    return Baseline(statistics, constraints, plans(statistics, constraints, None), None)


def _leave_metrics(settings: Settings, publish_for: tuple[str, str], metrics: Sequence[Metric]) -> None:
    """Lines of JSON that the service publishes when the job is one of a schedule."""
    endpoint, schedule = publish_for
    dimensions = [{"Name": DIMENSION_ENDPOINT, "Value": endpoint}, {"Name": DIMENSION_SCHEDULE, "Value": schedule}]
    time = settings.variables.get("end_time") or datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [
        json.dumps({"MetricName": each.name, "Timestamp": time, "Dimensions": dimensions, "Value": each.value})
        for each in metrics
        if math.isfinite(each.value)
    ]
    target = settings.root / "output" / "metrics" / "cloudwatch"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
