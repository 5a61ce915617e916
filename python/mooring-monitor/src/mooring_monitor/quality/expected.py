"""The quality a binary model should have if its scores mean what they did at training: what the data lets expect.

A score p says that p of such rows are positive. While the concept holds, the expected confusion matrix of a window is
therefore the sum of p and 1 - p over its rows, without any label (confidence-based performance estimation; source:
NannyML's documentation, "How it works: CBPE"). Data drift moves this expectation; a change of concept does not, and
shows as a gap between it and what the labels say. The scores are taken as calibrated.
"""

from __future__ import annotations

import numpy as np

from mooring_monitor.quality.binary import share
from mooring_monitor.quality.outcomes import Outcomes


def expected_quality(outcomes: Outcomes) -> dict[str, float]:
    """Expected accuracy, precision, recall and f1 from the scores; empty when there are none or they are no shares."""
    scores = outcomes.scores
    if scores is None or len(scores) == 0 or float(np.min(scores)) < 0 or float(np.max(scores)) > 1:
        return {}
    positive = outcomes.predicted == 1
    hits, misses = float(scores[positive].sum()), float(scores[~positive].sum())
    false_alarms, rejections = float((1 - scores[positive]).sum()), float((1 - scores[~positive]).sum())
    return {
        "accuracy": share(hits + rejections, len(scores)),
        "precision": share(hits, hits + false_alarms),
        "recall": share(hits, hits + misses),
        "f1": share(2 * hits, 2 * hits + false_alarms + misses),
    }
