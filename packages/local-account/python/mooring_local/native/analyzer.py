"""Stand-in for the image sagemaker-model-monitor-analyzer: baselines and checks of data and model quality.

Reads the environment that Model Monitor's container reads (`dataset_source`, `dataset_format`, `output_path`,
`baseline_statistics`, `baseline_constraints`, `analysis_type` and the attributes of model quality) and writes the files
it writes: statistics.json, constraints.json and, with a baseline, constraint_violations.json.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from mooring_monitor.drift.comparison import Baseline, compare
from mooring_monitor.drift.judge import plans
from mooring_monitor.drift.report import report_document
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.profile.constraints import constraints_document, read_constraints
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import read_statistics, statistics_document
from mooring_monitor.quality.analysis import Predicted, analyse_quality
from mooring_monitor.quality.documents import as_model_monitor
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.csv_file import Header
from mooring_monitor.readers.data import read_batches
from mooring_monitor.records import Occasion
from mooring_use_case.use_case import parse_use_case

from mooring_local.native.report import COMPLETED, guarded, write_violations

TASKS = {"BinaryClassification": "binary", "MulticlassClassification": "multiclass", "Regression": "regression"}


@dataclass(frozen=True)
class Settings:
    """The container's contract, read from its environment."""

    source: str
    format: str
    header: Header
    output: Path
    statistics: Path | None
    constraints: Path | None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Raises InputError for what is missing or not supported."""
        kind, header = _format(environment.get("dataset_format", "{}"))
        for name in ("record_preprocessor_script", "post_analytics_processor_script"):
            if environment.get(name):
                raise InputError(f"{name} is not supported in the local account")
        statistics, constraints = (environment.get(f"baseline_{name}") for name in ("statistics", "constraints"))
        return cls(
            source=_needed(environment, "dataset_source"),
            format=kind,
            header=header,
            output=Path(_needed(environment, "output_path")),
            statistics=Path(statistics) if statistics else None,
            constraints=Path(constraints) if constraints else None,
        )


def main(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Runs the analysis that the environment asks for; 1 when the input is at fault."""
    return guarded(argv, lambda _root: _run(environment))


def _run(environment: Mapping[str, str]) -> str:
    settings = Settings.read(environment)
    if environment.get("analysis_type") == "MODEL_QUALITY":
        return _model_quality(settings, environment)
    return _data_quality(settings)


def _data_quality(settings: Settings) -> str:
    skips = Skips()
    profile = DatasetProfile.of_use_case(None)
    for batch in read_batches([settings.source], settings.format, [], skips, settings.header):
        profile.add(batch)
    if profile.rows == 0:
        raise InputError(f"no rows in {settings.source}")
    write_json(settings.output / "statistics.json", statistics_document(profile), indent=None)
    write_json(settings.output / "constraints.json", constraints_document(profile))
    if settings.statistics is None or settings.constraints is None:
        return COMPLETED
    statistics, constraints = read_statistics(settings.statistics), read_constraints(settings.constraints)
    baseline = Baseline(statistics, constraints, plans(statistics, constraints, None), None)
    findings = compare(baseline, profile, skips, None, Occasion())
    return write_violations(settings.output, report_document(findings)["violations"])


def _model_quality(settings: Settings, environment: Mapping[str, str]) -> str:
    problem = environment.get("problem_type", "")
    if problem not in TASKS:
        raise InputError(f"problem_type '{problem}' is not one of {', '.join(TASKS)}")
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


def _format(text: str) -> tuple[str, Header]:
    document = json.loads(text)
    if "parquet" in document:
        return "parquet", "auto"
    if "csv" in document:
        return "csv", "yes" if document["csv"].get("header", True) else "no"
    raise InputError(f"dataset_format {text} is not supported in the local account; it reads csv and parquet")


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise InputError(f"the environment lacks {name}")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
