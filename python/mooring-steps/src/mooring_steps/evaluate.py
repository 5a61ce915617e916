"""Evaluate: the model on rows it has never seen, against its bound, naive baselines and the live model."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from mooring_values.cells import text_of

from mooring_steps.artefact import ARCHIVE, FILES, Artefact, Predictions, read_artefact
from mooring_steps.baselines import baselines
from mooring_steps.errors import InputError
from mooring_steps.files import write_json
from mooring_steps.metrics import BINARY, ERRORS, REGRESSION, Values, confusion, margin, report
from mooring_steps.tables import read_csv, write_csv
from mooring_steps.texts import Table, numbers
from mooring_steps.use_case import UseCase, find_use_case

NAME: Final = "evaluate"
#: Paired resamples of the rows on which two models are compared.
BOOTSTRAPS: Final = 500
#: Fresh rows needed to judge by them alone.
LEAST_FRESH: Final = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's arguments."""
    parser.add_argument("--model", required=True, metavar="PATH", help="model.tar.gz, or a folder that holds it")
    parser.add_argument(
        "--train", metavar="DIR", help="folder with train.csv, whose labels give the constant baselines (default: test)"
    )
    parser.add_argument("--test", required=True, metavar="DIR", help="folder with test.csv")
    parser.add_argument(
        "--output", required=True, metavar="DIR", help="folder of the outputs evaluation and predictions"
    )
    parser.add_argument(
        "--champion", metavar="PATH", help="the live model, judged on the same rows; an empty folder means: none"
    )
    parser.add_argument(
        "--manifest", metavar="DIR", help="folder with preprocess's manifest.json: how many rows are fresh"
    )
    parser.add_argument("--bound", type=float, help="bound of the quality gate (default: gates.quality.bound)")


def run(arguments: argparse.Namespace) -> int:
    """Run the step. A missed gate is a result, not an error: the pipeline's condition decides."""
    use_case = find_use_case(arguments.use_case)
    table, labels = _rows(use_case, Path(arguments.test) / "test.csv")
    check_measurable(use_case, labels)
    known = labels if arguments.train is None else _rows(use_case, Path(arguments.train) / "train.csv")[1]
    model = read_artefact(Path(arguments.model))
    predictions = model.predict(table)
    naive = baselines(use_case, table, labels, known)
    rivals = {name: naive[name] for name in use_case.section("gates").get("beat", [])}
    champion = _champion(use_case, arguments.champion, table, labels)
    evaluation = _evaluation(
        use_case, model, labels, predictions, naive, None if champion is None else _metrics(use_case, labels, champion)
    )
    values = {name: float(each["value"]) for name, each in evaluation[_group(use_case)].items()}
    duel = None
    if use_case.section("gates").get("champion", False):
        duel = _duel(use_case, labels, predictions, champion, _fresh_rows(arguments.manifest, len(labels)))
        evaluation["duel"] = duel
    gate = quality_gate(use_case, values, rivals, arguments.bound, duel)
    output = Path(arguments.output)
    write_json(output / "evaluation" / "evaluation.json", evaluation)
    write_json(output / "evaluation" / "gate.json", gate)
    write_csv(output / "predictions" / "predictions.csv", _answers(use_case, table, labels, predictions))
    print(gate["message"])
    return 0


def check_measurable(use_case: UseCase, labels: Values) -> None:
    """Raises InputError where the gate's metric would be 0, i.e. perfect, because there is nothing to measure."""
    metric = use_case.section("gates").get("quality", {}).get("metric")
    if metric == "mape" and not labels.any():
        raise InputError(
            f"gates.quality.metric 'mape': the labels of all {len(labels)} test rows are 0, and no error is relative "
            "to them; choose mae or rmse, or another split"
        )


def quality_gate(
    use_case: UseCase,
    values: Mapping[str, float],
    rivals: Mapping[str, Mapping[str, float]],
    bound: float | None,
    duel: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The document gate.json: the gate's metric against its bound and against every rival, the live model being one."""
    quality = use_case.section("gates").get("quality", {})
    metric = str(quality.get("metric"))
    if metric not in values:
        raise InputError(
            f"gates.quality.metric '{metric}' does not exist for task '{use_case.task}'; there are: {', '.join(values)}"
        )
    limit = float(quality["bound"]) if bound is None else bound
    value = values[metric]
    within = value <= limit if metric in ERRORS else value >= limit
    beats = {
        name: {"value": rival[metric], "margin": margin(metric, value, rival[metric])} for name, rival in rivals.items()
    }
    if duel is not None:
        beats["champion"] = {"value": float(duel["champion"]), "margin": float(duel["margin"])}
    lost = [name for name, each in beats.items() if each["margin"] <= 0]
    words = f"{metric} {value:.4f}, {'at most' if metric in ERRORS else 'at least'} {limit:g} is asked for"
    against = "".join(f"; {name} has {beats[name]['value']:.4f}, which it does not beat" for name in lost)
    passed = within and not lost
    return {
        "metric": metric,
        "value": value,
        "bound": limit,
        "passed": passed,
        "beats": beats,
        "message": f"Quality gate {'passed' if passed else 'failed'}: {words}{against}",
    }


def _evaluation(
    use_case: UseCase,
    model: Artefact,
    labels: Values,
    predictions: Predictions,
    naive: Mapping[str, Mapping[str, float]],
    champion: Mapping[str, float] | None,
) -> dict[str, Any]:
    scores = predictions.labels if predictions.scores is None else predictions.scores
    seed = int(use_case.section("split").get("seed", 42))
    metrics = BINARY if use_case.binary else REGRESSION
    return {
        _group(use_case): report(metrics, labels, predictions.labels, scores, seed),
        **({"confusion_matrix": confusion(labels, predictions.labels)} if use_case.binary else {}),
        "baselines": naive,
        "champion": champion,
        "threshold": model.threshold,
        "rows": len(labels),
    }


def _champion(use_case: UseCase, path: str | None, table: Table, labels: Values) -> Predictions | None:
    """Answers of the live model for the same rows, with its own transformation and threshold; None without one."""
    if path is None:
        return None
    folder = Path(path)
    if folder.is_dir() and not any((folder / name).exists() for name in (ARCHIVE, *FILES)):
        return None
    champion = read_artefact(folder)
    unknown = [name for name in champion.transform.names if name not in table]
    if unknown:
        raise InputError(f"the live model needs columns that the test rows lack: {', '.join(unknown)}")
    return champion.predict(table)


def _metrics(use_case: UseCase, labels: Values, answers: Predictions) -> dict[str, float]:
    metrics = BINARY if use_case.binary else REGRESSION
    return {name: metric(labels, answers.labels, _scores(answers)) for name, metric in metrics.items()}


def _scores(answers: Predictions) -> Values:
    return answers.labels if answers.scores is None else answers.scores


def _fresh_rows(manifest: str | None, rows: int) -> int:
    """How many of the last test rows came back labelled from production; all rows when those are too few."""
    if manifest is None:
        return rows
    fresh = int(json.loads((Path(manifest) / "manifest.json").read_text(encoding="utf-8")).get("fresh_test_rows", 0))
    return fresh if fresh >= LEAST_FRESH else rows


def _duel(
    use_case: UseCase, labels: Values, challenger: Predictions, champion: Predictions | None, fresh: int
) -> dict[str, Any]:
    """The new model against the live one on the freshest labelled rows, the same for both.

    `margin` is what the new model is better by at least: the lower end of a one-sided 95 % interval of the difference,
    from 500 paired resamples of the rows. Without a live model there is nothing to beat, and the margin is 1.
    """
    metric = str(use_case.section("gates").get("quality", {}).get("metric"))
    function = (BINARY if use_case.binary else REGRESSION)[metric]
    rows = slice(len(labels) - fresh, None)
    truth = labels[rows]
    if champion is None:
        return {"metric": metric, "champion": 0.0, "challenger": None, "margin": 1.0, "rows": fresh, "absent": True}
    sides = [(each.labels[rows], _scores(each)[rows]) for each in (challenger, champion)]
    values = [function(truth, *side) for side in sides]
    generator = np.random.default_rng(int(use_case.section("split").get("seed", 42)))
    differences = []
    for _ in range(BOOTSTRAPS):
        chosen = generator.integers(0, fresh, fresh)
        new, old = (function(truth[chosen], labels_[chosen], scores[chosen]) for labels_, scores in sides)
        differences.append(margin(metric, new, old))
    lower = float(np.nanquantile(differences, 0.05))
    return {
        "metric": metric,
        "challenger": values[0],
        "champion": values[1],
        "difference": margin(metric, values[0], values[1]),
        "margin": lower,
        "rows": fresh,
    }


def _rows(use_case: UseCase, path: Path) -> tuple[Table, Values]:
    if not path.is_file():
        raise InputError(f"file '{path}' does not exist; the Preprocess step writes it")
    table = read_csv(path, [*(each.name for each in use_case.features), use_case.label])
    labels, bad = numbers(table.pop(use_case.label))
    if bad or np.isnan(labels).any():
        raise InputError(f"{path.name}: column '{use_case.label}' must hold a number in every row")
    return table, labels


def _answers(use_case: UseCase, table: Table, labels: Values, predictions: Predictions) -> Table:
    columns: dict[str, Values] = {use_case.label: labels, "prediction": predictions.labels}
    if predictions.scores is not None:
        columns["score"] = predictions.scores
    texts: Table = {}
    for name, values in columns.items():
        texts[name] = np.empty(len(values), dtype=object)
        texts[name][:] = [text_of(each) for each in values.tolist()]
    return {**table, **texts}


def _group(use_case: UseCase) -> str:
    return "binary_classification_metrics" if use_case.binary else "regression_metrics"


def main(argv: Sequence[str]) -> int:
    """Run the step by itself; the bundle's dispatcher does the same."""
    from mooring_steps.cli import main as dispatch

    return dispatch([NAME, *argv])
