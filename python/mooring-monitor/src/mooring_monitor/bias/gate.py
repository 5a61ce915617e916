"""The one number a fairness gate looks at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mooring_use_case.use_case import UseCase

from mooring_monitor.bias.analysis import metric_values
from mooring_monitor.bias.registry import BiasRegistry, BiasStage
from mooring_monitor.errors import InputError
from mooring_monitor.metrics import INFINITY

#: Stage -> key of the use case's ``fairness`` section.
GATES: Mapping[BiasStage, str] = {"pre_training": "before_training", "post_training": "after_training"}


def gate_of(
    document: Mapping[str, Any], use_case: UseCase, stage: BiasStage, registry: BiasRegistry
) -> dict[str, Any] | None:
    """gate.json of a stage: metric of the first facet, its value, and ``absolute``, the distance from fairness.

    Fairness is 0, for DI it is 1. A metric that failed or is infinite is infinitely far. None when the use case has no
    gate for the stage.
    """
    setting = use_case.document.get("fairness", {}).get(GATES[stage])
    if setting is None:
        return None
    metric = registry.find(setting["metric"])
    if metric is None or metric.stage != stage:
        raise InputError(f"fairness.{GATES[stage]}.metric '{setting['metric']}' is not a {stage} metric")
    facet = use_case.facets[0].name
    value = next(
        (v for (f, _, name), v in metric_values(document, stage).items() if (f, name) == (facet, metric.name)), None
    )
    absolute = INFINITY if value is None or math.isinf(value) else metric.distance(value)
    return {
        "metric": metric.name,
        "facet": facet,
        "value": None if value is None else max(-INFINITY, min(INFINITY, value)),
        "absolute": absolute,
    }
