"""A use case's own preparation: `steps/prepare.py` with `prepare(rows)`, where the raw columns are not the model's yet.

It derives columns and rows from the raw ones (a label that looks ahead, lags of a series) before the configured columns
are kept. What it derives are the features that a request has to bring later; labelled rows from production carry them
already and are not prepared again.
"""

from __future__ import annotations

import importlib.util
import traceback
import zipimport
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from mooring_values.columns import ColumnMeaning

from mooring_steps.errors import InputError, shorten
from mooring_steps.tables import missing_in
from mooring_steps.texts import Table, texts_of

#: Raw rows as canonical texts in, rows with the configured columns out.
Prepare = Callable[[pd.DataFrame], pd.DataFrame]
MODULE: Final = "prepare"
FOLDER: Final = "steps"


def find_prepare(root: Path | None = None) -> Prepare | None:
    """The preparation in the code bundle, zipped or unpacked; None when the use case has none.

    Raises InputError when the module cannot be loaded or has no function `prepare`.
    """
    bundle = Path(__file__).parent.parent if root is None else root
    try:
        spec = _zipped(bundle) if bundle.is_file() else _unpacked(bundle)
        if spec is None or spec.loader is None:
            return None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except Exception as error:
        raise InputError(_fault(error)) from error
    function: Prepare | None = getattr(module, MODULE, None)
    if function is None:
        raise InputError(f"{FOLDER}/{MODULE}.py needs a function {MODULE}(rows) that returns the prepared rows")
    return function


def prepared(
    prepare: Prepare,
    raw: Table,
    required: Sequence[str],
    optional: Sequence[str],
    meanings: Mapping[str, ColumnMeaning] | None = None,
) -> Table:
    """Apply a preparation and keep the configured columns.

    Raises InputError when it fails, makes no data frame or not all columns, or leaves no row.
    """
    try:
        frame = prepare(pd.DataFrame(raw))
    except Exception as error:
        raise InputError(_fault(error)) from error
    if not isinstance(frame, pd.DataFrame):
        raise InputError(f"{FOLDER}/{MODULE}.py returns a {type(frame).__name__}; allowed: a pandas DataFrame")
    missing = [name for name in required if name not in frame]
    if missing:
        raise InputError(f"{FOLDER}/{MODULE}.py makes no column {shorten(missing)}, which use-case.yaml lists")
    if frame.empty:
        raise InputError(f"{FOLDER}/{MODULE}.py leaves no row of {len(next(iter(raw.values())))}")
    absent = np.full(len(frame), "", dtype=object)
    return {
        name: texts_of(frame[name], missing_in(meanings or {}, name)) if name in frame else absent
        for name in [*required, *optional]
    }


def _fault(error: Exception) -> str:
    """What is wrong in the use case's own code, and in which line of it: the frames around it are of no help."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.replace("\\", "/").endswith(f"/{FOLDER}/{MODULE}.py")
    ]
    line = error.lineno if isinstance(error, SyntaxError) else own[-1].lineno if own else None
    where = f"{FOLDER}/{MODULE}.py" + (f", line {line}" if line is not None else "")
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    hint = "; nothing is installed at run time, so use what the image has" if isinstance(error, ImportError) else ""
    return f"{where}: {type(error).__name__}: {text}{hint}"


def _zipped(bundle: Path) -> Any:
    try:
        return zipimport.zipimporter(f"{bundle}/{FOLDER}").find_spec(MODULE)
    except zipimport.ZipImportError:
        return None


def _unpacked(bundle: Path) -> Any:
    path = bundle / FOLDER / f"{MODULE}.py"
    return importlib.util.spec_from_file_location(MODULE, path) if path.is_file() else None
