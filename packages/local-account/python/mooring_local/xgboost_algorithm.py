"""XGBoost's built-in algorithm: what the container trains when it is given no script.

Reads CSV (label first, no header) or libsvm from the `train` and `validation` channels and writes `xgboost-model`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import xgboost

# Hyper-parameters of the container that are not parameters of the booster.
OWN = frozenset({"num_round", "early_stopping_rounds", "csv_weights", "_tuning_objective_metric", "_kfold"})


def read_channel(folder: Path, content_type: str) -> xgboost.DMatrix | None:
    """All files of a channel as one matrix; None when the channel is absent.

    Raises:
        ValueError: the files are not numeric CSV or libsvm of one width.
    """
    files = sorted(each for each in folder.rglob("*") if each.is_file()) if folder.is_dir() else []
    if not files:
        return None
    first = files[0].read_text().split("\n", 1)[0]
    if "libsvm" in content_type or (":" in first and "," not in first):
        return _read_libsvm(files)
    tables = [np.genfromtxt(each, delimiter=",", ndmin=2) for each in files]
    table = np.concatenate(tables)
    if np.isnan(table[:, 0]).any():
        raise ValueError(f"{folder}: the first column must be a numeric label, and there must be no header")
    return xgboost.DMatrix(table[:, 1:], label=table[:, 0])


def _read_libsvm(files: Sequence[Path]) -> xgboost.DMatrix:
    from scipy.sparse import vstack
    from sklearn.datasets import load_svmlight_files

    # XGBoost counts features from 0, whatever the smallest index of a file is.
    parts = load_svmlight_files([str(each) for each in files], zero_based=True)
    return xgboost.DMatrix(vstack(parts[0::2]).tocsr(), label=np.concatenate(parts[1::2]))


def parameters_of(hyperparameters: Mapping[str, str]) -> dict[str, object]:
    """The booster's parameters among the hyper-parameters."""
    return {name: value for name, value in hyperparameters.items() if name not in OWN}


def train(root: Path) -> None:
    """Trains on the channels below a container root and writes the model there.

    Raises:
        ValueError: no training data, or no num_round.
    """
    configuration = root / "input" / "config"
    hyperparameters: dict[str, str] = json.loads((configuration / "hyperparameters.json").read_text())
    channels = json.loads((configuration / "inputdataconfig.json").read_text())

    def channel(name: str) -> xgboost.DMatrix | None:
        content_type = str(channels.get(name, {}).get("ContentType", "text/csv"))
        return read_channel(root / "input" / "data" / name, content_type)

    training = channel("train")
    if training is None:
        raise ValueError("the channel 'train' holds no file")
    if "num_round" not in hyperparameters:
        raise ValueError("the hyper-parameter 'num_round' is missing")
    validation = channel("validation")
    watched = [(training, "train"), *([(validation, "validation")] if validation is not None else [])]
    stopping = hyperparameters.get("early_stopping_rounds")
    booster = xgboost.train(
        parameters_of(hyperparameters),
        training,
        num_boost_round=int(hyperparameters["num_round"]),
        evals=watched,
        early_stopping_rounds=int(stopping) if stopping else None,
    )
    booster.save_model(root / "model" / "xgboost-model.ubj")
    (root / "model" / "xgboost-model.ubj").rename(root / "model" / "xgboost-model")


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point: `--root FOLDER`, the folder that a container knows as /opt/ml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("/opt/ml"))
    options = parser.parse_args(argv)
    try:
        train(options.root)
    except (ValueError, xgboost.core.XGBoostError) as error:
        print(f"XGBoost cannot train: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
