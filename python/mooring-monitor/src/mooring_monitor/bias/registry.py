"""The metrics a bias analysis computes: Clarify's twenty-one, and those a user adds."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from mooring_monitor.bias import distances, errors_by_facet, proportions
from mooring_monitor.bias.flip_test import flip_test
from mooring_monitor.bias.tally import BiasRows, Tally
from mooring_monitor.errors import InputError

BiasStage = Literal["pre_training", "post_training"]
STAGES: tuple[BiasStage, ...] = ("pre_training", "post_training")


@dataclass(frozen=True)
class BiasMetric:
    """A bias metric: where it belongs, what value means fairness, and how it is computed.

    Exactly one of ``from_tally`` (fast: counts are enough) and ``from_rows`` is given. Either raises
    :class:`~mooring_monitor.bias.errors.MetricError` when the rows give it no value.
    """

    name: str
    description: str
    stage: BiasStage
    ideal: float = 0.0
    from_tally: Callable[[Tally], float] | None = None
    from_rows: Callable[[BiasRows], float] | None = None

    def value(self, rows: BiasRows, tally: Tally) -> float:
        """The metric of the rows, or of their tally when that suffices."""
        if self.from_tally is not None:
            return self.from_tally(tally)
        if self.from_rows is None:
            raise InputError(f"bias metric '{self.name}' has no function")
        return self.from_rows(rows)

    def distance(self, value: float) -> float:
        """How far a value is from fairness."""
        return abs(value - self.ideal)


def _pre(name: str, description: str, function: Callable[[Tally], float]) -> BiasMetric:
    return BiasMetric(name, f"{description} ({name})", "pre_training", from_tally=function)


def _post(name: str, description: str, function: Callable[[Tally], float], ideal: float = 0.0) -> BiasMetric:
    return BiasMetric(name, f"{description} ({name})", "post_training", ideal, from_tally=function)


def _flip(rows: BiasRows) -> float:
    return flip_test(rows).value()


#: Clarify's metrics with its own descriptions, its spelling of Kullback-Leibler included.
BUILT_IN: tuple[BiasMetric, ...] = (
    _pre("CDDL", "Conditional Demographic Disparity in Labels", proportions.conditional_label_disparity),
    _pre("CI", "Class Imbalance", proportions.class_imbalance),
    _pre("DPL", "Difference in Positive Proportions in Labels", proportions.label_proportions),
    _pre("JS", "Jensen-Shannon Divergence", distances.jensen_shannon),
    _pre("KL", "Kullback-Liebler Divergence", distances.kullback_leibler),
    _pre("KS", "Kolmogorov-Smirnov Distance", distances.kolmogorov_smirnov),
    _pre("LP", "L-p Norm", distances.euclidean),
    _pre("TVD", "Total Variation Distance", distances.total_variation),
    _post("AD", "Accuracy Difference", errors_by_facet.accuracy_difference),
    _post(
        "CDDPL",
        "Conditional Demographic Disparity in Predicted Labels",
        proportions.conditional_predicted_disparity,
    ),
    _post("DAR", "Difference in Acceptance Rates", errors_by_facet.acceptance_rates),
    _post("DCA", "Difference in Conditional Acceptance", errors_by_facet.conditional_acceptance),
    _post("DCR", "Difference in Conditional Rejection", errors_by_facet.conditional_rejection),
    _post("DI", "Disparate Impact", proportions.disparate_impact, ideal=1.0),
    _post("DPPL", "Difference in Positive Proportions in Predicted Labels", proportions.predicted_proportions),
    _post("DRR", "Difference in Rejection Rates", errors_by_facet.rejection_rates),
    BiasMetric("FT", "Flip Test (FT)", "post_training", from_rows=_flip),
    _post("GE", "Generalized Entropy", errors_by_facet.generalized_entropy),
    _post("RD", "Recall Difference", errors_by_facet.recall_difference),
    _post("SD", "Specificity Difference", errors_by_facet.specificity_difference),
    _post("TE", "Treatment Equality", errors_by_facet.treatment_equality),
)


class BiasRegistry:
    """The metrics of one analysis, by name."""

    def __init__(self, metrics: Iterable[BiasMetric] = BUILT_IN) -> None:
        self._metrics: dict[str, BiasMetric] = {}
        for metric in metrics:
            self.add(metric)

    def add(self, metric: BiasMetric) -> None:
        """Register a metric.

        Raises InputError when the name is taken, the stage unknown, or not exactly one function is given.
        """
        if metric.name in self._metrics:
            raise InputError(f"bias metric '{metric.name}' is registered twice")
        if metric.stage not in STAGES:
            raise InputError(f"bias metric '{metric.name}': stage '{metric.stage}' is not one of {', '.join(STAGES)}")
        if (metric.from_tally is None) == (metric.from_rows is None):
            raise InputError(f"bias metric '{metric.name}': give either from_tally or from_rows")
        self._metrics[metric.name] = metric

    def of(self, stage: BiasStage) -> Sequence[BiasMetric]:
        """The metrics of a stage, ordered by name."""
        return sorted((each for each in self._metrics.values() if each.stage == stage), key=lambda each: each.name)

    def find(self, name: str) -> BiasMetric | None:
        """The metric of that name, if there is one."""
        return self._metrics.get(name)

    def load(self, plugin: str) -> None:
        """Let a plugin add metrics: a module name or a path of a Python file that defines ``register(registry)``.

        Raises InputError when there is no such module or it lacks the function.
        """
        module = _import(plugin)
        register = getattr(module, "register", None)
        if not callable(register):
            raise InputError(f"plugin '{plugin}' defines no function register(registry)")
        register(self)


def _import(plugin: str) -> ModuleType:
    if not plugin.endswith(".py"):
        try:
            return importlib.import_module(plugin)
        except ImportError as error:
            raise InputError(
                f"plugin '{plugin}' cannot be imported: {error}; give a module name or a .py file"
            ) from None
    path = Path(plugin)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise InputError(f"plugin file '{plugin}' does not exist")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
