"""Comparing two means while they are being collected.

Whoever looks at a fixed-sample test every day and stops when it is significant is wrong far more often than its level
says. The interval here holds at all looks at once: with probability 1 - alpha it contains the true difference at every
sample size, so that looking often, and stopping whenever it excludes zero, costs nothing.

Source: Johari, Koomen, Pekelis, Walsh, "Always Valid Inference: Continuous Monitoring of A/B Tests", Operations
Research 70(3), 2022, equations for two streams; the mixture sequential probability ratio test of Robbins (1970) with a
normal mixture of variance tau^2, on differences of means that are normal by the central limit theorem.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """Where a difference lies."""

    low: float
    high: float

    def excludes_zero(self) -> bool:
        """Whether the sign of the difference is known."""
        return self.low > 0 or self.high < 0


def always_valid_interval(difference: float, variance: float, tau: float, alpha: float) -> Interval:
    """Interval of a difference that holds at every sample size at once.

    ``variance`` is that of the estimated difference, ``tau`` the size of differences it is tuned to: it is narrowest
    where such a difference can just be told from zero, and valid whatever it is.
    """
    if variance <= 0 or not math.isfinite(variance):
        return Interval(-math.inf, math.inf)
    mixed = variance + tau * tau
    radius = math.sqrt(variance * mixed / (tau * tau) * (math.log(mixed / variance) - 2 * math.log(alpha)))
    return Interval(difference - radius, difference + radius)


def always_valid_p(difference: float, variance: float, tau: float) -> float:
    """Smallest alpha at which the interval excludes zero; 1 where none does."""
    if variance <= 0 or not math.isfinite(variance):
        return 1.0
    mixed = variance + tau * tau
    log_ratio = 0.5 * math.log(variance / mixed) + difference * difference * tau * tau / (2 * variance * mixed)
    return min(1.0, math.exp(-log_ratio))
