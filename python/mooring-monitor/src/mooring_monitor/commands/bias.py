"""`bias`: bias metrics of a data set (before training) or of a model's predictions (after it)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd
from mooring_use_case.bundle import find_use_case
from mooring_use_case.use_case import UseCase
from mooring_values.cells import text_of

from mooring_monitor.answers import label_of
from mooring_monitor.bias.analysis import BiasData, analyse
from mooring_monitor.bias.bootstrap import Bootstrap
from mooring_monitor.bias.gate import gate_of
from mooring_monitor.bias.registry import BiasRegistry, BiasStage
from mooring_monitor.bias.selection import PREDICTION, SCORE, outcome_of
from mooring_monitor.bias.violations import as_clarify, bias_drift
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.tables import read_tables

NAME = "bias"

STAGE_NAMES: dict[str, BiasStage] = {"pre": "pre_training", "post": "post_training"}
#: Sub-folder of the output when run as a step of the pipeline (docs/architecture.md).
STEP_OUTPUTS: dict[BiasStage, str] = {"pre_training": "report", "post_training": "baseline"}
SPLITS = ("train", "validation", "test")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--stage", required=True, choices=STAGE_NAMES, help="before or after training")
    parser.add_argument("--data", nargs="+", metavar="PATH", help="CSV or Parquet files or folders with the label")
    for split in SPLITS:
        parser.add_argument(f"--{split}", metavar="DIR", help=f"the pipeline's {split} set, instead of --data")
    parser.add_argument(
        "--predictions",
        metavar="PATH",
        help="for post: column prediction, with the data itself or row by row with --data",
    )
    parser.add_argument("--use-case", metavar="FILE", help="use-case.json (default: the one in the code bundle)")
    parser.add_argument(
        "--output",
        required=True,
        metavar="DIR",
        help="gets analysis.json, and gate.json when the use case has a gate; without --data in the folder report "
        "(pre) or baseline (post)",
    )
    parser.add_argument(
        "--baseline", metavar="FILE", help="analysis.json to compare with; writes constraint_violations.json"
    )
    parser.add_argument(
        "--raw-label",
        action="store_true",
        help="the label column holds raw values (default: mapped to 0/1, as Preprocess writes it)",
    )
    parser.add_argument(
        "--resamples", type=int, default=500, metavar="N", help="bootstrap resamples, 0 for none (default 500)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the bootstrap (default 0)")
    parser.add_argument(
        "--plugin",
        action="append",
        default=[],
        metavar="MODULE",
        help="module or .py file whose register(registry) adds metrics; may be repeated",
    )


def run(args: argparse.Namespace) -> int:
    """Write the analysis; exit code 0 whatever it says."""
    use_case = find_use_case(args.use_case)
    stage = STAGE_NAMES[args.stage]
    registry = BiasRegistry()
    for plugin in args.plugin:
        registry.load(plugin)
    data = _data(args, use_case, stage)
    bootstrap = Bootstrap(resamples=args.resamples, seed=args.seed) if args.resamples > 0 else None
    document = analyse(data, use_case, [stage], registry, bootstrap)
    output = Path(args.output) if args.data else Path(args.output) / STEP_OUTPUTS[stage]
    write_json(output / "analysis.json", document)
    gate = gate_of(document, use_case, stage, registry)
    if gate is not None:
        write_json(output / "gate.json", gate)
    if args.baseline is not None:
        _compare(document, read_json(Path(args.baseline), "baseline"), registry, output)
    facets = ", ".join(dict.fromkeys(each.name for each in use_case.facets))
    print(f"{len(data.frame)} rows: {stage.replace('_', '-')} bias metrics of {facets} in {output / 'analysis.json'}")
    return 0


def _data(args: argparse.Namespace, use_case: UseCase, stage: BiasStage) -> BiasData:
    paths = args.data or [path for path in (args.train, args.validation, args.test) if path is not None]
    alone = stage == "post_training" and not paths and args.predictions is not None
    if not paths and not alone:
        raise InputError("give the data: --data PATH..., or --train, --validation and --test of the pipeline")
    frame = read_tables([args.predictions] if alone else paths, use_case)
    if args.raw_label and use_case.label in frame.columns:
        labels = frame[use_case.label]
        known = [label_of(["" if pd.isna(each) else text_of(each, frozenset())], use_case) for each in labels]
        frame[use_case.label] = labels.where(pd.Series(known, index=labels.index, dtype=object).notna())
    outcome = outcome_of(use_case, encoded=not args.raw_label)
    if stage == "pre_training":
        return BiasData(frame.drop(columns=[PREDICTION, SCORE], errors="ignore"), outcome)
    predicted = _predictions(frame, None if alone else args.predictions, use_case)
    return BiasData(frame.drop(columns=[PREDICTION, SCORE], errors="ignore"), outcome, predicted)


def _predictions(frame: pd.DataFrame, path: str | None, use_case: UseCase) -> pd.Series[Any]:
    table = frame if path is None else read_tables([path], use_case)
    if PREDICTION not in table.columns:
        where = "the data" if path is None else str(path)
        raise InputError(f"no column '{PREDICTION}' in {where}; there are: {', '.join(map(str, table.columns))}")
    if len(table) != len(frame):
        raise InputError(
            f"{path} has {len(table)} rows and the data {len(frame)}; they must be the same rows in the same order"
        )
    return table[PREDICTION]


def _compare(document: dict[str, Any], baseline: dict[str, Any], registry: BiasRegistry, output: Path) -> None:
    violations = bias_drift(document, baseline, registry)
    entries = [as_clarify(each) for each in violations]
    write_json(output / "constraint_violations.json", {"version": "1.0", "violations": entries})
    for each in bias_drift(document, baseline, registry, rule="ideal"):
        if each not in violations:
            what = f"{each.extra['metric_name']} of {each.extra['facet']}"
            print(f"note: {what} is farther from fairness than in the baseline, which Clarify's rule does not report")
