"""Post-training metrics that compare the model's mistakes between the two facets.

Source of the formulas: "Measure Post-training Data and Model Bias" in the SageMaker developer guide; signs and edge
cases as in smclarify (Apache-2.0): a - d for DCA, RD, DAR, AD and d - a for DCR, DRR, SD, TE; 0/0 counts as 0.
"""

from __future__ import annotations

import numpy as np

from mooring_monitor.bias.errors import MetricError
from mooring_monitor.bias.tally import ADVANTAGED, DISADVANTAGED, Tally, difference, ratio


def conditional_acceptance(tally: Tally) -> float:
    """DCA = na(1)/n'a(1) - nd(1)/n'd(1): observed over predicted positives."""
    tally.require_facets()
    a, d = (ratio(tally.labelled(facet, 1), tally.answered(facet, 1)) for facet in (ADVANTAGED, DISADVANTAGED))
    return difference(a, d)


def conditional_rejection(tally: Tally) -> float:
    """DCR = nd(0)/n'd(0) - na(0)/n'a(0): observed over predicted negatives."""
    tally.require_facets()
    a, d = (ratio(tally.labelled(facet, 0), tally.answered(facet, 0)) for facet in (ADVANTAGED, DISADVANTAGED))
    return difference(d, a)


def recall_difference(tally: Tally) -> float:
    """RD = TPa/(TPa + FNa) - TPd/(TPd + FNd)."""
    tally.require_facets()
    a, d = (ratio(tally.cell(facet, 1, 1), tally.labelled(facet, 1)) for facet in (ADVANTAGED, DISADVANTAGED))
    return difference(a, d)


def specificity_difference(tally: Tally) -> float:
    """SD = TNd/(TNd + FPd) - TNa/(TNa + FPa)."""
    tally.require_facets()
    a, d = (ratio(tally.cell(facet, 0, 0), tally.labelled(facet, 0)) for facet in (ADVANTAGED, DISADVANTAGED))
    return difference(d, a)


def acceptance_rates(tally: Tally) -> float:
    """DAR = TPa/n'a(1) - TPd/n'd(1): difference of precisions."""
    tally.require_facets()
    a, d = (ratio(tally.cell(facet, 1, 1), tally.answered(facet, 1)) for facet in (ADVANTAGED, DISADVANTAGED))
    return difference(a, d)


def rejection_rates(tally: Tally) -> float:
    """DRR = TNd/n'd(0) - TNa/n'a(0)."""
    tally.require_facets()
    a, d = (ratio(tally.cell(facet, 0, 0), tally.answered(facet, 0)) for facet in (ADVANTAGED, DISADVANTAGED))
    return difference(d, a)


def accuracy_difference(tally: Tally) -> float:
    """AD = (TPa + TNa)/na - (TPd + TNd)/nd."""
    tally.require_facets()
    a, d = (
        ratio(tally.cell(facet, 1, 1) + tally.cell(facet, 0, 0), tally.size(facet))
        for facet in (ADVANTAGED, DISADVANTAGED)
    )
    return difference(a, d)


def treatment_equality(tally: Tally) -> float:
    """TE = FNd/FPd - FNa/FPa."""
    tally.require_facets()
    a, d = (ratio(tally.cell(facet, 1, 0), tally.cell(facet, 0, 1)) for facet in (ADVANTAGED, DISADVANTAGED))
    return difference(d, a)


def generalized_entropy(tally: Tally) -> float:
    """GE = sum of ((b/mean b)^2 - 1) / (2n) over benefits b = predicted - observed + 1.

    Source: Speicher et al. 2018, generalized entropy index with alpha = 2.
    """
    cells = tally.counts.sum(axis=(0, 1))
    size = int(cells.sum())
    if size == 0:
        raise MetricError("dataset must be non-empty")
    benefits = np.array([0.0, 1.0, 2.0])
    counts = np.array([cells[1, 0], cells[0, 0] + cells[1, 1], cells[0, 1]])
    mean = float(np.sum(counts * benefits)) / size
    if mean == 0:
        raise MetricError(
            "All predicted labels are false negatives. "
            "There should be at least one prediction that is not false negative."
        )
    return float(np.sum(counts * ((benefits / mean) ** 2 - 1))) / (2 * size)
