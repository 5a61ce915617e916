"""Records that the parts of the monitor exchange. All are immutable and carry units in their docstrings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Verdict = Literal["ok", "warn", "breach", "skipped", "error"]
Kind = Literal["data", "quality", "bias", "explanations"]

#: From best to worst; the verdict of many is the worst of them.
VERDICTS: tuple[Verdict, ...] = ("skipped", "ok", "warn", "error", "breach")


#: Reason under which ground truth is counted that cannot be a label of the use case.
INVALID_LABEL = "invalid label"


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict on all of them together; `skipped` when there is none."""
    return max(verdicts, key=VERDICTS.index, default="skipped")


@dataclass(frozen=True)
class Violation:
    """One entry of Model Monitor's constraint_violations.json."""

    feature_name: str
    constraint_check_type: str
    description: str
    #: Further keys of the entry (metric_name, facet, facet_value ...), written as they are.
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The entry as Model Monitor writes it."""
        return {
            "feature_name": self.feature_name,
            "constraint_check_type": self.constraint_check_type,
            "description": self.description,
            **self.extra,
        }


@dataclass(frozen=True)
class Metric:
    """One CloudWatch data point, published at the service's current time."""

    name: str
    value: float
    #: CloudWatch unit: None, Count, Seconds, Percent.
    unit: str = "None"
    #: Dimensions besides Endpoint and MonitoringSchedule.
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Occasion:
    """Where and when a comparison was made; all empty for files at a terminal."""

    use_case: str | None = None
    endpoint: str | None = None
    variant: str | None = None
    schedule: str | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class WatchOutcome:
    """What a monitor found in a window; the watch command publishes and files it."""

    verdict: Verdict
    #: One sentence for people.
    summary: str
    metrics: Sequence[Metric]
    violations: Sequence[Violation] = ()


def iso(time: datetime | None) -> str | None:
    """A time as ISO 8601 with Z for UTC."""
    return time.isoformat().replace("+00:00", "Z") if time else None
