"""`explain`: which features drive a model, which drove a single prediction, and whether that has changed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mooring_use_case.bundle import find_use_case
from mooring_use_case.use_case import UseCase

from mooring_monitor.errors import InputError
from mooring_monitor.explain.attributions import AGGREGATES, Attributions
from mooring_monitor.explain.background import CHOICES, DEFAULT_SIZE, background
from mooring_monitor.explain.documents import explanations_document, global_values, write_local_values
from mooring_monitor.explain.drift import ndcg
from mooring_monitor.explain.endpoint_model import EndpointModel
from mooring_monitor.explain.model import ExplainedModel
from mooring_monitor.explain.reading import model_reader
from mooring_monitor.explain.reasons import reason_codes
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.tables import read_tables

NAME = "explain"

STEP_OUTPUT = "baseline"
#: Rows explained by default: trees are quick, the kernel method asks the model some thousand times per row.
DEFAULT_ROWS = {"tree": 10_000, "kernel": 100}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--model", metavar="PATH", help="model.tar.gz, or a folder that holds it")
    parser.add_argument(
        "--endpoint",
        metavar="NAME",
        help="instead of --model: explain whatever answers there, by the kernel method; requests count as traffic",
    )
    parser.add_argument("--data", nargs="+", metavar="PATH", help="CSV or Parquet files or folders of rows to explain")
    parser.add_argument("--train", metavar="DIR", help="the pipeline's training set: rows for the background")
    parser.add_argument("--test", metavar="DIR", help="the pipeline's test set, instead of --data")
    parser.add_argument("--use-case", metavar="FILE", help="use-case.json (default: the one in the code bundle)")
    parser.add_argument(
        "--output",
        required=True,
        metavar="DIR",
        help="gets analysis.json and explanations_shap/out.csv; without --data in the folder baseline",
    )
    parser.add_argument(
        "--baseline", metavar="PATH", help="earlier analysis.json (or its folder): writes attribution_drift.json"
    )
    parser.add_argument(
        "--method", choices=tuple(DEFAULT_ROWS), help="tree (default of --model): XGBoost's own; kernel: any model"
    )
    parser.add_argument("--rows", type=int, metavar="N", help="explain a seeded sample of so many rows")
    parser.add_argument("--aggregate", default="mean_abs", choices=AGGREGATES, help="how local values become global")
    parser.add_argument(
        "--background", default="sample", choices=CHOICES, help="kernel: what stands for an absent feature"
    )
    parser.add_argument("--background-rows", type=int, default=DEFAULT_SIZE, metavar="N")
    parser.add_argument("--coalitions", type=int, default=2048, metavar="N", help="kernel: budget per row")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of all samples (default 0)")
    parser.add_argument(
        "--instance", metavar="JSON", help="one row as a JSON object: writes reasons.json, its reason codes"
    )


def run(args: argparse.Namespace) -> int:
    """Write the explanations; exit code 0 whatever they say."""
    use_case = find_use_case(args.use_case)
    model = _model(args, use_case)
    paths = args.data or ([args.test] if args.test else [])
    if not paths:
        raise InputError("give the rows to explain: --data PATH..., or --test DIR of the pipeline")
    frame = read_tables(paths, use_case)
    base = read_tables([args.train], use_case) if args.train else frame
    outputs = _explain(args, use_case, model, _sample(args, frame), base)
    document = explanations_document(outputs, args.aggregate)
    output = Path(args.output) if args.data else Path(args.output) / STEP_OUTPUT
    write_json(output / "analysis.json", document)
    write_local_values(output / "explanations_shap", outputs)
    if args.baseline is not None:
        _compare(document, Path(args.baseline), output)
    if args.instance is not None:
        _reasons(args, use_case, model, base, output)
    strongest = sorted(outputs[0].global_values(args.aggregate).items(), key=lambda each: -abs(each[1]))[:3]
    names = ", ".join(f"{name} ({value:.3g})" for name, value in strongest)
    print(f"{len(outputs[0].values)} rows explained in {outputs[0].unit}: {names}; written to {output}")
    return 0


def _model(args: argparse.Namespace, use_case: UseCase) -> ExplainedModel | EndpointModel:
    if (args.model is None) == (args.endpoint is None):
        raise InputError("give either --model PATH or --endpoint NAME")
    if args.model is not None:
        return ExplainedModel(model_reader(args.read_model)(Path(args.model), use_case))
    if args.method == "tree":
        raise InputError(
            "--endpoint is explained by the kernel method; trees can be seen in an artefact only (--model)"
        )
    return EndpointModel.open(args.endpoint, use_case)


def _method(args: argparse.Namespace) -> str:
    return str(args.method or ("tree" if args.endpoint is None else "kernel"))


def _explain(
    args: argparse.Namespace,
    use_case: UseCase,
    model: ExplainedModel | EndpointModel,
    frame: pd.DataFrame,
    base: pd.DataFrame,
) -> list[Attributions]:
    if _method(args) == "tree" and isinstance(model, ExplainedModel):
        return model.tree_shap(frame)
    chosen = background(base, use_case, args.background, args.background_rows, args.seed)
    return model.kernel_shap(frame, chosen, args.coalitions, args.seed)


def _sample(args: argparse.Namespace, frame: pd.DataFrame) -> pd.DataFrame:
    most = DEFAULT_ROWS[_method(args)] if args.rows is None else args.rows
    if most < 1:
        raise InputError("--rows needs a number of at least 1")
    if len(frame) <= most:
        return frame
    return frame.iloc[np.sort(np.random.default_rng(args.seed).choice(len(frame), size=most, replace=False))]


def _compare(document: dict[str, Any], path: Path, output: Path) -> None:
    before = read_json(path / "analysis.json" if path.is_dir() else path, "explanations baseline")
    old_method, old = global_values(before)
    method, new = global_values(document)
    if old_method != method or set(old) != set(new):
        raise InputError(
            f"the baseline has {old_method} of {', '.join(old)}, this run {method} of {', '.join(new)}; "
            "only the same method and outputs can be compared"
        )
    scores = {label: ndcg(old[label], new[label]) for label in new}
    write_json(output / "attribution_drift.json", {"version": "1.0", "method": method, "ndcg": scores})
    for label, score in scores.items():
        print(f"attribution drift of {label}: NDCG {score:.4f} (1 is the baseline's ranking)")


def _reasons(
    args: argparse.Namespace, use_case: UseCase, model: ExplainedModel | EndpointModel, base: pd.DataFrame, output: Path
) -> None:
    try:
        instance = json.loads(args.instance)
    except ValueError as error:
        raise InputError(f"--instance is not JSON: {error}") from None
    if not isinstance(instance, dict):
        raise InputError("--instance needs a JSON object: {column: value, ...}")
    row = pd.DataFrame([{name: instance.get(name) for name in model.features}], dtype=object)
    attributions = _explain(args, use_case, model, row, base)[0]
    labels, scores = model.predictions(row)
    # A rejected row is explained by what lowered its score, an accepted one by what raised it.
    towards = None if scores is None else ("raises" if labels[0] > 0 else "lowers")
    reasons = reason_codes(attributions.features, row.iloc[0].to_dict(), attributions.values[0], towards)  # type: ignore[arg-type]
    write_json(
        output / "reasons.json",
        {
            "prediction": float(labels[0]),
            "score": None if scores is None else float(scores[0]),
            "expected": attributions.expected,
            "unit": attributions.unit,
            "reasons": [each.as_json() for each in reasons],
        },
    )
    for each in reasons:
        print(f"{each.rank}. {each.as_json()['text']} ({each.contribution:+.4g} {attributions.unit})")
