"""Kernel SHAP: attributions of any model that can be asked for predictions.

Source: Lundberg & Lee 2017, "A Unified Approach to Interpreting Model Predictions", theorem 2: Shapley values are the
solution of a least-squares problem over coalitions, weighted by (M - 1) / (C(M, s) s (M - s)), under the constraint
that they add up to the difference from the expected output. Absent features take the values of background rows. With
all coalitions in the problem (up to eleven features at the default budget) the result is exact; beyond, whole sizes
are taken from both ends while the budget lasts, and the rest is sampled in complementary pairs, seeded.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mooring_monitor.errors import InputError

#: Rows of feature values (any dtype) -> one output per row.
Predict = Callable[[NDArray[Any]], NDArray[np.float64]]

#: Rows handed to the model at once, so that memory stays flat.
BATCH = 50_000


@dataclass(frozen=True)
class Coalitions:
    """Which features are present, one row per coalition, and the weight of each in the regression."""

    masks: NDArray[np.bool_]
    weights: NDArray[np.float64]
    exact: bool


def coalitions(features: int, budget: int = 2048, seed: int = 0) -> Coalitions:
    """Coalitions for so many features, at most ``budget`` of them, the empty and the full one left out.

    Raises InputError when the budget is below two per feature, which leaves the regression undetermined.
    """
    if features == 1:
        return Coalitions(np.zeros((0, 1), dtype=bool), np.zeros(0), exact=True)
    if budget < 2 * features:
        raise InputError(f"{budget} coalitions are too few for {features} features; at least {2 * features} are needed")
    sizes = [size for size in range(1, features // 2 + 1)]
    mass = {size: _size_weight(features, size) * (1 if 2 * size == features else 2) for size in sizes}
    masks: list[NDArray[np.bool_]] = []
    weights: list[float] = []
    left = list(sizes)
    while left:
        size = left[0]
        pairs = 1 if 2 * size == features else 2
        count = math.comb(features, size) * pairs
        if len(masks) + count > budget:
            break
        left.pop(0)
        for chosen in itertools.combinations(range(features), size):
            mask = np.zeros(features, dtype=bool)
            mask[list(chosen)] = True
            masks.append(mask)
            weights.append(mass[size] / count)
            if pairs == 2:
                masks.append(~mask)
                weights.append(mass[size] / count)
    if not left:
        return Coalitions(np.array(masks), np.array(weights), exact=True)
    sampled = _sampled(features, left, mass, (budget - len(masks)) // 2, np.random.default_rng(seed))
    rest = sum(mass[size] for size in left)
    total = sum(sampled.values())
    for key, times in sampled.items():
        masks.append(np.frombuffer(key, dtype=bool))
        weights.append(rest * times / total)
    return Coalitions(np.array(masks), np.array(weights), exact=False)


def kernel_shap(
    predict: Predict,
    rows: NDArray[Any],
    background: NDArray[Any],
    budget: int = 2048,
    seed: int = 0,
) -> tuple[NDArray[np.float64], float]:
    """Attributions of every row (rows by features), and the expected output over the background."""
    if background.ndim != 2 or len(background) == 0 or background.shape[1] != rows.shape[1]:
        raise InputError("the background needs at least one row, with the features of the explained rows")
    features = rows.shape[1]
    problem = coalitions(features, budget, seed)
    expected = float(np.mean(_predict(predict, background)))
    outputs = _predict(predict, rows)
    if features == 1:
        return (outputs - expected)[:, None], expected
    solver = _solver(problem)
    found = np.empty(rows.shape, dtype=np.float64)
    for index, row in enumerate(rows):
        means = _coalition_means(predict, row, background, problem.masks)
        found[index] = solver(means - expected, outputs[index] - expected)
    return found, expected


def _size_weight(features: int, size: int) -> float:
    """Kernel weight of all coalitions of a size together."""
    return (features - 1) / (size * (features - size))


def _sampled(
    features: int, sizes: list[int], mass: dict[int, float], pairs: int, random: np.random.Generator
) -> dict[bytes, int]:
    chances = np.array([mass[size] for size in sizes])
    found: dict[bytes, int] = {}
    for size in random.choice(sizes, size=max(pairs, 1), p=chances / chances.sum()):
        mask = np.zeros(features, dtype=bool)
        mask[random.permutation(features)[:size]] = True
        for each in (mask, ~mask):
            found[each.tobytes()] = found.get(each.tobytes(), 0) + 1
    return found


def _solver(problem: Coalitions) -> Callable[[NDArray[np.float64], float], NDArray[np.float64]]:
    """Weighted least squares whose solution adds up to the total: the last feature is eliminated by the constraint."""
    masks = problem.masks.astype(np.float64)
    last = masks[:, -1]
    design = masks[:, :-1] - last[:, None]
    roots = np.sqrt(problem.weights)
    inverse = np.linalg.pinv(design * roots[:, None])

    def solve(means: NDArray[np.float64], total: float) -> NDArray[np.float64]:
        first = inverse @ ((means - last * total) * roots)
        return np.append(first, total - first.sum())

    return solve


def _coalition_means(
    predict: Predict, row: NDArray[Any], background: NDArray[Any], masks: NDArray[np.bool_]
) -> NDArray[np.float64]:
    size = len(background)
    step = max(1, BATCH // size)
    means = np.empty(len(masks))
    for start in range(0, len(masks), step):
        part = masks[start : start + step]
        mixed = np.where(part[:, None, :], row[None, None, :], background[None, :, :])
        outputs = _predict(predict, mixed.reshape(-1, len(row)))
        means[start : start + step] = outputs.reshape(len(part), size).mean(axis=1)
    return means


def _predict(predict: Predict, rows: NDArray[Any]) -> NDArray[np.float64]:
    parts = [np.asarray(predict(rows[at : at + BATCH]), dtype=np.float64) for at in range(0, len(rows), BATCH)]
    return np.concatenate(parts) if parts else np.zeros(0)
