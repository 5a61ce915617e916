"""A window against a baseline: everything between the readers and the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mooring_monitor.drift import Plan, judge, plans
from mooring_monitor.drift_report import Findings, Occasion, report_document
from mooring_monitor.json_file import write_json
from mooring_monitor.profile.constraints import Constraints, read_constraints
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import Statistics, read_statistics, statistics_document, statistics_of
from mooring_monitor.readers.batch import Skips
from mooring_monitor.row_sample import RowSample, read_sample
from mooring_monitor.use_case import UseCase
from mooring_monitor.violations import find_violations

DEFAULT_MIN_SAMPLE: Final = 50


@dataclass(frozen=True)
class Baseline:
    """What a window is compared with."""

    statistics: Statistics
    constraints: Constraints
    plans: list[Plan]
    sample: RowSample | None

    @classmethod
    def read(cls, folder: Path, use_case: UseCase | None) -> Baseline:
        """Read the files of a baseline folder and plan the comparison.

        Raises InputError when they are missing, unreadable, or do not fit the use case.
        """
        statistics = read_statistics(folder / "statistics.json")
        constraints = read_constraints(folder / "constraints.json")
        return cls(statistics, constraints, plans(statistics, constraints, use_case), read_sample(folder))

    @property
    def joint_features(self) -> list[str]:
        """Features that the classifier looks at together; their rows must be sampled."""
        return [each.name for each in self.plans if each.detector is not None and each.detector.name == "classifier"]


def compare(
    baseline: Baseline,
    profile: DatasetProfile,
    skips: Skips,
    use_case: UseCase | None,
    occasion: Occasion,
    sample: RowSample | None = None,
) -> Findings:
    """All findings of a window."""
    current = statistics_of(profile)
    min_sample = use_case.min_sample if use_case else DEFAULT_MIN_SAMPLE
    samples = (baseline.sample, sample) if baseline.sample is not None and sample is not None else None
    drift = judge(baseline.statistics, current, baseline.plans, min_sample, samples)
    violations = find_violations(profile, baseline.constraints, drift)
    return Findings(occasion, baseline.statistics, current, drift, violations, skips)


def write_findings(findings: Findings, profile: DatasetProfile, output: Path) -> dict[str, Any]:
    """Write statistics.json, constraint_violations.json and drift_report.json; returns the report."""
    report = report_document(findings)
    write_json(output / "statistics.json", statistics_document(profile), indent=None)
    write_json(output / "constraint_violations.json", {"violations": report["violations"]})
    write_json(output / "drift_report.json", report)
    return report
