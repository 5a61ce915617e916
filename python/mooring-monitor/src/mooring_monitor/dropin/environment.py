"""The environment of Model Monitor's container."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mooring_monitor.errors import InputError
from mooring_monitor.readers.csv_file import Header

Format = Literal["csv", "parquet", "capture", "merged"]
#: Scripts of Model Monitor's users that would have to run inside its own container.
SCRIPTS = ("record_preprocessor_script", "post_analytics_processor_script")


@dataclass(frozen=True)
class Settings:
    """What a job is asked to do."""

    #: The container's /opt/ml.
    root: Path
    source: str
    format: Format
    header: Header
    output: Path
    statistics: Path | None
    constraints: Path | None
    #: Endpoint and schedule whose metrics are left for the service to publish; None for none.
    publish_for: tuple[str, str] | None
    variables: Mapping[str, str]

    @classmethod
    def read(cls, environment: Mapping[str, str], root: Path) -> Settings:
        """Raises InputError listing what is missing or not supported."""
        problems = [
            f"the environment lacks {name}" for name in ("dataset_source", "output_path") if not environment.get(name)
        ]
        problems += [
            f"{name} is not supported; prepare the records in a step before"
            for name in SCRIPTS
            if environment.get(name)
        ]
        kind, header = _format(environment.get("dataset_format", "{}"), problems)
        publish_for = _publish_for(environment, problems)
        if problems:
            raise InputError(problems)
        statistics, constraints = (environment.get(f"baseline_{name}") for name in ("statistics", "constraints"))
        return cls(
            root=root,
            source=environment["dataset_source"],
            format=kind,
            header=header,
            output=Path(environment["output_path"]),
            statistics=Path(statistics) if statistics else None,
            constraints=Path(constraints) if constraints else None,
            publish_for=publish_for,
            variables=environment,
        )


def _format(text: str, problems: list[str]) -> tuple[Format, Header]:
    """Format and header of `dataset_format`, such as {"csv": {"header": true}}."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if isinstance(document, dict):
        if "parquet" in document:
            return "parquet", "auto"
        if "csv" in document:
            options: Any = document["csv"] or {}
            return "csv", "yes" if options.get("header", True) else "no"
        if "sagemakerCaptureJson" in document:
            return "capture", "auto"
        if "sagemakerMergeJson" in document:
            return "merged", "auto"
    problems.append(
        f"dataset_format '{text}' is not supported; it is one of csv, parquet, sagemakerCaptureJson, sagemakerMergeJson"
    )
    return "csv", "auto"


def _publish_for(environment: Mapping[str, str], problems: list[str]) -> tuple[str, str] | None:
    if environment.get("publish_cloudwatch_metrics", "Disabled") != "Enabled":
        return None
    endpoint = environment.get("sagemaker_endpoint_name")
    schedule = environment.get("sagemaker_monitoring_schedule_name")
    if not endpoint or not schedule:
        # Model Monitor's own words.
        problems.append("CloudWatch publishing is available only for jobs from MonitoringSchedules.")
        return None
    return endpoint, schedule
