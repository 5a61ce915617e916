"""Metrics that compare how often the two facets occur and how often they get the positive outcome.

Source of the formulas: "Measure Pre-training Bias" and "Measure Post-training Data and Model Bias" in the SageMaker
developer guide; signs and edge cases as in smclarify (Apache-2.0).
"""

from __future__ import annotations

import numpy as np

from mooring_monitor.bias.errors import MetricError
from mooring_monitor.bias.tally import ADVANTAGED, DISADVANTAGED, Tally, ratio


def class_imbalance(tally: Tally) -> float:
    """CI = (na - nd) / (na + nd), in [-1, 1]; 0 when both facets are equally frequent."""
    a, d = tally.size(ADVANTAGED), tally.size(DISADVANTAGED)
    if a == 0:
        raise MetricError("CI: negated facet set is empty. Check that x[~facet] has non-zero length.")
    if d == 0:
        raise MetricError("CI: facet set is empty. Check that x[facet] has non-zero length.")
    return (a - d) / (a + d)


def label_proportions(tally: Tally) -> float:
    """DPL = na(1)/na - nd(1)/nd over observed labels; positive when the disadvantaged facet is favoured less."""
    tally.require_facets()
    a = tally.labelled(ADVANTAGED, 1) / tally.size(ADVANTAGED)
    return a - tally.labelled(DISADVANTAGED, 1) / tally.size(DISADVANTAGED)


def predicted_proportions(tally: Tally) -> float:
    """DPPL = n'a(1)/na - n'd(1)/nd over predicted labels."""
    a, d = _acceptance(tally)
    return a - d


def disparate_impact(tally: Tally) -> float:
    """DI = (n'd(1)/nd) / (n'a(1)/na); 1 is ideal, below 0.8 fails the four-fifths rule."""
    a, d = _acceptance(tally)
    return ratio(d, a)


def conditional_label_disparity(tally: Tally) -> float:
    """CDDL = (1/n) sum over groups i of ni * DDi over observed labels, see :func:`_conditional_disparity`."""
    return _conditional_disparity(tally, axis=3)


def conditional_predicted_disparity(tally: Tally) -> float:
    """CDDPL = the same over predicted labels."""
    return _conditional_disparity(tally, axis=2)


def _acceptance(tally: Tally) -> tuple[float, float]:
    tally.require_facets()
    a = tally.answered(ADVANTAGED, 1) / tally.size(ADVANTAGED)
    return a, tally.answered(DISADVANTAGED, 1) / tally.size(DISADVANTAGED)


def _conditional_disparity(tally: Tally, axis: int) -> float:
    """Demographic disparity, averaged over the values of the group variable with their row counts as weights.

    DDi = (share of the disadvantaged facet among the rejected of group i) - (its share among the accepted of group i);
    a share of nobody is 0.
    """
    if not tally.grouped:
        raise MetricError("Group variable is empty or not provided")
    # (group, facet, outcome); the last slot holds rows without a group value.
    counts = tally.counts.sum(axis=axis)[:-1]
    outcomes = counts.sum(axis=(0, 1))
    if outcomes[1] == 0:
        raise MetricError("No positive labels in set")
    if outcomes[0] == 0:
        raise MetricError("No negative labels in set")
    totals = counts.sum(axis=1)
    shares = np.divide(counts[:, DISADVANTAGED], totals, out=np.zeros(totals.shape), where=totals > 0)
    sizes = totals.sum(axis=1)
    return float(np.sum(sizes * (shares[:, 0] - shares[:, 1])) / sizes.sum())
