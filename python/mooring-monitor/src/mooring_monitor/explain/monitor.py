"""The explanations monitor: do the same features drive the predictions as at training?"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from mooring_monitor import metrics as names
from mooring_monitor.explain.documents import explanations_document, global_values
from mooring_monitor.explain.drift import ndcg
from mooring_monitor.explain.live_model import live_model
from mooring_monitor.explain.model import ExplainedModel
from mooring_monitor.explain.reading import model_reader
from mooring_monitor.json_file import Document, read_json
from mooring_monitor.readers.batch import Skips
from mooring_monitor.records import Metric, Violation
from mooring_monitor.watch.monitor import Judgement, TooFew
from mooring_monitor.watch.rows import JoinedRows, joined_rows
from mooring_monitor.watch.run import Run

#: Baseline of the live model (contracts/names.ts liveFiles).
BASELINE = "explanations.json"
#: Clarify's bound below which attributions have drifted.
LEAST_NDCG = 0.9
#: Rows explained per run; more do not change a ranking.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class WindowExplained:
    """Attributions of a window beside those at training."""

    #: Rows that were explained.
    count: int
    document: Mapping[str, Any]
    method: str
    #: Global values by output and feature, at training and now.
    before: Mapping[str, Mapping[str, float]]
    now: Mapping[str, Mapping[str, float]]
    #: Agreement of the two rankings by output; 1 is the baseline's.
    ndcg: Mapping[str, float]

    @property
    def first(self) -> Mapping[str, float]:
        """Global values of the model's first output."""
        return self.now[next(iter(self.now))]


class ExplanationsMonitor:
    """Breach when the ranking of features has changed: NDCG below `monitoring.explanations.min_ndcg` (default 0.9).

    Needs no labels.
    """

    def rows(self, run: Run, skips: Skips) -> JoinedRows:
        """The window's rows."""
        return joined_rows(run, skips)

    def analysis(self, run: Run, rows: JoinedRows) -> WindowExplained | TooFew:
        """Explain the rows with the live model.

        Raises InputError when model or baseline are not there.
        """
        count, least = len(rows.features), run.use_case.min_sample
        if count < least:
            return TooFew(f"Explanations not judged: {count} rows, at least {least} are needed")
        frame = rows.features
        if count > MOST_ROWS:
            frame = frame.iloc[np.sort(np.random.default_rng(0).choice(count, size=MOST_ROWS, replace=False))]
        with tempfile.TemporaryDirectory() as folder:
            archive = live_model(run.baseline, Path(folder), run.sagemaker, run.s3)
            model = ExplainedModel(model_reader(run.read_model)(archive, run.use_case))
        method, before = global_values(read_json(run.baseline / BASELINE, "explanations baseline"))
        document = explanations_document(model.tree_shap(frame))
        _, now = global_values(document)
        scores = {label: ndcg(before[label], now[label]) for label in now if label in before}
        return WindowExplained(len(frame), document, method, before, now, scores)

    def judgement(self, run: Run, analysis: WindowExplained) -> Judgement:
        """Agreement of the rankings against its bound."""
        limit = float((run.use_case.monitoring.get("explanations") or {}).get("min_ndcg", LEAST_NDCG))
        violations = [_violation(label, score, limit) for label, score in analysis.ndcg.items() if score < limit]
        top = ", ".join(sorted(analysis.first, key=lambda name: -analysis.first[name])[:3])
        lowest = min(analysis.ndcg.values())
        summary = f"Attribution NDCG is {lowest:.4f} on {analysis.count:,} rows, led by {top}"
        if violations:
            return Judgement("breach", f"{summary}; at least {limit:g} is asked for", violations)
        return Judgement("ok", summary)

    def metrics(self, run: Run, analysis: WindowExplained) -> Sequence[Metric]:
        """The lowest NDCG, and the global value of every feature."""
        features = [Metric(names.attribution(name), value) for name, value in analysis.first.items()]
        return [Metric(names.NDCG, min(analysis.ndcg.values())), *features]

    def documents(self, run: Run, analysis: WindowExplained, judgement: Judgement) -> Mapping[str, Document]:
        """Clarify's analysis, the drift of the attributions, and violations."""
        drift = {
            "version": "1.0",
            "method": analysis.method,
            "ndcg": analysis.ndcg,
            "baseline": analysis.before,
            "current": analysis.now,
        }
        return {
            "analysis.json": Document(analysis.document),
            "attribution_drift.json": Document(drift),
            "constraint_violations.json": Document({"violations": [each.as_json() for each in judgement.violations]}),
        }


MONITOR: Final = ExplanationsMonitor()


def _violation(label: str, score: float, limit: float) -> Violation:
    text = f"Normalized Discounted Cumulative Gain (nDCG) score {score} doesn't meet the baseline constraint {limit}"
    return Violation("", "feature_attribution_drift_check", text, extra={"label": label})
