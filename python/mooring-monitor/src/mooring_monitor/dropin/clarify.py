"""`clarify`: the job of the image sagemaker-clarify-processing, bias before and after training, and explanations.

Reads analysis_config.json and the data where Clarify's container reads them, writes analysis.json and, with a baseline
(environment variable `baseline_constraints`), constraint_violations.json.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from mooring_monitor.bias.analysis import VERSION, BiasData, analyse
from mooring_monitor.bias.registry import BUILT_IN, BiasRegistry
from mooring_monitor.bias.violations import as_clarify, bias_drift
from mooring_monitor.dropin.analysis_config import Analysis
from mooring_monitor.dropin.job import COMPLETED, add_arguments, guarded, write_violations
from mooring_monitor.dropin.queried_model import queried_model
from mooring_monitor.errors import InputError
from mooring_monitor.explain.attributions import AGGREGATES
from mooring_monitor.explain.background import background
from mooring_monitor.explain.documents import explanations_document, global_values, write_local_values
from mooring_monitor.explain.drift import ndcg
from mooring_monitor.json_file import read_json, write_json

__all__ = ["NAME", "add_arguments", "run"]

NAME = "clarify"

#: Below this the ranking of features has drifted. Source: Clarify's monitor of feature attribution drift.
NDCG_BOUND = 0.9
#: Rows that are explained; each costs hundreds of requests to the model.
ROWS = 50


def run(args: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> int:
    """Do the analysis; 1 when the input is at fault."""
    folder = args.root / "processing"
    return guarded(args.root, lambda: _run(environment, folder / "input", folder / "output"))


def _run(environment: Mapping[str, str], inputs: Path, output: Path) -> str:
    config = read_json(inputs / "config" / "analysis_config.json", "analysis configuration")
    analysis = Analysis.read(config, inputs / "data")
    methods = config.get("methods", {})
    document: dict[str, Any] = {"version": VERSION}
    for stage in ("pre_training", "post_training"):
        if f"{stage}_bias" in methods:
            document |= _bias(analysis, stage, methods[f"{stage}_bias"])
    if "shap" in methods:
        document |= _shap(analysis, methods["shap"], output)
    if len(document) == 1:
        raise InputError("the analysis names no method: pre_training_bias, post_training_bias or shap")
    write_json(output / "analysis.json", document)
    baseline = environment.get("baseline_constraints")
    if baseline is None:
        return COMPLETED
    before = read_json(Path(baseline), "baseline constraints")
    entries = [as_clarify(each) for each in bias_drift(document, before)]
    if "shap" in methods:
        entries += _attribution_drift(before, document)
    return write_violations(output, entries, {"version": VERSION})


def _bias(analysis: Analysis, stage: Any, method: Mapping[str, Any]) -> dict[str, Any]:
    wanted = method.get("methods", "all")
    registry = BiasRegistry([each for each in BUILT_IN if wanted == "all" or each.name in wanted])
    use_case = analysis.use_case()
    predicted = _predicted(analysis) if stage == "post_training" else None
    columns = [*analysis.features, analysis.label]
    found = analyse(BiasData(analysis.frame[columns], analysis.outcome, predicted), use_case, [stage], registry)
    return {name: value for name, value in found.items() if name != "version"}


def _predicted(analysis: Analysis) -> pd.Series[Any]:
    if analysis.predicted_label is not None:
        return analysis.frame[analysis.predicted_label]
    use_case = analysis.use_case()
    threshold = analysis.document.get("probability_threshold")
    with queried_model(analysis.document.get("predictor", {}), use_case) as model:
        labels, scores = model.predictions(analysis.frame[analysis.features])
    if threshold is not None and scores is not None:
        return pd.Series((scores > float(threshold)).astype(int), index=analysis.frame.index)
    return pd.Series(labels, index=analysis.frame.index)


def _shap(analysis: Analysis, method: Mapping[str, Any], output: Path) -> dict[str, Any]:
    aggregate = method.get("agg_method", "mean_abs")
    if aggregate not in AGGREGATES:
        raise InputError(f"shap.agg_method '{aggregate}' is not one of {', '.join(AGGREGATES)}")
    use_case = analysis.use_case()
    rows = analysis.frame[analysis.features]
    seed = int(method.get("seed") or 0)
    given = method.get("baseline")
    if given is None:
        base = background(rows, use_case, "kmeans", int(method.get("num_clusters") or 12), seed)
    elif isinstance(given, list):
        base = pd.DataFrame(given, columns=analysis.features)
    else:
        raise InputError("shap.baseline must be a list of rows")
    shown = rows if len(rows) <= ROWS else rows.sample(ROWS, random_state=seed).sort_index()
    budget = max(2 * len(analysis.features), int(method.get("num_samples") or 2048))
    with queried_model(analysis.document.get("predictor", {}), use_case) as model:
        outputs = model.kernel_shap(shown, base, budget, seed)
    write_local_values(output / "explanations_shap", outputs)
    print(f"{len(shown)} of {len(rows)} rows explained against {len(base)} background rows")
    return {"explanations": explanations_document(outputs, aggregate)["explanations"]}


def _attribution_drift(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    (_, old), (_, new) = global_values(before), global_values(after)
    scores = {label: ndcg(old[label], new[label]) for label in new if label in old}
    return [
        {
            "label": label,
            "metric_name": "shap",
            "constraint_check_type": "feature_attribution_drift_check",
            "description": f"Feature attribution drift {score} exceeds threshold {NDCG_BOUND}",
        }
        for label, score in scores.items()
        if score < NDCG_BOUND
    ]
