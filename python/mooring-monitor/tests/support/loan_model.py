"""A small trained model, as the pipeline would write it."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pandas as pd
import xgboost
from loan_samples import loan_document
from mooring_steps.texts import texts_of
from mooring_steps.transform import Transform
from mooring_steps.use_case import parse_use_case


def write_artefact(folder: Path, frame: pd.DataFrame, archive: bool = False, **changes: Any) -> Path:
    """Train on the sample loans and write model.json, transform.json, decision.json and use-case.json."""
    document = loan_document(**changes)
    document["dataset"]["columns"] = [{"nullable": True, **each} for each in document["dataset"]["columns"]]
    use_case = parse_use_case(document)
    table = {each.name: texts_of(frame[each.name]) for each in use_case.features}
    transform = Transform.fit(use_case.features, table)
    data = xgboost.DMatrix(transform.apply(table), label=frame["good"].to_numpy())
    objective = "binary:logistic" if use_case.task == "binary" else "reg:squarederror"
    booster = xgboost.train({"objective": objective, "max_depth": 3, "seed": 1, "nthread": 1}, data, 20)
    folder.mkdir(parents=True, exist_ok=True)
    booster.save_model(folder / "model.json")
    threshold = 0.5 if use_case.task == "binary" else None
    for name, content in {
        "transform.json": transform.to_json(),
        "decision.json": {"threshold": threshold},
        "use-case.json": document,
    }.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    if not archive:
        return folder
    with tarfile.open(folder.parent / "model.tar.gz", "w:gz") as tar:
        for path in sorted(folder.iterdir()):
            tar.add(path, path.name)
    return folder.parent / "model.tar.gz"
