"""The recorded linear learner of the adult sample, and where the recordings lie."""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

RECORDED = Path(__file__).parents[5] / "shared/parity/clarify/adult"
FEATURES = [
    *("Age", "Workclass", "fnlwgt", "Education", "Education-Num", "Marital Status", "Occupation", "Relationship"),
    *("Ethnic group", "Sex", "Capital Gain", "Capital Loss", "Hours per week", "Country"),
]


def linear_learner() -> tuple[Callable[[pd.DataFrame], np.ndarray[Any, Any]], float]:
    """The scores of rows, and the threshold above which a row is positive (MXNet's flat parameter file)."""
    with tarfile.open(RECORDED / "ll-adult-prediction-model.tar.gz") as bundle:
        member = bundle.extractfile("model_algo-1")
        assert member is not None
        archive = zipfile.ZipFile(io.BytesIO(member.read()))
    raw = archive.read("mx-mod-0000.params")
    threshold = float(json.loads(archive.read("additional-params.json"))["threshold"])
    weights, bias = np.array(struct.unpack_from("<14f", raw, 0x40)), struct.unpack_from("<f", raw, 0xA0)[0]

    def score(frame: pd.DataFrame) -> np.ndarray[Any, Any]:
        found: np.ndarray[Any, Any] = 1 / (1 + np.exp(-(frame.to_numpy(dtype="float64") @ weights + bias)))
        return found

    return score, threshold
