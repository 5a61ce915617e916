"""A window against a baseline: everything between the readers and the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mooring_use_case.use_case import UseCase

from mooring_monitor.drift.completeness import shortfall
from mooring_monitor.drift.findings import Findings
from mooring_monitor.drift.judge import Plan, judge, plans
from mooring_monitor.drift.report import report_document
from mooring_monitor.drift.row_sample import RowSample, read_sample
from mooring_monitor.drift.violations import as_model_monitor, find_violations
from mooring_monitor.json_file import Document
from mooring_monitor.profile.constraints import Constraints, read_constraints
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import Statistics, read_statistics, statistics_document, statistics_of
from mooring_monitor.readers.batch import Skips
from mooring_monitor.records import Occasion

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


def _shortfall(name: str, current: Statistics, baseline: Baseline) -> float:
    """Share of the rows that lack a feature beyond what the baseline lets expect; a column may be gone altogether."""
    feature = current.features.get(name)
    rows, present = (current.rows, 0) if feature is None else (feature.rows, feature.present)
    known = baseline.statistics.features[name]
    return shortfall(rows, rows - present, baseline.constraints.features.get(name), known)


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
    drift = judge(baseline.statistics, current, baseline.plans, min_sample, samples, baseline.constraints)
    violations = find_violations(profile, baseline.constraints, drift, baseline.statistics)
    missing = {name: _shortfall(name, current, baseline) for name in baseline.statistics.features}
    return Findings(occasion, baseline.statistics, current, drift, violations, skips, missing)


def findings_documents(findings: Findings, profile: DatasetProfile) -> dict[str, Document]:
    """statistics.json, constraint_violations.json and drift_report.json."""
    report = report_document(findings)
    return {
        "statistics.json": Document(statistics_document(profile), compact=True),
        "constraint_violations.json": Document({"violations": as_model_monitor(findings.violations)}),
        "drift_report.json": Document(report),
    }
