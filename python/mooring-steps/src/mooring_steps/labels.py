"""The label as the model learns it: 0 or 1 for binary tasks, a number otherwise."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from mooring_steps.errors import InputError, shorten
from mooring_steps.texts import numbers, text_of
from mooring_steps.use_case import UseCase

CODED: Final = ("0", "1")


def code_labels(use_case: UseCase, texts: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Code label values; NaN where the label is missing.

    Raises InputError when the positive value or any other value does not occur, when a number is not one, or when all
    numbers are equal: nothing can be learnt from such a label.
    """
    if use_case.binary:
        return _binary(use_case, texts)
    values, bad = numbers(texts)
    if bad:
        raise InputError([f"label '{use_case.label}': '{each}' is not a number" for each in bad[:10]])
    if len(np.unique(values[~np.isnan(values)])) < 2:
        raise InputError(f"label '{use_case.label}' is constant, so there is nothing to learn")
    return values


def coded_like(use_case: UseCase, texts: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Code labels of rows that came back as ground truth.

    They are in the raw coding of the data set. Where 0 and 1 do not belong to it ({yes, no}, {1, 2} ...), 0 and 1 are
    understood as coded already, which is how a model's answers are labelled.
    """
    if not use_case.binary:
        values, bad = numbers(texts)
        if bad:
            raise InputError([f"label '{use_case.label}' of labelled rows: '{each}' is not a number" for each in bad])
        return values
    positive = text_of(use_case.positive)
    present = set(texts) - {""}
    coded = present <= set(CODED) and positive not in CODED
    return np.where(texts == "", np.nan, (texts == ("1" if coded else positive)).astype(np.float64))


def _binary(use_case: UseCase, texts: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    positive = text_of(use_case.positive)
    present = sorted(set(texts) - {""})
    if positive not in present:
        raise InputError(
            f"label '{use_case.label}': the positive value '{positive}' does not occur; "
            f"values that do: {shorten(present) or 'none'}. Change dataset.positive or the data"
        )
    if len(present) == 1:
        raise InputError(
            f"label '{use_case.label}' is constant: every row has the positive value '{positive}', "
            "so there is nothing to learn"
        )
    return np.where(texts == "", np.nan, (texts == positive).astype(np.float64))
