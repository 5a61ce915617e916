"""The recorded Clarify run on the adult sample: baseline metrics, then the violations of one captured record."""

from __future__ import annotations

import ast
import json
import math
import re
from typing import Any

import pandas as pd
import pytest
from linear_learner import FEATURES, RECORDED, linear_learner
from mooring_monitor.bias.analysis import BiasData, analyse, metric_values
from mooring_monitor.bias.selection import Outcome
from mooring_monitor.bias.violations import as_clarify, bias_drift
from mooring_use_case.use_case import UseCase, parse_use_case

# The walkthrough sent the same request over and over; the recorded flip test shows at least three in the window.
REPEATED = 4

pytestmark = [
    pytest.mark.parity,
    pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded outputs (../shared/parity) are not here"),
]


@pytest.fixture(scope="module")
def adult() -> UseCase:
    columns = [{"name": name, "type": "integer"} for name in [*FEATURES, "Target"]]
    return parse_use_case(
        {
            "name": "adult",
            "task": "binary",
            "dataset": {"columns": columns, "label": "Target", "positive": 1},
            "fairness": {"facets": [{"name": "Sex", "disadvantaged": 0}], "group_variable": "Age"},
        }
    )


@pytest.fixture(scope="module")
def baseline() -> dict[str, Any]:
    text = (RECORDED / "cell72_output.txt").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text[text.index("{") :])
    return document


@pytest.fixture(scope="module")
def validation() -> BiasData:
    instances = json.loads((RECORDED / "validation-dataset.json").read_text(encoding="utf-8"))["instances"]
    frame = pd.DataFrame([each["features"] for each in instances], columns=FEATURES)
    score, threshold = linear_learner()
    scores = score(frame)
    frame["Target"] = [each["label"] for each in instances]
    return BiasData(frame, Outcome(value=1), pd.Series((scores > threshold).astype(int)))


@pytest.fixture(scope="module")
def captured() -> BiasData:
    text = (RECORDED / "cell90_output.txt").read_text(encoding="utf-8")
    record = json.loads(text[text.index("{") :])
    inputs = json.loads(record["captureData"]["endpointInput"]["data"])["instances"]
    answers = json.loads(record["captureData"]["endpointOutput"]["data"])["predictions"]
    frame = pd.DataFrame([each["features"] for each in inputs], columns=FEATURES)
    frame["Target"] = [each["label"] for each in json.loads(record["groundTruthData"]["data"])["instances"]]
    predicted = pd.Series([each["predicted_label"] for each in answers])
    return BiasData(
        pd.concat([frame] * REPEATED, ignore_index=True),
        Outcome(value=1),
        pd.concat([predicted] * REPEATED, ignore_index=True),
    )


def describe(document: dict[str, Any], stage: str) -> dict[str, str]:
    (report,) = document[f"{stage}_bias_metrics"]["facets"]["Sex"]
    return {metric["name"]: metric["description"] for metric in report["metrics"]}


@pytest.mark.parametrize("stage", ["pre_training", "post_training"])
def test_every_recorded_metric_is_reproduced(adult: UseCase, validation: BiasData, baseline: Any, stage: Any) -> None:
    computed = analyse(validation, adult, [stage])
    expected = metric_values(baseline, stage)
    assert metric_values(computed, stage) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert len(expected) == (8 if stage == "pre_training" else 13)
    assert describe(computed, stage) == describe(baseline, stage)
    assert computed[f"{stage}_bias_metrics"]["label_value_or_threshold"] == "1"


def test_recorded_violations_are_found_and_no_others(adult: UseCase, captured: BiasData, baseline: Any) -> None:
    recorded = ast.literal_eval((RECORDED / "cell94_output.txt").read_text(encoding="utf-8"))["violations"]
    current = analyse(captured, adult, ["post_training"])
    found = [as_clarify(each) for each in bias_drift(current, baseline)]
    assert [without_digits(each) for each in found] == [without_digits(each) for each in recorded]
    # Sums over rows and over groups (GE, CDDPL) end in other last digits; everything else is equal to the last one.
    assert [numbers(each) for each in found] == [pytest.approx(numbers(each), rel=1e-14) for each in recorded]
    exact = [each["metric_name"] for each, other in zip(found, recorded, strict=True) if each == other]
    assert len(exact) >= len(recorded) - 2


def test_recorded_values_give_the_recorded_texts(baseline: Any) -> None:
    recorded = ast.literal_eval((RECORDED / "cell94_output.txt").read_text(encoding="utf-8"))["violations"]
    current = json.loads(json.dumps(baseline))
    (report,) = current["post_training_bias_metrics"]["facets"]["Sex"]
    values = {each["metric_name"]: re.findall(r"value (\S+)", each["description"])[0] for each in recorded}
    for metric in report["metrics"]:
        value = values.get(metric["name"])
        metric["value"] = metric["value"] if value is None else value if value == "Infinity" else float(value)
    assert [as_clarify(each) for each in bias_drift(current, baseline)] == recorded


def test_rule_by_distance_from_fairness_also_reports_the_fallen_disparate_impact(
    adult: UseCase, captured: BiasData, baseline: Any
) -> None:
    current = analyse(captured, adult, ["post_training"])
    by_clarify = {each.extra["metric_name"] for each in bias_drift(current, baseline)}
    by_distance = {each.extra["metric_name"] for each in bias_drift(current, baseline, rule="ideal")}
    assert by_distance - by_clarify == {"DI"}
    assert metric_values(current, "post_training")["Sex", "0", "DI"] == pytest.approx(0.0831168831)


def numbers(violation: dict[str, Any]) -> list[float]:
    return [
        float(text.replace("Infinity", "inf")) for text in re.findall(r"-?\d+\.\d+|Infinity", violation["description"])
    ]


def without_digits(violation: dict[str, Any]) -> dict[str, Any]:
    return {**violation, "description": re.sub(r"-?\d+\.\d+|Infinity", "#", violation["description"])}


def test_infinity_is_written_as_text(adult: UseCase, captured: BiasData) -> None:
    document = analyse(captured, adult, ["post_training"])
    (report,) = document["post_training_bias_metrics"]["facets"]["Sex"]
    assert next(each["value"] for each in report["metrics"] if each["name"] == "TE") == "Infinity"
    assert math.isinf(metric_values(document, "post_training")["Sex", "0", "TE"])
