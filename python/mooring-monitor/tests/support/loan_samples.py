"""Small use cases and tables the tests of this folder share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from mooring_use_case.use_case import UseCase, parse_use_case


def loan_document(**changes: Any) -> dict[str, Any]:
    """use-case.json of a small binary task."""
    columns = [
        {"name": "sex", "type": "category"},
        {"name": "age", "type": "number"},
        {"name": "income", "type": "number"},
        {"name": "region", "type": "category"},
        {"name": "good", "type": "integer"},
    ]
    document: dict[str, Any] = {
        "name": "loans",
        "task": "binary",
        "dataset": {"columns": columns, "label": "good", "positive": 1},
        "fairness": {"facets": [{"name": "sex", "disadvantaged": "F"}], "group_variable": "region"},
        "gates": {"quality": {"metric": "auc", "bound": 0.7}},
        "monitoring": {"min_sample": 50},
    }
    return document | changes


def loans(**changes: Any) -> UseCase:
    """The use case of :func:`loan_document`."""
    return parse_use_case(loan_document(**changes))


def loan_rows(size: int = 600, seed: int = 1) -> pd.DataFrame:
    """Random loans, the label with columns prediction and score of a fair-to-middling model."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "sex": random.choice(["F", "M"], size),
            "age": random.integers(18, 80, size).astype(float),
            "income": random.lognormal(10, 0.5, size),
            "region": random.choice(["north", "south", "west"], size),
        }
    )
    risk = (frame["income"] - frame["income"].mean()) / frame["income"].std() + 0.4 * (frame["sex"] == "M")
    frame["good"] = (risk + random.normal(0, 0.7, size) > 0).astype(int)
    frame["score"] = 1 / (1 + np.exp(-risk))
    frame["prediction"] = (frame["score"] > 0.5).astype(int)
    return frame
