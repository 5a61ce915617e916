"""The data monitor: features and answers of a window against the live baseline, read part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mooring_monitor import metrics
from mooring_monitor.answers import prediction_of
from mooring_monitor.drift.comparison import Baseline, compare, findings_documents
from mooring_monitor.drift.findings import Findings, summary
from mooring_monitor.drift.predictions import FILE as ANSWERS_FILE
from mooring_monitor.drift.predictions import PredictionBaseline, add_answers, answers_profile, prediction_drift
from mooring_monitor.drift.row_sample import RowSample
from mooring_monitor.json_file import Document
from mooring_monitor.profile.dataset_profile import DatasetProfile
from mooring_monitor.profile.statistics import statistics_document
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.window import BEFORE_LIVE
from mooring_monitor.records import Metric
from mooring_monitor.watch.monitor import Judgement
from mooring_monitor.watch.run import Run


@dataclass(frozen=True)
class WindowProfile:
    """What has been counted of a window's rows; the rows themselves are not kept."""

    baseline: Baseline
    features: DatasetProfile
    answers: DatasetProfile
    sample: RowSample | None
    skips: Skips
    #: The summary of the findings mentions rows that were left out by itself.
    remark: str = ""

    @property
    def captured(self) -> int:
        """Rows that the window holds: those of an earlier version are no gap in the capture."""
        return self.features.rows + self.skips.notes.get(BEFORE_LIVE, 0)


@dataclass(frozen=True)
class Compared:
    """A window beside its baseline."""

    findings: Findings
    profile: WindowProfile


class DataMonitor:
    """Statistics, constraints and drift of features and answers."""

    def rows(self, run: Run, skips: Skips) -> WindowProfile:
        """Count the window's rows part by part: memory does not grow with them."""
        use_case = run.use_case
        baseline = Baseline.read(run.baseline, use_case)
        joint = baseline.joint_features
        sample = RowSample(joint, meanings=use_case.meanings) if joint else None
        found = WindowProfile(baseline, DatasetProfile.of_use_case(use_case), answers_profile(use_case), sample, skips)
        for part in run.parts(skips):
            batch = part.batch()
            found.features.add(batch)
            pairs = [prediction_of(each, use_case.task) for each in part.answers]
            add_answers(found.answers, [label for label, _ in pairs], [score for _, score in pairs])
            if sample is not None:
                sample.add(batch)
        return found

    def analysis(self, run: Run, rows: WindowProfile) -> Compared:
        """Compare with the baseline, the answers with those on the test set."""
        use_case = run.use_case
        findings = compare(rows.baseline, rows.features, rows.skips, use_case, run.occasion, rows.sample)
        known = PredictionBaseline.read(run.baseline, use_case)
        return Compared(prediction_drift(findings, rows.answers, known, use_case), rows)

    def judgement(self, run: Run, analysis: Compared) -> Judgement:
        """The worst of all features, answers and checks."""
        findings = analysis.findings
        return Judgement(findings.verdict, summary(findings), findings.violations)

    def metrics(self, run: Run, analysis: Compared) -> Sequence[Metric]:
        """Completeness and means of the features, and drift of every judged one."""
        return feature_metrics(analysis.findings)

    def documents(self, run: Run, analysis: Compared, judgement: Judgement) -> Mapping[str, Document]:
        """Statistics of features and answers, violations, and the drift report."""
        return {
            **findings_documents(analysis.findings, analysis.profile.features),
            ANSWERS_FILE: Document(statistics_document(analysis.profile.answers), compact=True),
        }


MONITOR: Final = DataMonitor()


def feature_metrics(findings: Findings) -> list[Metric]:
    """Completeness, missing values and means of the features, drift of every judged one; none without rows."""
    if findings.current.rows == 0:
        return []
    published = []
    for name, feature in findings.current.features.items():
        if name not in findings.baseline.features:
            continue
        published.append(Metric(metrics.non_null(name), feature.completeness))
        if feature.numbers is not None:
            published.append(Metric(metrics.data(name), feature.numbers.mean))
    for result in (*findings.features, *findings.predictions):
        if result.published is not None:
            published.append(Metric(metrics.drift(result.name), result.published))
    published += [Metric(metrics.missing(name), share) for name, share in findings.missing.items()]
    return published
