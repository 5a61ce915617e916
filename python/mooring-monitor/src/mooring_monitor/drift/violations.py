"""constraint_violations.json: the six checks of Model Monitor.

The wording of `data_type_check` is recorded from the real container; the other five follow its manner.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mooring_monitor.drift.completeness import shortfall
from mooring_monitor.drift.judge import DriftResult
from mooring_monitor.profile.column_profile import ColumnProfile
from mooring_monitor.profile.constraints import Constraints, FeatureConstraints
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import FeatureStatistics, Statistics
from mooring_monitor.records import Violation

#: How Model Monitor names the columns of a check that looks at all of them; the first is recorded from the container.
_ALL_COLUMNS: Final = {"missing_column_check": "Missing columns", "extra_column_check": "Extra columns"}


def find_violations(
    profile: DatasetProfile,
    constraints: Constraints,
    drift: Sequence[DriftResult],
    baseline: Statistics | None = None,
) -> list[Violation]:
    """All violations of a window, in the order of the constraints; none when the window is empty."""
    if profile.rows == 0:
        return []
    found = _columns(profile, constraints)
    breached = {each.name: each for each in drift if each.verdict == "breach" and each.value is not None}
    for name, constraint in constraints.features.items():
        column = profile.columns.get(name)
        if column is not None and constraint.config.get("evaluate_constraints") != "Disabled":
            found.extend(_of_values(column, constraint, None if baseline is None else baseline.features.get(name)))
        if name in breached:
            found.append(_drifted(breached[name]))
    return found


def as_model_monitor(violations: Sequence[Violation]) -> list[dict[str, Any]]:
    """The entries as Model Monitor's container writes them: one for all missing columns, one for all extra ones.

    Which columns they are is in drift_report.json.
    """
    entries: list[dict[str, Any]] = []
    for each in violations:
        entry = {**each.as_json(), "feature_name": _ALL_COLUMNS.get(each.constraint_check_type, each.feature_name)}
        if entry not in entries:
            entries.append(entry)
    return entries


def type_share(column: ColumnProfile, expected: str) -> float:
    """Share of the present values that are of a type; a whole number is a Fractional too."""
    if column.present == 0:
        return 1.0
    if expected == "Integral":
        # With a declared schema 37.0 is a whole number; without one its spelling decides, as in Model Monitor.
        matching = column.whole if column.declared == "integer" else column.integral
    elif expected == "Fractional":
        matching = column.integral + column.fractional
    elif expected == "String" and column.declared is None:
        matching = column.text
    else:
        matching = column.present
    return matching / column.present


def _columns(profile: DatasetProfile, constraints: Constraints) -> list[Violation]:
    expected, current = set(constraints.features), set(profile.columns)
    counts = (
        f"Number of columns in current dataset: {len(current)}, "
        f"Number of columns in baseline constraints: {len(expected)}"
    )
    found = [
        Violation(name, "missing_column_check", f"There are missing columns in current dataset. {counts}")
        for name in constraints.features
        if name not in current
    ]
    found.extend(
        Violation(name, "extra_column_check", f"There are extra columns in current dataset. {counts}")
        for name in profile.columns
        if name not in expected
    )
    return found


def _of_values(
    column: ColumnProfile, constraint: FeatureConstraints, baseline: FeatureStatistics | None
) -> list[Violation]:
    found: list[Violation] = []
    wanted = float(constraint.config["datatype_check_threshold"])
    kind = constraint.inferred_type
    share = type_share(column, kind)
    if share < wanted:
        found.append(
            Violation(
                column.name,
                "data_type_check",
                f"Data type match requirement is not met. Expected data type: {kind}, "
                f"Expected match: {wanted * 100}%. Observed: Only {share * 100}% of data is {kind}.",
            )
        )
    completeness = column.present / column.rows
    if constraint.completeness is not None and shortfall(column.rows, column.missing, constraint, baseline) > 0:
        found.append(
            Violation(
                column.name,
                "completeness_check",
                f"Completeness requirement is not met. Expected completeness: {constraint.completeness * 100}%. "
                f"Observed: Only {completeness * 100}% of data is complete.",
            )
        )
    return found + _unknown_categories(column, constraint)


def _unknown_categories(column: ColumnProfile, constraint: FeatureConstraints) -> list[Violation]:
    domain = constraint.domain
    if domain is None or column.categories is None or column.present == 0:
        return []
    unknown = {value: count for value, count in column.categories.items() if value not in domain}
    share = 1 - sum(unknown.values()) / column.present
    wanted = float(constraint.config["domain_content_threshold"])
    if share >= wanted:
        return []
    listed = ", ".join(
        f"'{value[:40]}' ({count})" for value, count in sorted(unknown.items(), key=lambda each: -each[1])[:5]
    )
    return [
        Violation(
            column.name,
            "categorical_values_check",
            f"Values are not in the expected domain. Expected match: {wanted * 100}%. "
            f"Observed: Only {share * 100}% of data is in the domain. "
            f"Unknown values: {listed}{', ...' if len(unknown) > 5 else ''}.",
        )
    ]


def _drifted(result: DriftResult) -> Violation:
    what = "Numerical" if result.feature_type == "numeric" else "Categorical"
    measure = "distance" if result.direction == "above" else "p-value"
    passes = "exceeds" if result.direction == "above" else "is below"
    return Violation(
        result.name,
        "baseline_drift_check",
        f"{what} {measure}: {result.value} {passes} {what.lower()} threshold: {result.threshold} ({result.detector})",
    )
