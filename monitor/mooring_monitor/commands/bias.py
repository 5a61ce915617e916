"""`bias`: bias metrics of a data set (before training) or of a model's predictions (after it)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pandas as pd

from mooring_monitor.bias.analysis import BiasData, analyse
from mooring_monitor.bias.bootstrap import Bootstrap
from mooring_monitor.bias.gate import gate_of
from mooring_monitor.bias.registry import BiasRegistry, BiasStage
from mooring_monitor.bias.selection import PREDICTION, SCORE, outcome_of
from mooring_monitor.bias.tables import read_tables
from mooring_monitor.bias.violations import as_clarify, bias_drift
from mooring_monitor.errors import InputError
from mooring_monitor.use_case import UseCase, read_use_case

NAME = "bias"

STAGE_NAMES: dict[str, BiasStage] = {"pre": "pre_training", "post": "post_training"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--use-case", required=True, metavar="FILE", help="use-case.json")
    parser.add_argument(
        "--data", required=True, nargs="+", metavar="PATH", help="CSV or Parquet files or folders with the label"
    )
    parser.add_argument("--stage", required=True, choices=STAGE_NAMES, help="before or after training")
    parser.add_argument(
        "--predictions",
        metavar="PATH",
        help="for post: column prediction, row by row with --data (which may hold it itself)",
    )
    parser.add_argument(
        "--output", required=True, metavar="DIR", help="gets analysis.json, and gate.json when the use case has a gate"
    )
    parser.add_argument(
        "--baseline", metavar="FILE", help="analysis.json to compare with; writes constraint_violations.json"
    )
    parser.add_argument(
        "--raw-label",
        action="store_true",
        help="the label column holds raw values (default: already mapped to 0/1 by Preprocess)",
    )
    parser.add_argument(
        "--resamples", type=int, default=500, metavar="N", help="bootstrap resamples; 0 for none (default 500)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the bootstrap (default 0)")
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        metavar="MODULE",
        help="module or .py file whose register(registry) adds metrics",
    )


def run(args: argparse.Namespace) -> int:
    """Write the analysis; exit code 0 whatever it says."""
    use_case = read_use_case(args.use_case)
    stage = STAGE_NAMES[args.stage]
    registry = BiasRegistry()
    for plugin in args.plugin:
        registry.load(plugin)
    frame = read_tables(args.data, use_case)
    predicted = _predictions(frame, args.predictions, use_case) if stage == "post_training" else None
    data = BiasData(frame, outcome_of(use_case, encoded=not args.raw_label), predicted)
    bootstrap = Bootstrap(resamples=args.resamples, seed=args.seed) if args.resamples > 0 else None
    document = analyse(data, use_case, [stage], registry, bootstrap)
    output = Path(args.output)
    write_json(output / "analysis.json", document)
    gate = gate_of(document, use_case, stage, registry)
    if gate is not None:
        write_json(output / "gate.json", gate)
    if args.baseline is not None:
        _compare(document, _read_json(args.baseline), registry, output)
    facets = ", ".join(dict.fromkeys(each.name for each in use_case.facets))
    print(
        f"{len(frame)} rows, {stage.replace('_', '-')} bias metrics of {facets} written to {output / 'analysis.json'}"
    )
    return 0


def write_json(path: Path, document: Any) -> None:
    """Write strict JSON (no NaN), making the folder when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def _predictions(frame: pd.DataFrame, path: str | None, use_case: UseCase) -> pd.Series[Any]:
    table = frame if path is None else read_tables([path], use_case)
    if PREDICTION not in table.columns:
        where = "--data" if path is None else str(path)
        raise InputError(f"no column '{PREDICTION}' in {where}; there are: {', '.join(map(str, table.columns))}")
    if len(table) != len(frame):
        raise InputError(
            f"{path} has {len(table)} rows and the data {len(frame)}; they must be the same rows in the same order"
        )
    frame.drop(columns=[PREDICTION, SCORE], errors="ignore", inplace=True)
    return table[PREDICTION]


def _compare(document: dict[str, Any], baseline: dict[str, Any], registry: BiasRegistry, output: Path) -> None:
    violations = bias_drift(document, baseline, registry)
    entries = [as_clarify(each) for each in violations]
    write_json(output / "constraint_violations.json", {"version": "1.0", "violations": entries})
    for each in bias_drift(document, baseline, registry, rule="ideal"):
        if each not in violations:
            what = f"{each.extra['metric_name']} of {each.extra['facet']}"
            print(f"note: {what} is farther from fairness than in the baseline, which Clarify's rule does not report")


def _read_json(path: str) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"baseline {path} cannot be read as JSON: {error}") from None
    return document
