"""Quality of predictions against labels, and its violations of a baseline: analysis_type MODEL_QUALITY."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from mooring_use_case.use_case import parse_use_case

from mooring_monitor.dropin.environment import Settings
from mooring_monitor.dropin.job import COMPLETED, write_violations
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.quality.analysis import Predicted, analyse_quality
from mooring_monitor.quality.documents import as_model_monitor

TASKS = {"BinaryClassification": "binary", "MulticlassClassification": "multiclass", "Regression": "regression"}


def model_quality(settings: Settings) -> str:
    """Write the files and return the job's message."""
    environment = settings.variables
    problem = environment.get("problem_type", "")
    if problem not in TASKS:
        raise InputError(f"problem_type '{problem}' is not one of {', '.join(TASKS)}")
    if settings.format not in ("csv", "parquet"):
        raise InputError("model quality reads csv and parquet; join captures and labels with `mooring-monitor join`")
    frame = _frame(settings)
    label = _column(frame, environment, "ground_truth_attribute")
    inference = _column(frame, environment, "inference_attribute", optional=True)
    probability = _column(frame, environment, "probability_attribute", optional=True)
    if label is None or (inference is None and probability is None):
        raise InputError("model quality needs ground_truth_attribute, and inference_attribute or probability_attribute")
    given = environment.get("probability_threshold_attribute")
    threshold = float(given) if given else (0.5 if inference is None else None)
    columns = [name for name in (label, inference, probability) if name is not None]
    predicted = Predicted(
        features=frame.drop(columns=columns),
        labels=frame[label],
        predictions=frame[inference] if inference is not None else pd.Series([None] * len(frame)),
        scores=frame[probability] if probability is not None else None,
    )
    use_case = parse_use_case(
        {
            "name": "check",
            "task": TASKS[problem],
            "dataset": {"columns": [{"name": label, "type": "number"}], "label": label},
            "gates": {"quality": {"metric": "accuracy"}} if problem != "Regression" else {},
        }
    )
    quality = analyse_quality(predicted, use_case, threshold)
    write_json(settings.output / "statistics.json", quality.statistics())
    write_json(settings.output / "constraints.json", quality.constraints())
    if settings.constraints is None:
        return COMPLETED
    violations = quality.violations(read_json(settings.constraints, "quality constraints"))
    return write_violations(settings.output, [as_model_monitor(each) for each in violations])


def _frame(settings: Settings) -> pd.DataFrame:
    path = Path(settings.source)
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    if not files:
        raise InputError(f"no files in {path}")
    if settings.format == "parquet":
        return pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    header = None if settings.header == "no" else 0
    frame = pd.concat([pd.read_csv(file, header=header) for file in files], ignore_index=True)
    # Model Monitor calls the columns of a file without header _c0, _c1 ...
    return frame.rename(columns=lambda name: f"_c{name}" if isinstance(name, int) else str(name))


def _column(frame: pd.DataFrame, environment: Mapping[str, str], attribute: str, optional: bool = False) -> str | None:
    name = environment.get(attribute)
    if not name:
        if optional:
            return None
        raise InputError(f"{attribute} is not given")
    if name in frame.columns:
        return name
    if name.isdigit() and int(name) < len(frame.columns):
        return str(frame.columns[int(name)])
    raise InputError(f"{attribute} '{name}' is no column of the data; there are: {', '.join(frame.columns)}")
