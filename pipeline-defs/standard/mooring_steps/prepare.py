"""A use case's own preparation: `steps/prepare.py` with `prepare(rows)`, where the raw columns are not the model's yet.

It derives columns and rows from the raw ones (a label that looks ahead, lags of a series) before the configured columns
are kept. What it derives are the features that a request has to bring later; labelled rows from production carry them
already and are not prepared again.
"""

from __future__ import annotations

import importlib.util
import zipimport
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from mooring_steps.errors import InputError, shorten
from mooring_steps.texts import Table, texts_of

#: Raw rows as canonical texts in, rows with the configured columns out.
Prepare = Callable[[pd.DataFrame], pd.DataFrame]
MODULE: Final = "prepare"
FOLDER: Final = "steps"


def find_prepare(root: Path | None = None) -> Prepare | None:
    """The preparation in the code bundle, zipped or unpacked; None when the use case has none.

    Raises InputError when the module has no function `prepare`.
    """
    bundle = Path(__file__).parent.parent if root is None else root
    spec = _zipped(bundle) if bundle.is_file() else _unpacked(bundle)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Prepare | None = getattr(module, MODULE, None)
    if function is None:
        raise InputError(f"{FOLDER}/{MODULE}.py needs a function {MODULE}(rows) that returns the prepared rows")
    return function


def prepared(prepare: Prepare, raw: Table, required: Sequence[str], optional: Sequence[str]) -> Table:
    """Apply a preparation and keep the configured columns. Raises InputError when one is not made or no row is left."""
    frame = prepare(pd.DataFrame(raw))
    missing = [name for name in required if name not in frame]
    if missing:
        raise InputError(f"{FOLDER}/{MODULE}.py makes no column {shorten(missing)}, which use-case.yaml lists")
    if frame.empty:
        raise InputError(f"{FOLDER}/{MODULE}.py leaves no row of {len(next(iter(raw.values())))}")
    absent = np.full(len(frame), "", dtype=object)
    return {name: texts_of(frame[name]) if name in frame else absent for name in [*required, *optional]}


def _zipped(bundle: Path) -> Any:
    try:
        return zipimport.zipimporter(f"{bundle}/{FOLDER}").find_spec(MODULE)
    except zipimport.ZipImportError:
        return None


def _unpacked(bundle: Path) -> Any:
    path = bundle / FOLDER / f"{MODULE}.py"
    return importlib.util.spec_from_file_location(MODULE, path) if path.is_file() else None
