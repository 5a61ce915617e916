"""How long labels take to arrive."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def label_lag(seconds: pd.Series[Any]) -> dict[str, float]:
    """Mean, median, 95th percentile and maximum of the seconds between prediction and label; empty without labels."""
    numbers = pd.to_numeric(seconds, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    known = numbers[np.isfinite(numbers)]
    if len(known) == 0:
        return {}
    return {
        "mean": float(known.mean()),
        "p50": float(np.quantile(known, 0.5)),
        "p95": float(np.quantile(known, 0.95)),
        "max": float(known.max()),
    }
