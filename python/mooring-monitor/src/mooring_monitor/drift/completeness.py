"""Missing values of a window beside those of its baseline."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import special

from mooring_monitor.profile.constraints import FeatureConstraints
from mooring_monitor.profile.statistics import FeatureStatistics

#: As many missing values must be rarer than this by chance: a column that lacks 2 % of its values in training lacks 3 %
#: in a small window now and then.
MISSING_BY_CHANCE: Final = 1e-4


def shortfall(
    rows: int, missing: int, constraint: FeatureConstraints | None, baseline: FeatureStatistics | None
) -> float:
    """Share of a window's rows in which a feature is missing beyond what its baseline lets expect; 0 when chance
    explains it.

    The baseline is a sample, too: what it does not know of the share of missing values counts as chance (the predictive
    distribution of the binomial, Jeffreys' prior). A completeness that people wrote into the constraints is exact.
    """
    expected = _expected(constraint, baseline)
    if rows == 0 or expected is None or missing / rows <= 1 - expected:
        return 0.0
    if baseline is None or abs(baseline.completeness - expected) > 1e-12:
        chance = float(special.bdtrc(missing - 1, rows, 1 - expected))
    else:
        chance = _predictive(missing, rows, baseline.rows - baseline.present, baseline.rows)
    return missing / rows - (1 - expected) if chance < MISSING_BY_CHANCE else 0.0


def _expected(constraint: FeatureConstraints | None, baseline: FeatureStatistics | None) -> float | None:
    if constraint is not None:
        return constraint.completeness
    return None if baseline is None else baseline.completeness


def _predictive(missing: int, rows: int, known_missing: int, known_rows: int) -> float:
    """Chance of at least `missing` of `rows`, after `known_missing` of `known_rows` (beta-binomial)."""
    a, b = known_missing + 0.5, known_rows - known_missing + 0.5
    counts = np.arange(missing, rows + 1, dtype=np.float64)
    choose = special.gammaln(rows + 1) - special.gammaln(counts + 1) - special.gammaln(rows - counts + 1)
    return float(np.exp(choose + special.betaln(counts + a, rows - counts + b) - special.betaln(a, b)).sum())
