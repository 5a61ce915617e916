"""Which of two variants is better, or that it is not known yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

from mooring_monitor.quality.outcomes import Outcomes
from mooring_monitor.trial.measures import Estimate, Measure, mean_of
from mooring_monitor.trial.sequential import Interval, always_valid_interval, always_valid_p

Verdict = Literal["challenger", "champion", "undecided"]

_UNKNOWN: Final = Interval(-math.inf, math.inf)


@dataclass(frozen=True)
class Rules:
    """By what a trial is decided."""

    measure: Measure
    #: Labelled predictions that each variant must have.
    min_sample: int
    #: Differences of this size matter; the test is tuned to them.
    smallest_difference: float
    #: Chance that a difference is reported where there is none, however often one looks.
    alpha: float


@dataclass(frozen=True)
class Decision:
    """Both variants, their difference (challenger minus champion, in the metric's own direction) and what follows."""

    verdict: Verdict
    reason: str
    champion: Estimate
    challenger: Estimate
    difference: float
    interval: Interval
    p_value: float

    def document(self, rules: Rules) -> dict[str, Any]:
        """The decision as JSON."""
        return {
            "verdict": self.verdict,
            "reason": self.reason,
            "metric": rules.measure.name,
            "higher_is_better": rules.measure.higher_is_better,
            "champion": _told(self.champion),
            "challenger": _told(self.challenger),
            "difference": _finite(self.difference),
            "interval": [_finite(self.interval.low), _finite(self.interval.high)],
            "confidence": 1 - rules.alpha,
            "p_value": self.p_value,
            "min_sample": rules.min_sample,
        }


def decide(champion: Outcomes, challenger: Outcomes, rules: Rules) -> Decision:
    """Compare variants that answered different requests."""
    one, other = rules.measure.estimate(champion), rules.measure.estimate(challenger)
    return _decision(one, other, one.variance + other.variance, rules)


def decide_paired(champion: Outcomes, challenger: Outcomes, rules: Rules) -> Decision:
    """Compare variants that answered the same requests, row by row: what is hard for both does not count."""
    measure = rules.measure
    one, other = measure.estimate(champion), measure.estimate(challenger)
    if measure.per_row is None:
        # Both saw the same rows, so their errors go together and the sum of the variances is more than enough.
        return _decision(one, other, one.variance + other.variance, rules)
    return _decision(one, other, mean_of(measure.per_row(challenger) - measure.per_row(champion)).variance, rules)


def _decision(champion: Estimate, challenger: Estimate, variance: float, rules: Rules) -> Decision:
    difference = challenger.value - champion.value
    short = [
        f"{name} has {each.sample} of {rules.min_sample} labelled predictions"
        for name, each in (("champion", champion), ("challenger", challenger))
        if each.sample < rules.min_sample
    ]
    known = not short and math.isfinite(difference)
    tau = rules.smallest_difference
    interval = always_valid_interval(difference, variance, tau, rules.alpha) if known else _UNKNOWN
    p_value = always_valid_p(difference, variance, tau) if known else 1.0
    verdict, reason = _verdict(difference, interval, rules)
    if short:
        verdict, reason = "undecided", "; ".join(short)
    return Decision(verdict, reason, champion, challenger, difference, interval, p_value)


def _verdict(difference: float, interval: Interval, rules: Rules) -> tuple[Verdict, str]:
    name = rules.measure.name
    if not interval.excludes_zero():
        return "undecided", f"the difference in {name} is not significant yet"
    better: Verdict = "challenger" if difference * rules.measure.sign > 0 else "champion"
    return better, f"the {better} is better in {name} by {abs(difference):.4g}"


def _told(estimate: Estimate) -> dict[str, Any]:
    error = math.sqrt(estimate.variance) if math.isfinite(estimate.variance) else None
    return {"value": _finite(estimate.value), "standard_error": error, "labelled": estimate.sample}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
