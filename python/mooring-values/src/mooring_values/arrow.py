"""Arrow arrays as canonical texts: what Parquet files and the monitor's batches hold."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from mooring_values.cells import MISSING, text_of


def arrow_texts(array: Any, missing: Collection[str] = MISSING) -> npt.NDArray[np.object_]:
    """Canonical texts of an array of any type, missing values as the empty text; each distinct value is read once.

    Whole numbers stay exact: they never pass through a float, as they would beside missing values in a data frame.
    Raises TypeError for lists and objects.
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        if pa.types.is_nested(array.type):
            raise TypeError(f"{array.type} is not a single value")
        array = array.dictionary_encode()
    values = array.dictionary.to_pylist()
    texts = np.empty(len(values) + 1, dtype=object)
    texts[:-1] = [text_of(each, missing) for each in values]
    texts[-1] = ""
    index = array.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    found: npt.NDArray[np.object_] = texts[index]
    return found
