"""analysis.json with explanations in Clarify's format, and the tables beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mooring_monitor.errors import InputError
from mooring_monitor.explain.attributions import Aggregate, Attributions, Method

VERSION = "1.0"


def explanations_document(outputs: Sequence[Attributions], aggregate: Aggregate = "mean_abs") -> dict[str, Any]:
    """analysis.json: per output of the model (``label0``, ``label1`` ...) global SHAP values and the expected value.

    The key of the method is Clarify's ``kernel_shap``, or ``tree_shap``, which Clarify does not have.
    """
    if not outputs:
        raise InputError("the model has no output to explain")
    labels = {
        f"label{index}": {"global_shap_values": each.global_values(aggregate), "expected_value": each.expected}
        for index, each in enumerate(outputs)
    }
    first = outputs[0]
    settings = {"unit": first.unit, "aggregate": aggregate, "rows": len(first.values)}
    return {"version": VERSION, "explanations": {first.method: labels}, "settings": settings}


def global_values(document: Mapping[str, Any]) -> tuple[Method, dict[str, dict[str, float]]]:
    """Method and global values by output of an analysis.json.

    Raises InputError when it holds no explanations.
    """
    for method, labels in document.get("explanations", {}).items():
        if method in ("tree_shap", "kernel_shap"):
            return method, {name: dict(each["global_shap_values"]) for name, each in labels.items()}
    raise InputError("the document holds no explanations (explanations.kernel_shap or explanations.tree_shap)")


def write_local_values(folder: Path, outputs: Sequence[Attributions]) -> None:
    """explanations_shap/out.csv: one row per prediction, one column per feature and output, as Clarify names them."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = {
        f"{name}_label{index}": each.values[:, position]
        for index, each in enumerate(outputs)
        for position, name in enumerate(each.features)
    }
    pd.DataFrame(columns).to_csv(folder / "out.csv", index=False, lineterminator="\n")
