"""What numbers mean, in plain words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from mooring_monitor import metrics
from mooring_monitor.report.charts import short

#: (value, group, others) -> sentence.
Meaning = Callable[[float, str, str], str]


def _points(less: str, more: str) -> Meaning:
    """For differences of shares that are positive when the group has less."""

    def said(value: float, group: str, others: str) -> str:
        if abs(value) < 5e-4:
            return f"{group} and {others} are alike in this."
        size = f"{abs(value) * 100:.1f} percentage points"
        return (less if value > 0 else more).format(group=group, others=others, size=size)

    return said


def _inverted(less: str, more: str) -> Meaning:
    """For differences of shares that are negative when the group has less."""
    inner = _points(less, more)
    return lambda value, group, others: inner(-value, group, others)


def _imbalance(value: float, group: str, others: str) -> str:
    return f"{group} are {(1 - value) / 2:.1%} of all rows, {others} {(1 + value) / 2:.1%}."


def _distance(value: float, group: str, others: str) -> str:
    return f"Outcomes of {group} and {others} are distributed {_how_much(value)} (0 would be alike)."


def _impact(value: float, group: str, others: str) -> str:
    if math.isinf(value):
        return f"Only {group} ever get the positive answer."
    rule = " Below 80 it fails the four-fifths rule." if value < 0.8 else ""
    return f"For every 100 positive answers to {others}, {group} get {value * 100:.0f}, numbers being equal.{rule}"


def _conditional(value: float, group: str, others: str) -> str:
    if abs(value) < 5e-4:
        return f"Within the groups of the group variable, {group} are refused as often as {others}."
    word = "larger" if value > 0 else "smaller"
    return (
        f"Within the groups of the group variable, {group} have a share among the refused that is "
        f"{abs(value) * 100:.1f} percentage points {word} than among the accepted."
    )


def _calibrated(what: str) -> Meaning:
    def said(value: float, group: str, others: str) -> str:
        if math.isinf(value):
            return f"One side never gets {what} answers, so that nothing can be compared."
        return f"Observed per predicted {what} outcomes differ by {short(abs(value))} between {group} and {others}."

    return said


def _treatment(value: float, group: str, others: str) -> str:
    if math.isinf(value):
        return "One side has no wrongly accepted row, so that the ratio of mistakes is unbounded."
    if abs(value) < 5e-4:
        return "Both sides have the same ratio of wrongly refused to wrongly accepted."
    word = "more" if value > 0 else "fewer"
    return f"Per wrongly accepted row, {group} have {short(abs(value))} {word} wrongly refused ones than {others}."


def _flips(value: float, group: str, others: str) -> str:
    if abs(value) < 5e-4:
        return f"{group} get the answers that those of {others} most like them get."
    word = "refused more often" if value < 0 else "accepted more often"
    return f"{group} are {word} than those of {others} most like them: a net {abs(value):.1%} of them."


def _entropy(value: float, group: str, others: str) -> str:
    return f"Benefits are spread over single rows with an unevenness of {short(value)} (0 would be even)."


MEANINGS: Final[Mapping[str, Meaning]] = {
    "CI": _imbalance,
    "DPL": _points(
        "{group} have the positive outcome {size} less often than {others}.",
        "{group} have the positive outcome {size} more often than {others}.",
    ),
    "KL": _distance,
    "JS": _distance,
    "LP": _distance,
    "TVD": _distance,
    "KS": _distance,
    "CDDL": _conditional,
    "CDDPL": _conditional,
    "DPPL": _points(
        "{group} get the positive answer {size} less often than {others}.",
        "{group} get the positive answer {size} more often than {others}.",
    ),
    "DI": _impact,
    "DCA": _calibrated("positive"),
    "DCR": _calibrated("negative"),
    "RD": _points(
        "Of those who deserve the positive answer, {group} get it {size} less often than {others}.",
        "Of those who deserve the positive answer, {group} get it {size} more often than {others}.",
    ),
    "SD": _inverted(
        "Of those who deserve the negative answer, {group} get it {size} less often than {others}.",
        "Of those who deserve the negative answer, {group} get it {size} more often than {others}.",
    ),
    "DAR": _points(
        "Positive answers to {group} are right {size} less often than those to {others}.",
        "Positive answers to {group} are right {size} more often than those to {others}.",
    ),
    "DRR": _inverted(
        "Negative answers to {group} are right {size} less often than those to {others}.",
        "Negative answers to {group} are right {size} more often than those to {others}.",
    ),
    "AD": _points(
        "Answers to {group} are right {size} less often than those to {others}.",
        "Answers to {group} are right {size} more often than those to {others}.",
    ),
    "TE": _treatment,
    "FT": _flips,
    "GE": _entropy,
}

#: Verdict -> (sign, word); signs carry the meaning where colours cannot be seen.
VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "ok": ("✓", "OK"),
    "warn": ("!", "Warning"),
    "breach": ("▲", "Breach"),
    "skipped": ("–", "Not judged"),
    "error": ("×", "Error"),
}


def bias_meaning(name: str, value: float, facet: str, group: str) -> str:
    """What a bias metric's value says about the rows whose facet has the group's value."""
    meaning = MEANINGS.get(name)
    if meaning is None:
        return "A metric of your own."
    said = meaning(value, _group_text(facet, group), "the others")
    return said[0].upper() + said[1:]


def _group_text(facet: str, group: str) -> str:
    """A group in words; Clarify writes a threshold as the interval above it."""
    if group.startswith("(") and "," in group:
        return f"rows with {facet} above {group[1:].partition(',')[0]}"
    return f"rows with {facet} = {group}"


def _how_much(value: float) -> str:
    size = abs(value)
    if size < 0.01:
        return "almost alike"
    return "somewhat differently" if size < 0.1 else "differently"


def metric_title(name: str) -> str:
    """A published metric as a caption."""
    known = {
        metrics.ROWS: "Captured rows",
        metrics.LABEL_COVERAGE: "Share of predictions with a label",
        metrics.NDCG: "Ranking of features against the baseline's (NDCG)",
    }
    for prefix, text in ((metrics.drift(""), "Drift of "), (metrics.bias(""), "Bias metric ")):
        if name.startswith(prefix):
            return f"{text}{name.removeprefix(prefix)}"
    return known.get(name, name)
