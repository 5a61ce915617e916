"""Training: XGBoost on the transformed training rows, stopped early and given a threshold by the validation rows."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

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


def main(argv: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Train and write the model folder; hyperparameters are `--name value` pairs, as script mode passes them.

    Folders come from arguments or else from the channels of the training job's environment.
    """
    paths, given = _parse(argv, os.environ if environment is None else environment)
    use_case = find_use_case(paths.use_case)
    framework = use_case.section("training").get("framework", "xgboost")
    if framework != "xgboost":
        raise InputError(
            f"training.framework '{framework}' is not supported by train.py, because its models can only be stored as "
            "pickles; use xgboost (a random forest is num_round 1 with num_parallel_tree, see docs/steps.md)"
        )
    hyperparameters = resolve({**use_case.section("training").get("hyperparameters", {}), **given})
    transform = Transform.from_json(read_json(Path(paths.transform) / artefact.TRANSFORM))
    train = _load(use_case, transform, Path(paths.train) / "train.csv")
    validation = _load(use_case, transform, Path(paths.validation) / "validation.csv")
    weights = read_weights(Path(paths.train), len(train[1]))
    booster, history = fit(use_case, hyperparameters, train, validation, weights)
    decision = decide(use_case, booster, validation)
    folder = Path(paths.model_dir)
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


def _parse(argv: Sequence[str], environment: Mapping[str, str]) -> tuple[argparse.Namespace, dict[str, str]]:
    parser = argparse.ArgumentParser(
        prog="train.py",
        description="Train the use case's model.",
        epilog="Everything else is a hyperparameter: --max_depth 4 --eta 0.1",
        allow_abbrev=False,
    )
    for name, variable, text in (
        ("--train", "SM_CHANNEL_TRAIN", "folder with train.csv"),
        ("--validation", "SM_CHANNEL_VALIDATION", "folder with validation.csv"),
        ("--transform", "SM_CHANNEL_TRANSFORM", "folder with transform.json"),
        ("--model-dir", "SM_MODEL_DIR", "folder to write the model to"),
    ):
        default = environment.get(variable)
        parser.add_argument(name, default=default, required=default is None, help=f"{text} (default: ${variable})")
    parser.add_argument("--use-case", help="use-case.json (default: the one in the code bundle)")
    paths, rest = parser.parse_known_args(argv)
    names, values = rest[::2], rest[1::2]
    wrong = [name for name in names if not name.startswith("--")]
    if wrong or len(names) != len(values):
        raise InputError(f"arguments must be '--name value' pairs, not: {' '.join(rest)}")
    return paths, {name[2:].replace("-", "_"): value for name, value in zip(names, values, strict=True)}
