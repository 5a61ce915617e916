"""Naive baselines: what can be had without a model. A model that does not beat them is not worth registering."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mooring_steps.errors import InputError
from mooring_steps.metrics import BINARY, REGRESSION, Values
from mooring_steps.texts import Table, numbers
from mooring_steps.use_case import UseCase


def baselines(use_case: UseCase, table: Table, labels: Values, known: Values) -> dict[str, dict[str, float]]:
    """Metrics of every baseline that fits the task, on these very rows.

    - `majority` (binary): always the more frequent label. `mean` (numbers): always the mean.
      The constants come from the labels in `known`, those of the training rows.
    - `persistence`: the last known value, from the column that `dataset.persistence` names.

    Raises InputError when `gates.beat` asks for a baseline that cannot be computed.
    """
    found: dict[str, Values] = {}
    if use_case.binary:
        found["majority"] = np.full(len(labels), float(known.mean() >= 0.5))
    else:
        found["mean"] = np.full(len(labels), float(known.mean()))
    column = use_case.section("dataset").get("persistence")
    if column is not None:
        found["persistence"] = _last_known(use_case, table, str(column))
    unmet = [name for name in use_case.section("gates").get("beat", []) if name not in found]
    if unmet:
        raise InputError([_why_not(use_case, name) for name in unmet], "gates.beat")
    metrics = BINARY if use_case.binary else REGRESSION
    return {
        name: {metric: value(labels, answers, answers) for metric, value in metrics.items()}
        for name, answers in found.items()
    }


def _last_known(use_case: UseCase, table: Table, column: str) -> Values:
    if column not in table:
        raise InputError(f"dataset.persistence: '{column}' is not a feature; there are: {', '.join(table)}")
    if use_case.binary:
        rule = use_case.label_rule
        return np.asarray([rule.value_of_text(each) == 1 for each in table[column]], dtype=np.float64)
    values = numbers(table[column])[0]
    # Where nothing is known yet, the mean of what is known is the naive answer.
    return np.where(np.isnan(values), np.nanmean(values), values)


def _why_not(use_case: UseCase, name: str) -> str:
    reasons: Mapping[str, str] = {
        "majority": "belongs to binary tasks; use 'mean'",
        "mean": "belongs to tasks with a number as label; use 'majority'",
        "persistence": "needs dataset.persistence, the feature that holds the last known value of the label",
    }
    return f"'{name}' cannot be computed for task '{use_case.task}': it {reasons.get(name, 'is unknown')}"
