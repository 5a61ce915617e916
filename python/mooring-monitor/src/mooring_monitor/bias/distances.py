"""Pre-training metrics that compare the label distributions of the two facets.

Source of the formulas: "Measure Pre-training Bias" in the SageMaker developer guide, and smclarify (Apache-2.0), whose
conventions are kept: natural logarithms, and only label values that *both* facets have enter the sums (so that KL is
finite and may turn negative when a facet has a single label value; docs/decisions/0035-bias-conventions.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mooring_monitor.bias.errors import MetricError
from mooring_monitor.bias.tally import ADVANTAGED, DISADVANTAGED, Tally

Distribution = NDArray[np.float64]


def _label_distributions(tally: Tally) -> tuple[Distribution, Distribution]:
    counts = np.array([[tally.labelled(facet, label) for label in (0, 1)] for facet in (ADVANTAGED, DISADVANTAGED)])
    common = (counts > 0).all(axis=0)
    if not common.any():
        raise MetricError("No instance of common facet found, dataset may be too small")
    shares = counts / counts.sum(axis=1, keepdims=True)
    return shares[0, common], shares[1, common]


def kullback_leibler(tally: Tally) -> float:
    """KL = sum over x of Pa(x) ln(Pa(x) / Pd(x)), in nats; 0 is ideal."""
    a, d = _label_distributions(tally)
    return float(np.sum(a * np.log(a / d)))


def jensen_shannon(tally: Tally) -> float:
    """JS = (KL(Pa, P) + KL(Pd, P)) / 2 with P = (Pa + Pd) / 2, in nats; 0 is ideal, ln 2 the most."""
    a, d = _label_distributions(tally)
    middle = (a + d) / 2
    return float(0.5 * (np.sum(a * np.log(a / middle)) + np.sum(d * np.log(d / middle))))


def euclidean(tally: Tally) -> float:
    """LP = (sum over x of |Pa(x) - Pd(x)|^p)^(1/p) with p = 2; 0 is ideal."""
    a, d = _label_distributions(tally)
    return float(np.linalg.norm(a - d, 2))


def total_variation(tally: Tally) -> float:
    """TVD = half the sum over x of |Pa(x) - Pd(x)|; 0 is ideal."""
    a, d = _label_distributions(tally)
    return float(0.5 * np.linalg.norm(a - d, 1))


def kolmogorov_smirnov(tally: Tally) -> float:
    """KS = the largest |Pa(x) - Pd(x)| over label values x; 0 is ideal."""
    a, d = _label_distributions(tally)
    return float(np.linalg.norm(a - d, np.inf))
