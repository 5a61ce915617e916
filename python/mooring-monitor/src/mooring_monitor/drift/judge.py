"""Which features have drifted: detectors, sample sizes, many tests at once, verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from mooring_use_case.use_case import ANSWERS, UseCase
from scipy import special

from mooring_monitor.drift.completeness import shortfall
from mooring_monitor.drift.detectors import DETECTORS, detector_named
from mooring_monitor.drift.detectors.classifier import separability
from mooring_monitor.drift.detectors.detector import Detector, FeatureType, Measurement, feature_type
from mooring_monitor.drift.row_sample import RowSample
from mooring_monitor.errors import InputError, NotComparableError
from mooring_monitor.profile.constraints import Constraints, FeatureConstraints
from mooring_monitor.profile.distribution import unknown_count
from mooring_monitor.profile.statistics import FeatureStatistics, Statistics
from mooring_monitor.records import Verdict

#: Share of false breaches that is accepted (Benjamini, Hochberg 1995), over all features of a window.
BREACH_RATE: Final = 0.01
#: Categories that the baseline does not know are a breach, whatever the detector, when their share is certainly larger.
UNKNOWN_SHARE: Final = 0.1
#: A threshold passed at this rate is worth a look.
WARN_RATE: Final = 0.1
#: A certain drift of this share of the threshold is worth a look.
WARN_SHARE: Final = 0.5


@dataclass(frozen=True)
class DriftResult:
    """Verdict on one feature."""

    name: str
    feature_type: FeatureType | None
    detector: str
    direction: str
    threshold: float
    verdict: Verdict
    #: Why a feature was skipped, or what failed.
    reason: str | None = None
    #: The detector's value; None when skipped or failed.
    value: float | None = None
    #: How likely a value as large is without drift, and the same with all features of the run in mind.
    p_value: float | None = None
    q_value: float | None = None
    #: Whether an alarm of its own was asked for.
    monitored: bool = False
    #: Share of the values whose category the baseline does not know, where it alone is a breach; 0 otherwise.
    unknown_share: float = 0.0
    reference_rows: int = 0
    current_rows: int = 0

    @property
    def published(self) -> float | None:
        """The value for alarms: past the threshold when the verdict is `breach`, and only then."""
        if self.value is None:
            return None
        if self.verdict == "breach":
            step = max(abs(self.threshold), 1e-3) * 1e-3
            past = max(self.value, self.threshold + step), min(self.value, self.threshold - step)
            return past[0 if self.direction == "above" else 1]
        bound = max if self.direction == "below" else min
        return bound(self.value, self.threshold)


@dataclass(frozen=True)
class Plan:
    """How one feature is to be compared."""

    name: str
    detector: Detector | None
    threshold: float | None
    monitored: bool


def plans(baseline: Statistics, constraints: Constraints, use_case: UseCase | None) -> list[Plan]:
    """One plan per feature of the baseline: what the use case asks for, else what the constraints say.

    Raises InputError when a detector does not exist or does not fit the feature's type.
    """
    monitored = use_case.monitored if use_case else ()
    asked = {each.name: each for each in monitored if each.name not in ANSWERS}
    problems: list[str] = []
    made: list[Plan] = []
    for name, reference in baseline.features.items():
        each = asked.pop(name, None)
        detector, threshold = _default(reference, constraints)
        if each is not None and each.detector is not None:
            detector, threshold = detector_named(each.detector), None
            kind = _kind(reference)
            if kind is not None and kind not in detector.feature_types:
                fitting = ", ".join(other.name for other in DETECTORS.values() if kind in other.feature_types)
                problems.append(
                    f"feature '{name}' is {kind}; detector '{detector.name}' is not for it, these are: {fitting}"
                )
        if each is not None and each.threshold is not None:
            threshold = each.threshold
        made.append(Plan(name, detector, threshold, each is not None))
    problems.extend(
        f"monitored feature '{name}' is not in the baseline; profile the training set again" for name in asked
    )
    if problems:
        raise InputError("; ".join(problems))
    return made


def judge(
    baseline: Statistics,
    current: Statistics,
    wanted: Sequence[Plan],
    min_sample: int,
    samples: tuple[RowSample, RowSample] | None = None,
    constraints: Constraints | None = None,
) -> list[DriftResult]:
    """Verdicts of all planned features, in their order."""
    joint = _joint(baseline, wanted, samples)
    results = [
        _emptied(
            _measured(plan, baseline.features[plan.name], current.features.get(plan.name), min_sample, joint),
            baseline.features[plan.name],
            current,
            min_sample,
            None if constraints is None else constraints.features.get(plan.name),
        )
        for plan in wanted
    ]
    rates = _false_discovery_rates([each.p_value for each in results])
    return [_decided(each, rate) for each, rate in zip(results, rates, strict=True)]


def _default(reference: FeatureStatistics, constraints: Constraints) -> tuple[Detector | None, float | None]:
    known = constraints.features.get(reference.name)
    config: Mapping[str, Any] = (known.config if known else constraints.config)["distribution_constraints"]
    kind = _kind(reference)
    if kind is None or config["perform_comparison"] == "Disabled":
        return None, None
    if kind == "numeric":
        name = "simple" if config["comparison_method"] == "Simple" else "robust"
        return DETECTORS[name], float(config["comparison_threshold"])
    name = "chi2_distance" if config["categorical_drift_method"] == "ChiSquared" else "linf"
    return DETECTORS[name], float(config["categorical_comparison_threshold"])


def _kind(reference: FeatureStatistics) -> FeatureType | None:
    try:
        return feature_type(reference)
    except NotComparableError:
        return None


def _joint(
    baseline: Statistics, wanted: Sequence[Plan], samples: tuple[RowSample, RowSample] | None
) -> Measurement | NotComparableError | None:
    names = [each.name for each in wanted if each.detector is not None and each.detector.name == "classifier"]
    if not names:
        return None
    if samples is None:
        return NotComparableError(
            "the baseline has no reference_sample.json; profile the training set with this use case"
        )
    numeric = [name for name in names if baseline.features[name].numbers is not None]
    try:
        return separability(*samples, numeric, [name for name in names if name not in numeric])
    except NotComparableError as error:
        return error


def _measured(
    plan: Plan,
    reference: FeatureStatistics,
    current: FeatureStatistics | None,
    min_sample: int,
    joint: Measurement | NotComparableError | None,
) -> DriftResult:
    detector = plan.detector
    result = DriftResult(
        name=plan.name,
        feature_type=_kind(reference),
        detector=detector.name if detector else "none",
        direction=detector.direction if detector else "above",
        threshold=(detector.default_threshold if detector else 0.0) if plan.threshold is None else plan.threshold,
        verdict="skipped",
        monitored=plan.monitored,
        reference_rows=reference.present,
        unknown_share=_unknown_share(reference, current),
        current_rows=current.present if current else 0,
    )
    try:
        feature_type(reference)
        if detector is None:
            raise NotComparableError("comparison is disabled in the constraints")
        if current is None:
            raise NotComparableError("the column is missing")
        for rows, where in ((current.present, "the window"), (reference.present, "the baseline")):
            if rows < min_sample:
                raise NotComparableError(
                    f"{rows} value{'' if rows == 1 else 's'} in {where}, at least {min_sample} are needed"
                )
        if detector.name == "classifier":
            if isinstance(joint, Measurement):
                return replace(result, verdict="ok", value=joint.value, p_value=joint.p_value)
            raise joint or NotComparableError("no sample of rows")
        measurement = detector.measure(reference, current)
    except NotComparableError as error:
        return replace(result, reason=str(error))
    except (ArithmeticError, ValueError, IndexError, KeyError) as error:
        return replace(result, verdict="error", reason=f"{type(error).__name__}: {error}")
    if np.isnan(measurement.value):
        return replace(result, verdict="error", reason="the detector's value is not a number")
    return replace(result, verdict="ok", value=measurement.value, p_value=measurement.p_value)


def _emptied(
    result: DriftResult,
    reference: FeatureStatistics,
    current: Statistics,
    min_sample: int,
    constraint: FeatureConstraints | None,
) -> DriftResult:
    """A feature too empty to judge is a breach when it was fuller at training and the window has rows enough."""
    feature = current.features.get(result.name)
    present = 0 if feature is None else feature.present
    if result.verdict != "skipped" or current.rows < min_sample or present >= min_sample:
        return result
    if shortfall(current.rows, current.rows - present, constraint, reference) == 0:
        return result
    gone = "the column is missing: " if feature is None else ""
    reason = (
        f"{gone}{present:,} of {current.rows:,} rows have a value, at training {reference.completeness:.1%} had one"
    )
    return replace(result, verdict="breach", reason=reason)


def _unknown_share(reference: FeatureStatistics, current: FeatureStatistics | None) -> float:
    """Share of the window's values whose category the baseline does not know, where it is certainly large; else 0."""
    if reference.categories is None or current is None or current.categories is None or not current.categories.count:
        return 0.0
    rows, unknown = current.categories.count, unknown_count(reference.categories, current.categories)
    if not unknown or special.bdtrc(unknown - 1, rows, UNKNOWN_SHARE) > BREACH_RATE:
        return 0.0
    return unknown / rows


def _false_discovery_rates(p_values: Sequence[float | None]) -> list[float | None]:
    """Benjamini-Hochberg adjusted p-values; None stays None."""
    known = [(p, index) for index, p in enumerate(p_values) if p is not None]
    adjusted: list[float | None] = [None] * len(p_values)
    lowest = 1.0
    for rank, (p, index) in zip(range(len(known), 0, -1), sorted(known, reverse=True), strict=True):
        lowest = min(lowest, p * len(known) / rank)
        adjusted[index] = lowest
    return adjusted


def _decided(result: DriftResult, rate: float | None) -> DriftResult:
    if result.value is None:
        return result
    detector = DETECTORS[result.detector]
    passed = detector.passes(result.value, result.threshold)
    certain = rate is None or rate <= BREACH_RATE
    half = result.threshold * WARN_SHARE if detector.direction == "above" else result.threshold
    verdict: Verdict = "ok"
    if (passed and certain) or result.unknown_share:
        verdict = "breach"
    elif (passed and rate is not None and rate <= WARN_RATE) or (certain and detector.passes(result.value, half)):
        verdict = "warn"
    return replace(result, verdict=verdict, q_value=rate)
