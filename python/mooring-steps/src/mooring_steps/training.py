"""Training: XGBoost on the transformed training rows, stopped early and given a threshold by the validation rows."""

from __future__ import annotations

import argparse
import importlib
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from mooring_steps import artefact
from mooring_steps.ages import read_weights
from mooring_steps.boosting import Rows, decide, fit
from mooring_steps.errors import InputError
from mooring_steps.files import read_json, write_json
from mooring_steps.hyperparameters import resolve
from mooring_steps.tables import read_csv
from mooring_steps.texts import Table, numbers
from mooring_steps.transform import Transform
from mooring_steps.use_case import UseCase, find_use_case

#: What serving needs besides the model's own files; it lies under code/ in the artefact.
SERVING_SCRIPT: Final = "inference.py"
SERVING_PACKAGES: Final = ("mooring_steps", "mooring_use_case", "mooring_values")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's arguments."""
    parser.add_argument("--train", required=True, metavar="DIR", help="folder with train.csv")
    parser.add_argument("--validation", required=True, metavar="DIR", help="folder with validation.csv")
    parser.add_argument("--transform", required=True, metavar="DIR", help="folder with transform.json")
    parser.add_argument("--output", required=True, metavar="DIR", help="folder to write the model to")
    parser.add_argument(
        "--hyperparameters",
        metavar="FILE",
        help="JSON object of hyperparameters, which go before the use case's",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a hyperparameter, which goes before all others",
    )
    parser.add_argument("--failure", metavar="FILE", help="file to write the reason to when the step fails")


def run(arguments: argparse.Namespace) -> int:
    """Train and write the model folder. Raises InputError for what can be mended in the data or the settings.

    SageMaker reports what the failure file holds as the job's FailureReason; without one, the exit code alone.
    """
    try:
        return _train(arguments)
    except Exception as error:
        if arguments.failure:
            reason = str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
            Path(arguments.failure).write_text(reason, encoding="utf-8")
        raise


def _train(paths: argparse.Namespace) -> int:
    use_case = find_use_case(paths.use_case)
    framework = use_case.section("training").get("framework", "xgboost")
    if framework != "xgboost":
        raise InputError(
            f"training.framework '{framework}' is not supported, because its models can only be stored as "
            "pickles; use xgboost (a random forest is num_round 1 with num_parallel_tree, see docs/steps.md)"
        )
    hyperparameters = resolve({**use_case.section("training").get("hyperparameters", {}), **_given(paths)})
    transform = Transform.from_json(read_json(Path(paths.transform) / artefact.TRANSFORM))
    train = _load(use_case, transform, Path(paths.train) / "train.csv")
    validation = _load(use_case, transform, Path(paths.validation) / "validation.csv")
    weights = read_weights(Path(paths.train), len(train[1]))
    booster, history = fit(use_case, hyperparameters, train, validation, weights)
    decision = decide(use_case, booster, validation)
    folder = Path(paths.output)
    folder.mkdir(parents=True, exist_ok=True)
    booster.save_model(str(folder / artefact.MODEL))
    write_json(folder / artefact.TRANSFORM, transform.to_json())
    write_json(folder / artefact.DECISION, decision)
    write_json(folder / artefact.USE_CASE, use_case.document)
    write_json(
        folder / "training.json",
        {"hyperparameters": hyperparameters, "rounds": booster.num_boosted_rounds(), "validation": history},
    )
    _copy_code(folder / "code")
    print(json.dumps({"rounds": booster.num_boosted_rounds(), **history, **decision}))
    return 0


def _load(use_case: UseCase, transform: Transform, path: Path) -> Rows:
    if not path.is_file():
        raise InputError(f"file '{path}' does not exist; the Preprocess step writes it")
    table: Table = read_csv(path, [*transform.names, use_case.label])
    labels, bad = numbers(table.pop(use_case.label))
    if bad or np.isnan(labels).any():
        raise InputError(f"{path.name}: column '{use_case.label}' must hold a number in every row")
    return transform.apply(table), labels


def _copy_code(target: Path) -> None:
    """Copy what serving needs out of the code bundle, zipped or unpacked."""
    root = Path(__file__).parent.parent
    if root.is_file():
        with zipfile.ZipFile(root) as bundle:
            for name in bundle.namelist():
                if name.split("/")[0] in (SERVING_SCRIPT, *SERVING_PACKAGES) and name.endswith(".py"):
                    (target / name).parent.mkdir(parents=True, exist_ok=True)
                    (target / name).write_bytes(bundle.read(name))
        return
    for name in SERVING_PACKAGES:
        source = Path(str(importlib.import_module(name).__file__)).parent
        shutil.copytree(source, target / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    if (root / SERVING_SCRIPT).is_file():
        shutil.copyfile(root / SERVING_SCRIPT, target / SERVING_SCRIPT)


def _given(paths: argparse.Namespace) -> dict[str, Any]:
    """Hyperparameters of the job's file, overlaid with those of the command line."""
    document = read_json(Path(paths.hyperparameters)) if paths.hyperparameters else {}
    if not isinstance(document, dict):
        raise InputError(f"file '{paths.hyperparameters}' must hold a JSON object of hyperparameters")
    wrong = [each for each in paths.set if "=" not in each.strip("=")]
    if wrong:
        raise InputError(f"--set takes NAME=VALUE, not: {' '.join(wrong)}")
    return {
        **{name: _decoded(value) for name, value in document.items()},
        **{name.strip(): value for name, _, value in (each.partition("=") for each in paths.set)},
    }


def _decoded(value: Any) -> Any:
    """A hyperparameter as it was given: the service keeps texts only, and the SageMaker SDK writes texts as JSON."""
    try:
        decoded = json.loads(value)
    except (TypeError, ValueError):
        return value
    return decoded if isinstance(decoded, str) else value
