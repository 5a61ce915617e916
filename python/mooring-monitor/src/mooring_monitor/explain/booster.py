"""A plain XGBoost model as SageMaker's algorithm or `save_model` writes it: its columns are the features themselves."""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
import pandas as pd
from mooring_use_case.use_case import UseCase

from mooring_monitor.errors import InputError
from mooring_monitor.explain.model import Floats, Texts, TrainedModel

ARCHIVE: Final = "model.tar.gz"
#: Files that may hold the trees, first found wins. None of them is a pickle.
MODELS: Final = ("model.json", "model.ubj", "xgboost-model")
#: Left by the pipeline's own training: features are prepared before the trees see them.
PREPARATION: Final = "transform.json"
#: Largest file that is read out of an archive: 1 GiB.
MAX_BYTES: Final = 2**30


@dataclass(frozen=True)
class PlainModel:
    """Trees over numeric features in the order of the use case."""

    features: Sequence[str]
    binary: bool
    booster: Any

    @property
    def owners(self) -> Sequence[str]:
        """Every column is a feature."""
        return self.features

    def texts(self, column: pd.Series[Any]) -> Texts:
        """Numbers as text, missing ones empty."""
        return np.array(["" if pd.isna(each) else str(each) for each in column], dtype=object)

    def contributions(self, rows: Texts) -> Floats:
        """XGBoost's own SHAP values."""
        found = self.booster.predict(_matrix(self._numbers(rows)), pred_contribs=True, validate_features=False)
        return np.asarray(found, dtype=np.float64)

    def predict(self, rows: Texts) -> tuple[Floats, Floats | None]:
        """The trees' output; a score above one half counts as 1."""
        raw = np.asarray(self.booster.predict(_matrix(self._numbers(rows)), validate_features=False), dtype=np.float64)
        return ((raw > 0.5).astype(np.float64), raw) if self.binary else (raw, None)

    def _numbers(self, rows: Texts) -> Floats:
        try:
            return np.where(rows == "", "nan", rows).astype(np.float64)
        except ValueError as error:
            raise InputError(f"a model of XGBoost without a preparation takes numbers only: {error}") from None


def read_plain_model(path: Path, use_case: UseCase) -> TrainedModel:
    """Read the trees of a model.tar.gz, of a folder with one, or of a folder with the file itself.

    Raises InputError when there are none, when XGBoost is not installed, or when they need the code that trained them.
    """
    try:
        import xgboost
    except ImportError:
        raise InputError("explaining trees needs XGBoost: pip install mooring-monitor[xgboost]") from None
    files = model_files(path, (*MODELS, PREPARATION))
    if PREPARATION in files:
        raise InputError(
            f"model '{path}' was trained by the standard pipeline, whose code prepares its features; "
            "explain it from the code bundle, or install mooring-steps beside the monitor"
        )
    name = next((each for each in MODELS if each in files), None)
    if name is None:
        raise InputError(f"there is none of {', '.join(MODELS)} in model '{path}'")
    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(files[name]))
    except xgboost.core.XGBoostError as error:
        raise InputError(f"model '{path}' cannot be loaded: {str(error).splitlines()[0]}") from None
    features = [each.name for each in use_case.features]
    if booster.num_features() != len(features):
        raise InputError(
            f"model '{path}' has {booster.num_features()} columns, the use case {len(features)} features: "
            + ", ".join(features)
        )
    return PlainModel(features, use_case.task == "binary", booster)


def _matrix(rows: Floats) -> Any:
    import xgboost

    return xgboost.DMatrix(rows)


def model_files(path: Path, wanted: Sequence[str]) -> dict[str, bytes]:
    """Files by name of a model.tar.gz, of a folder with one, or of a folder; those that are absent are left out.

    Raises InputError when there is no model at the path.
    """
    archive = path / ARCHIVE if path.is_dir() else path
    if archive.is_file():
        return _from_archive(archive, wanted)
    if not path.is_dir():
        raise InputError(f"there is no model at '{path}'")
    return {name: (path / name).read_bytes() for name in wanted if (path / name).is_file()}


def _from_archive(archive: Path, wanted: Sequence[str]) -> dict[str, bytes]:
    """Plain files by name; the archive is never unpacked."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = str(PurePosixPath(member.name))
                content = tar.extractfile(member) if name in wanted and member.isreg() else None
                if content is None:
                    continue
                if member.size > MAX_BYTES:
                    raise InputError(f"'{name}' in '{archive}' has {member.size} bytes; at most {MAX_BYTES} are read")
                found[name] = content.read()
    except (tarfile.TarError, OSError, EOFError) as error:
        raise InputError(f"'{archive}' is not a gzip-compressed tar archive: {error}") from None
    return found
