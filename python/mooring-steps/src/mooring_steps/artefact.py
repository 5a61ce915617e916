"""The model artefact: what lies in model.tar.gz, how it is written, read and asked for predictions."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import xgboost

from mooring_steps.errors import InputError
from mooring_steps.texts import Table
from mooring_steps.transform import Matrix, Transform
from mooring_steps.use_case import UseCase, parse_use_case

ARCHIVE: Final = "model.tar.gz"
MODEL: Final = "model.json"
TRANSFORM: Final = "transform.json"
DECISION: Final = "decision.json"
USE_CASE: Final = "use-case.json"
FILES: Final = (MODEL, TRANSFORM, DECISION, USE_CASE)
#: Largest file that is read out of an archive: 1 GiB, far above any tabular model and below a job's memory.
MAX_BYTES: Final = 2**30


@dataclass(frozen=True)
class Predictions:
    """Answers for some rows. Binary: `labels` 0/1 and `scores`, the probability of 1. Otherwise the numbers alone."""

    labels: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64] | None


@dataclass(frozen=True)
class Artefact:
    """A trained model with its transformation and decision rule."""

    booster: xgboost.Booster
    transform: Transform
    #: A row is positive when its score is above it; None unless the task is binary.
    threshold: float | None
    use_case: UseCase

    def predict(self, table: Table) -> Predictions:
        """Predict rows of raw features. Raises InputError listing values that do not fit."""
        self.transform.check(table)
        return self.predict_checked(table)

    def predict_checked(self, table: Table) -> Predictions:
        """Predict rows that have been checked already."""
        raw = raw_predictions(self.booster, self.transform.apply(table))
        if self.threshold is None:
            return Predictions(raw, None)
        return Predictions((raw > self.threshold).astype(np.float64), raw)


def raw_predictions(booster: xgboost.Booster, matrix: Matrix) -> npt.NDArray[np.float64]:
    """The booster's answers (32-bit numbers in 64-bit clothes, so that JSON and CSV hold them exactly)."""
    return np.asarray(booster.inplace_predict(matrix, validate_features=False), dtype=np.float64)


def read_artefact(path: Path) -> Artefact:
    """Read a model folder, a model.tar.gz, or a folder that holds one.

    Archives are never unpacked: the four files are read out of them by name, and only when they are plain files.
    Raises InputError when something is missing or not acceptable.
    """
    archive = path / ARCHIVE if path.is_dir() else path
    if archive.is_file():
        return parse_artefact(_from_archive(archive), str(archive))
    if not path.is_dir():
        raise InputError(f"there is no model at '{path}'")
    return parse_artefact({name: (path / name).read_bytes() for name in FILES if (path / name).is_file()}, str(path))


def parse_artefact(files: Mapping[str, bytes], where: str) -> Artefact:
    """Put an artefact together from the contents of its files."""
    missing = [name for name in FILES if name not in files]
    if missing:
        raise InputError([f"'{name}' is missing" for name in missing], f"model '{where}'")
    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(files[MODEL]))
        booster.set_param({"nthread": 1})
        decision: dict[str, Any] = json.loads(files[DECISION])
        use_case = parse_use_case(json.loads(files[USE_CASE]))
    except (xgboost.core.XGBoostError, ValueError) as error:
        raise InputError(f"model '{where}' cannot be loaded: {str(error).splitlines()[0]}") from None
    threshold = decision.get("threshold")
    return Artefact(
        booster, Transform.loads(files[TRANSFORM]), None if threshold is None else float(threshold), use_case
    )


def _from_archive(archive: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    problems: list[str] = []
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = str(PurePosixPath(member.name))
                if name not in FILES:
                    continue
                if not member.isreg():
                    problems.append(f"'{name}' is not a plain file (a link or a device): refused")
                elif member.size > MAX_BYTES:
                    problems.append(f"'{name}' has {member.size} bytes; at most {MAX_BYTES} are read")
                else:
                    content = tar.extractfile(member)
                    found[name] = content.read() if content is not None else b""
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InputError(f"'{archive}' is not a gzip-compressed tar archive: {error}") from None
    if problems:
        raise InputError(problems, f"model '{archive}'")
    return found
