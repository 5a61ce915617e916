"""statistics.json in Model Monitor's format: written from a profile, read back as a baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json
from mooring_monitor.profile.column_profile import CATEGORY_BUCKETS, ColumnProfile
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.distribution import CategoryCounts, NumberSample
from mooring_monitor.sketches.kll import KllSketch


@dataclass(frozen=True)
class FeatureStatistics:
    """What is known about a feature, from a baseline file or from the current window."""

    name: str
    inferred_type: str
    rows: int
    present: int
    numbers: NumberSample | None
    categories: CategoryCounts | None

    @property
    def completeness(self) -> float:
        """Share of rows with a value; 0 when there are no rows."""
        return self.present / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class Statistics:
    """A data set's statistics."""

    rows: int
    features: Mapping[str, FeatureStatistics]


def statistics_document(profile: DatasetProfile) -> dict[str, Any]:
    """The document of statistics.json."""
    return {
        "version": 0.0,
        "dataset": {"item_count": profile.rows},
        "features": [_feature(each) for each in profile.columns.values()],
    }


def statistics_of(profile: DatasetProfile) -> Statistics:
    """The statistics of a profile, with all that it counted (statistics.json holds at most 120 categories)."""
    return Statistics(profile.rows, {name: _current(each) for name, each in profile.columns.items()})


def read_statistics(path: Path) -> Statistics:
    """Read a baseline's statistics.json, ours or Model Monitor's.

    Raises InputError when it is unreadable or has no rows.
    """
    document = read_json(path, "baseline statistics")
    try:
        rows = int(document["dataset"]["item_count"])
        features = {each["name"]: _baseline(each, rows) for each in document["features"]}
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"baseline statistics '{path}' are not in Model Monitor's format: {error!r}") from None
    if rows < 1:
        raise InputError(f"baseline statistics '{path}' describe no rows; make them from the training set again")
    return Statistics(rows, features)


def _feature(column: ColumnProfile) -> dict[str, Any]:
    kind = column.inferred_type
    common: dict[str, Any] = {"num_present": column.present, "num_missing": column.missing}
    if column.non_finite:
        common["num_non_finite"] = column.non_finite
    feature: dict[str, Any] = {"name": column.name, "inferred_type": kind}
    completeness = column.present / column.rows if column.rows else 0.0
    if kind in ("Integral", "Fractional"):
        feature["numerical_statistics"] = _numerical(column, common, completeness)
    else:
        feature["string_statistics"] = _categorical(column, common, completeness)
    return feature


def _numerical(column: ColumnProfile, common: dict[str, Any], completeness: float) -> dict[str, Any]:
    empty = column.numeric == 0
    buckets = [] if empty else column.sketch.buckets(column.low, column.high)
    return {
        "common": common,
        "mean": column.mean,
        "sum": column.total,
        "std_dev": column.std,
        "min": math.nan if empty else column.low,
        "max": math.nan if empty else column.high,
        "approximate_num_distinct_values": column.distinct.estimate(),
        "completeness": completeness,
        "distribution": {
            "kll": {
                "buckets": [{"lower_bound": low, "upper_bound": high, "count": count} for low, high, count in buckets],
                "sketch": {
                    "parameters": {"c": column.sketch.c, "k": float(column.sketch.k)},
                    "data": [each.tolist() for each in column.sketch.levels],
                },
            }
        },
    }


def _categorical(column: ColumnProfile, common: dict[str, Any], completeness: float) -> dict[str, Any]:
    counts = column.categories
    distinct = column.distinct.estimate() if counts is None else len(counts)
    statistics: dict[str, Any] = {"common": common, "distinct_count": float(distinct), "completeness": completeness}
    if counts is not None and 0 < len(counts) <= CATEGORY_BUCKETS:
        buckets = [{"value": value, "count": count} for value, count in counts.items()]
        statistics["distribution"] = {"categorical": {"buckets": buckets}}
    return statistics


def _current(column: ColumnProfile) -> FeatureStatistics:
    kind = column.inferred_type
    quantity = kind in ("Integral", "Fractional") and column.numeric > 0
    return FeatureStatistics(
        name=column.name,
        inferred_type=kind,
        rows=column.rows,
        present=column.present,
        numbers=NumberSample.of_sketch(column.sketch, column.mean, column.std) if quantity else None,
        categories=CategoryCounts(column.categories) if kind == "String" and column.categories is not None else None,
    )


def _baseline(feature: Mapping[str, Any], rows: int) -> FeatureStatistics:
    numerical = feature.get("numerical_statistics")
    body: Mapping[str, Any] = numerical or feature.get("string_statistics") or {}
    present = int(body.get("common", {}).get("num_present", 0))
    distribution = body.get("distribution", {})
    numbers = None
    if numerical and present and "kll" in distribution:
        sketch = distribution["kll"]["sketch"]
        kll = KllSketch.from_levels(sketch["data"], int(sketch["parameters"]["k"]), float(sketch["parameters"]["c"]))
        if kll.count:
            numbers = NumberSample.of_sketch(kll, float(numerical["mean"]), float(numerical["std_dev"]))
    categories = None
    if "categorical" in distribution:
        buckets = distribution["categorical"]["buckets"]
        categories = CategoryCounts({str(each["value"]): int(each["count"]) for each in buckets})
    return FeatureStatistics(feature["name"], feature["inferred_type"], rows, present, numbers, categories)
