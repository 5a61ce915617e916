"""How much a shadow's answers differ from those that callers got to the same requests."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from mooring_monitor.trial.answered import Answered, RowId


def paired_rows(champion: Answered, challenger: Answered) -> list[RowId]:
    """Rows that both answered, in the order of the champion."""
    return [each for each in champion.predictions if each in challenger.predictions]


def agreement(champion: Answered, challenger: Answered, rows: list[RowId], task: str) -> dict[str, Any]:
    """Share of equal answers, and how far the scores (of a regression: the numbers) lie apart.

    ``score_distance``: mean, 95th percentile and maximum of the absolute differences row by row; ``ks``: largest
    distance between the two distributions, which tells a shift of all scores from noise around them.
    """
    document: dict[str, Any] = {
        "paired": len(rows),
        "champion_only": len(champion) - len(rows),
        "challenger_only": len(challenger) - len(rows),
        "agreement": None,
        "score_distance": None,
    }
    if not rows:
        return document
    numeric = task in ("regression", "forecast")
    if not numeric:
        same = sum(champion.predictions[each] == challenger.predictions[each] for each in rows)
        document["agreement"] = same / len(rows)
    values = [_values(each, rows, numeric) for each in (champion, challenger)]
    known = np.isfinite(values[0]) & np.isfinite(values[1])
    if known.any():
        one, other = values[0][known], values[1][known]
        apart = np.abs(one - other)
        document["score_distance"] = {
            "mean": float(apart.mean()),
            "p95": float(np.quantile(apart, 0.95)),
            "max": float(apart.max()),
            "ks": float(stats.ks_2samp(one, other).statistic),
        }
    return document


def _values(answered: Answered, rows: list[RowId], numeric: bool) -> Any:
    if numeric:
        return np.array([_number(answered.predictions[each]) for each in rows])
    return np.array([answered.scores[each] for each in rows])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
