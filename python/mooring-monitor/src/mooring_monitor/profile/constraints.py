"""constraints.json in Model Monitor's format: suggested from a profile, read back for a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mooring_use_case.use_case import UseCase

from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json
from mooring_monitor.profile.column_profile import CATEGORY_BUCKETS, ColumnProfile
from mooring_monitor.profile.dataset_profile import DatasetProfile

#: What Model Monitor really writes; its documentation says 0.1 for the first two thresholds, its outputs 1.0.
MONITORING_CONFIG: Final[Mapping[str, Any]] = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 1.0,
    "domain_content_threshold": 1.0,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "LInfinity",
    },
}


@dataclass(frozen=True)
class FeatureConstraints:
    """What a feature's values must be like."""

    name: str
    inferred_type: str
    completeness: float | None
    non_negative: bool
    domain: frozenset[str] | None
    #: The monitoring_config that holds for this feature.
    config: Mapping[str, Any]


@dataclass(frozen=True)
class Constraints:
    """All constraints of a baseline."""

    features: Mapping[str, FeatureConstraints]
    config: Mapping[str, Any]


def constraints_document(profile: DatasetProfile, use_case: UseCase | None = None) -> dict[str, Any]:
    """The document of constraints.json as suggested by a profile.

    Categories that the use case lists are allowed even when the baseline happens to lack them.
    """
    features = [_suggested(each, _declared(use_case, each.name)) for each in profile.columns.values()]
    return {"version": 0.0, "features": features, "monitoring_config": dict(MONITORING_CONFIG)}


def read_constraints(path: Path) -> Constraints:
    """Read constraints.json, ours or Model Monitor's, edited by people or not.

    Raises InputError when it is unreadable or not of that format.
    """
    document = read_json(path, "baseline constraints")
    try:
        return parse_constraints(document)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(f"baseline constraints '{path}' are not in Model Monitor's format: {error!r}") from None


def parse_constraints(document: Mapping[str, Any]) -> Constraints:
    """The constraints of a decoded document; KeyError or TypeError when it is not of the format."""
    config = _merged(MONITORING_CONFIG, document.get("monitoring_config", {}))
    return Constraints({each["name"]: _constraint(each, config) for each in document["features"]}, config)


def _declared(use_case: UseCase | None, name: str) -> tuple[str, ...]:
    if use_case is None or name not in {each.name for each in use_case.features}:
        return ()
    return use_case.meanings[name].categories or ()


def _suggested(column: ColumnProfile, declared: tuple[str, ...]) -> dict[str, Any]:
    kind = column.inferred_type
    completeness = column.present / column.rows if column.rows else 0.0
    feature: dict[str, Any] = {"name": column.name, "inferred_type": kind, "completeness": completeness}
    if kind in ("Integral", "Fractional"):
        feature["num_constraints"] = {"is_non_negative": bool(column.numeric and column.low >= 0)}
    elif column.categories is not None and 0 < len(column.categories) <= CATEGORY_BUCKETS:
        domains = list(dict.fromkeys([*column.categories, *declared]))
        feature["string_constraints"] = {"domains": domains}
    return feature


def _constraint(feature: Mapping[str, Any], config: Mapping[str, Any]) -> FeatureConstraints:
    numeric: Mapping[str, Any] = feature.get("num_constraints") or {}
    text: Mapping[str, Any] = feature.get("string_constraints") or {}
    domains = text.get("domains")
    completeness = feature.get("completeness")
    return FeatureConstraints(
        name=str(feature["name"]),
        inferred_type=str(feature["inferred_type"]),
        completeness=None if completeness is None else float(completeness),
        non_negative=bool(numeric.get("is_non_negative", False)),
        domain=None if domains is None else frozenset(str(each) for each in domains),
        config=_merged(config, feature.get("monitoring_config_overrides") or {}),
    )


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        inner = merged.get(key)
        merged[key] = _merged(inner, value) if isinstance(inner, Mapping) and isinstance(value, Mapping) else value
    return merged
