"""The scheduled explanations monitor: do the same features drive the predictions as at training?"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from mooring_monitor import metrics as names
from mooring_monitor.explain.documents import explanations_document, global_values
from mooring_monitor.explain.drift import ndcg
from mooring_monitor.explain.live_model import live_model
from mooring_monitor.explain.model import ExplainedModel
from mooring_monitor.json_file import read_json, write_json
from mooring_monitor.records import Metric, Violation, WatchOutcome, WatchWindow

#: Baseline of the live model (contracts/names.ts liveFiles).
BASELINE = "explanations.json"
#: Clarify's bound below which attributions have drifted.
LEAST_NDCG = 0.9
#: Rows explained per run; more do not change a ranking.
MOST_ROWS = 10_000


def watch(window: WatchWindow, sagemaker: Any = None, s3: Any = None) -> WatchOutcome:
    """Explain the window's rows with the live model and compare the ranking of features with the baseline's.

    Breach when NDCG falls below ``monitoring.explanations.min_ndcg`` (default 0.9). Needs no ground truth. Writes
    analysis.json, attribution_drift.json and constraint_violations.json to the window's output. Raises InputError when
    model or baseline are not there.
    """
    rows = len(window.features)
    if rows < window.use_case.min_sample:
        least = window.use_case.min_sample
        return WatchOutcome("skipped", f"Explanations not judged: {rows} rows, at least {least} are needed", [])
    frame = window.features
    if rows > MOST_ROWS:
        frame = frame.iloc[np.sort(np.random.default_rng(0).choice(rows, size=MOST_ROWS, replace=False))]
    with tempfile.TemporaryDirectory() as folder:
        model = ExplainedModel.load(live_model(window.baseline, Path(folder), sagemaker, s3))
    before = read_json(window.baseline / BASELINE, "explanations baseline")
    method, old = global_values(before)
    document = explanations_document(model.tree_shap(frame))
    _, new = global_values(document)
    scores = {label: ndcg(old[label], new[label]) for label in new if label in old}
    worst = min(scores.values())
    limit = float((window.use_case.monitoring.get("explanations") or {}).get("min_ndcg", LEAST_NDCG))
    violations = [_violation(label, score, limit) for label, score in scores.items() if score < limit]
    write_json(window.output / "analysis.json", document)
    drift = {"version": "1.0", "method": method, "ndcg": scores, "baseline": old, "current": new}
    write_json(window.output / "attribution_drift.json", drift)
    write_json(window.output / "constraint_violations.json", {"violations": [each.as_json() for each in violations]})
    first = new[next(iter(new))]
    top = ", ".join(sorted(first, key=lambda name: -first[name])[:3])
    said = f"Attribution NDCG is {worst:.4f} on {len(frame):,} rows, led by {top}"
    published = [Metric(names.NDCG, worst), *(Metric(names.attribution(name), value) for name, value in first.items())]
    if violations:
        return WatchOutcome("breach", f"{said}; at least {limit:g} is asked for", published, violations)
    return WatchOutcome("ok", said, published)


def _violation(label: str, score: float, limit: float) -> Violation:
    text = f"Normalized Discounted Cumulative Gain (nDCG) score {score} doesn't meet the baseline constraint {limit}"
    return Violation("", "feature_attribution_drift_check", text, extra={"label": label})
