"""Boosting trees with XGBoost, and choosing what turns their scores into answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xgboost

from mooring_steps.artefact import raw_predictions
from mooring_steps.errors import InputError
from mooring_steps.hyperparameters import Value
from mooring_steps.threshold import choose_threshold, objective_of
from mooring_steps.use_case import UseCase

#: Arguments of the training call, not parameters of the booster.
NOT_OF_BOOSTER: Final = ("num_round", "early_stopping_rounds")
#: Matrix and labels.
Rows = tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]


def fit(
    use_case: UseCase,
    hyperparameters: Mapping[str, Value],
    train: Rows,
    validation: Rows,
    weights: npt.NDArray[np.float64] | None = None,
) -> tuple[xgboost.Booster, dict[str, float]]:
    """Boost trees until the validation rows stop gaining; the booster keeps only the rounds up to the best one.

    `weights` says how much each training row counts; validation rows all count the same.
    """
    objective = str(hyperparameters.get("objective", "binary:logistic" if use_case.binary else "reg:squarederror"))
    if objective.startswith("binary:") != use_case.binary:
        raise InputError(f"hyperparameter 'objective': {objective} does not suit task '{use_case.task}'")
    rounds = int(hyperparameters["num_round"])
    patience = int(hyperparameters["early_stopping_rounds"])
    metric = "auc" if use_case.binary else "rmse"
    parameters: dict[str, Any] = {
        "tree_method": "hist",
        "eval_metric": metric,
        "seed": int(use_case.section("split").get("seed", 42)),
        "verbosity": 1,
        **{name: value for name, value in hyperparameters.items() if name not in NOT_OF_BOOSTER},
        "objective": objective,
    }
    threads = int(hyperparameters["nthread"])
    matrices = [xgboost.DMatrix(matrix, label=labels, nthread=threads) for matrix, labels in (train, validation)]
    if weights is not None:
        matrices[0].set_weight(weights)
    booster = xgboost.train(
        parameters,
        matrices[0],
        num_boost_round=rounds,
        evals=[(matrices[1], "validation")],
        early_stopping_rounds=patience,
        verbose_eval=True,
    )
    return booster[: booster.best_iteration + 1], {metric: float(booster.best_score)}


def decide(use_case: UseCase, booster: xgboost.Booster, validation: Rows) -> dict[str, Any]:
    """The document decision.json: the threshold of binary tasks, chosen on validation rows; None otherwise."""
    if not use_case.binary:
        return {"threshold": None}
    objective = objective_of(str(use_case.section("gates").get("quality", {}).get("metric", "")))
    threshold, value = choose_threshold(validation[1], raw_predictions(booster, validation[0]), objective)
    return {"threshold": threshold, "objective": objective, "validation_value": value}
