"""Fairness gate: pick one metric out of a bias report, so that the pipeline's condition can read it by a fixed path.

A report (Clarify's analysis.json) nests metrics in lists, which the path of a condition cannot search.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from mooring_values.cells import text_of

from mooring_steps.errors import InputError
from mooring_steps.files import read_json, write_json
from mooring_steps.use_case import UseCase, find_use_case

NAME: Final = "fairness-gate"
#: Section of `fairness` -> section of analysis.json.
STAGES: Final = {
    "before_training": "pre_training_bias_metrics",
    "after_training": "post_training_bias_metrics",
}
#: What JSON can hold in place of an infinite value: Clarify's own substitute in CloudWatch.
INFINITY: Final = 2.348543e108
#: Values of metrics that are fair at another value than 0.
FAIR: Final = {"DI": 1.0}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's arguments."""
    parser.add_argument("--analysis", required=True, metavar="DIR", help="folder with analysis.json")
    parser.add_argument("--output", required=True, metavar="DIR", help="folder of the output gate")
    parser.add_argument("--stage", choices=tuple(STAGES), default="before_training", help="which gate it is")
    parser.add_argument("--bound", type=float, help="largest distance from fairness (default: fairness.<stage>.max)")


def run(arguments: argparse.Namespace) -> int:
    """Run the step. A missed gate is a result, not an error: the pipeline's condition decides."""
    use_case = find_use_case(arguments.use_case)
    path = Path(arguments.analysis) / "analysis.json"
    gate = fairness_gate(use_case, read_json(path), arguments.stage, arguments.bound)
    write_json(Path(arguments.output) / "gate" / "gate.json", gate)
    print(gate["message"])
    return 0


def fairness_gate(use_case: UseCase, analysis: Any, stage: str, bound: float | None) -> dict[str, Any]:
    """The document gate.json: the first facet's metric, its distance from fairness and the bound."""
    fairness = use_case.section("fairness")
    settings = fairness.get(stage)
    if not settings or not fairness.get("facets"):
        raise InputError(f"fairness.{stage} is not configured: name a metric, its bound (max) and a facet")
    facet = fairness["facets"][0]
    metric = str(settings["metric"])
    entry = _metric(analysis, STAGES[stage], facet, metric)
    if entry.get("value") is None:
        raise InputError(f"bias metric {metric} has no value: {entry.get('error', 'the report gives no reason')}")
    value = float(entry["value"])
    if math.isnan(value):
        raise InputError(f"bias metric {metric} is not a number")
    value = max(-INFINITY, min(INFINITY, value))
    limit = float(settings["max"]) if bound is None else bound
    # Differences are fair at 0, the ratio DI at 1: what is bounded is the distance (as `monitor bias` has it).
    distance = min(INFINITY, abs(value - FAIR.get(metric, 0.0)))
    name = "|1 - DI|" if metric == "DI" else f"|{metric}|"
    passed = distance <= limit
    group = f"{facet['name']} = {facet['disadvantaged']}" if "disadvantaged" in facet else f"{facet['name']} above it"
    return {
        "metric": metric,
        "facet": facet["name"],
        "value": value,
        "absolute": distance,
        "bound": limit,
        "passed": passed,
        "message": f"Fairness gate {'passed' if passed else 'failed'} {stage.replace('_', ' ')}: "
        f"{name} {distance:.4f} of facet {group}, at most {limit:g} is allowed",
    }


def _metric(analysis: Any, section: str, facet: Any, metric: str) -> Any:
    facets = analysis.get(section, {}).get("facets", {}) if isinstance(analysis, dict) else {}
    groups = facets.get(facet["name"], [])
    wanted = facet.get("disadvantaged")
    chosen = [each for each in groups if wanted is None or text_of(each["value_or_threshold"]) == text_of(wanted)]
    if not chosen:
        known = ", ".join(f"{name} = {each['value_or_threshold']}" for name in facets for each in facets[name])
        raise InputError(
            f"{section} of the report has no facet {facet['name']} = {wanted}; there are: {known or 'none'}"
        )
    metrics = chosen[0]["metrics"]
    for each in metrics:
        if each["name"] == metric:
            return each
    raise InputError(
        f"{section} of the report has no metric {metric}; there are: {', '.join(str(each['name']) for each in metrics)}"
    )


def main(argv: Sequence[str]) -> int:
    """Run the step by itself; the bundle's dispatcher does the same."""
    from mooring_steps.cli import main as dispatch

    return dispatch([NAME, *argv])
