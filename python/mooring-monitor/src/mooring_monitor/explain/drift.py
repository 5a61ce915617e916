"""Attribution drift: do the same features drive the predictions as at training?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mooring_monitor.errors import InputError


def ndcg(baseline: Mapping[str, float], current: Mapping[str, float]) -> float:
    """Normalised discounted cumulative gain of the current ranking of features, in [0, 1]; 1 is the baseline's ranking.

    DCG = sum over ranks i of a(f_i) / log2(i + 1), where f_i is the feature of rank i by its current importance and a()
    its importance in the baseline; divided by the DCG of the baseline's own ranking. Clarify warns below 0.90.
    Source: "Feature Attributions Drift for Models in Production", SageMaker developer guide.
    Ties in the current ranking keep the baseline's order. Raises InputError when the features differ.
    """
    if set(baseline) != set(current):
        missing, extra = sorted(set(baseline) - set(current)), sorted(set(current) - set(baseline))
        raise InputError(f"attributions of other features than the baseline's: missing {missing}, new {extra}")
    gains = {name: abs(value) for name, value in baseline.items()}
    ideal = sorted(gains, key=lambda name: (-gains[name], name))
    position = {name: rank for rank, name in enumerate(ideal)}
    ranked = sorted(current, key=lambda name: (-abs(current[name]), position[name]))
    best = _discounted(gains, ideal)
    return 1.0 if best == 0 else _discounted(gains, ranked) / best


def _discounted(gains: Mapping[str, float], order: list[str]) -> float:
    ranks = np.arange(1, len(order) + 1)
    return float(np.sum(np.array([gains[name] for name in order]) / np.log2(ranks + 1)))
