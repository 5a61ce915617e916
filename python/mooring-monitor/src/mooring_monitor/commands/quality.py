"""`quality`: model quality of predictions against ground truth, as statistics, constraints, violations and slices."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mooring_use_case.bundle import find_use_case
from mooring_use_case.use_case import UseCase
from mooring_values.cells import text_of
from mooring_values.labels import Invalid, LabelError

from mooring_monitor.answers import label_of, series
from mooring_monitor.drift.predictions import FILE as ANSWERS_FILE
from mooring_monitor.drift.predictions import add_answers, answers_profile
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import statistics_document
from mooring_monitor.quality.analysis import Predicted, analyse_quality
from mooring_monitor.quality.documents import as_model_monitor
from mooring_monitor.quality.merged import read_merged
from mooring_monitor.readers.batch import Skips
from mooring_monitor.tables import read_tables

NAME = "quality"

STEP_OUTPUT = "baseline"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--data", nargs="+", metavar="PATH", help="files or folders with predictions and labels")
    parser.add_argument(
        "--format",
        default="csv",
        choices=("csv", "merged"),
        help="csv (also Parquet: features, label, prediction, score) or merged (captures with ground truth)",
    )
    parser.add_argument("--stage", choices=("baseline",), help="baseline: the pipeline's step, reads --predictions")
    parser.add_argument("--predictions", metavar="DIR", help="the pipeline's predictions, instead of --data")
    parser.add_argument("--use-case", metavar="FILE", help="use-case.json (default: the one in the code bundle)")
    parser.add_argument(
        "--output",
        required=True,
        metavar="DIR",
        help="gets statistics.json, constraints.json, slices.json, prediction_statistics.json; without --data in its "
        "folder baseline",
    )
    parser.add_argument("--baseline", metavar="DIR", help="folder of an earlier run: writes constraint_violations.json")
    parser.add_argument(
        "--threshold", type=float, metavar="T", help="decide anew: positive when the score is above T (binary tasks)"
    )
    parser.add_argument("--metric", metavar="NAME", help="metric that orders the slices (default: the use case's)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the resampling (default 0)")


def run(args: argparse.Namespace) -> int:
    """Write the documents; exit code 0 whatever they say."""
    use_case = find_use_case(args.use_case)
    skips = Skips()
    predicted = _data(args, use_case, skips)
    quality = analyse_quality(predicted, use_case, args.threshold, args.metric, args.seed)
    output = Path(args.output) if args.data else Path(args.output) / STEP_OUTPUT
    write_json(output / "statistics.json", quality.statistics())
    write_json(output / "constraints.json", quality.constraints())
    write_json(output / "slices.json", quality.slices_document())
    write_json(output / ANSWERS_FILE, statistics_document(_answers(predicted, use_case, args.threshold)), indent=None)
    if args.baseline is not None:
        path = Path(args.baseline) / "constraints.json"
        violations = quality.violations(read_json(path, "quality constraints"))
        entries = [as_model_monitor(each) for each in violations]
        write_json(output / "constraint_violations.json", {"violations": entries})
        for each in violations:
            print(each.description)
    value = quality.estimates[quality.metric]
    shown = f"{value.value:.4f}" if value.error is None else f"has no value ({value.error})"
    joined = quality.joined
    left = f", {joined.unlabelled} without label" if joined.unlabelled else ""
    skipped = f", {skips.total} skipped" if skips.total else ""
    print(f"{quality.metric} {shown} on {len(joined.outcomes)} rows{left}{skipped}; written to {output}")
    return 0


def _data(args: argparse.Namespace, use_case: UseCase, skips: Skips) -> Predicted:
    paths = args.data or ([args.predictions] if args.predictions else [])
    if not paths:
        raise InputError("give the data: --data PATH..., or --predictions DIR of the pipeline")
    if args.format == "merged":
        return read_merged(paths, use_case, skips)
    frame = read_tables(paths, use_case)
    missing = [name for name in (use_case.label, "prediction") if name not in frame.columns]
    if missing:
        raise InputError(f"no column {', '.join(missing)} in the data; there are: {', '.join(map(str, frame.columns))}")
    return Predicted(
        features=frame.drop(columns=[use_case.label, "prediction", "score"], errors="ignore"),
        labels=_labels(frame[use_case.label], use_case),
        predictions=frame["prediction"],
        scores=frame["score"] if "score" in frame.columns else None,
    )


def _labels(column: pd.Series[Any], use_case: UseCase) -> pd.Series[Any]:
    """Labels in the coding of the training set. Values 1 and 0 alone are coded already, as the pipeline writes them."""
    texts = ["" if pd.isna(each) else text_of(each) for each in column]
    present = set(texts) - {""}
    if use_case.task != "binary":
        return series([label_of([each], use_case) for each in texts], use_case.task)
    if present <= {"0", "1"}:
        return column
    rule = use_case.label_rule
    if rule.positive not in present:
        raise InputError(
            f"column '{use_case.label}' has neither 1 nor the positive value '{use_case.positive}'; "
            f"there are: {', '.join(sorted(present)[:8])}"
        )
    try:
        rule.check(texts)
    except LabelError as error:
        raise InputError(str(error)) from None
    learnt = rule.learnt(present)
    values = [learnt.value_of_text(each) for each in texts]
    return series([None if isinstance(each, Invalid) else each for each in values], use_case.task)


def _answers(predicted: Predicted, use_case: UseCase, threshold: float | None) -> DatasetProfile:
    """How the model's answers are distributed: what later windows are compared with."""
    scores = predicted.scores if predicted.scores is not None else pd.Series(np.nan, index=predicted.predictions.index)
    labels: list[Any] = predicted.predictions.tolist()
    if threshold is not None and predicted.scores is not None:
        labels = [None if math.isnan(score) else int(score > threshold) for score in scores.astype(float)]
    profile = answers_profile(use_case)
    texts = [None if pd.isna(each) else str(each) for each in labels]
    add_answers(profile, texts, scores.astype(float).tolist())
    return profile
