"""What the monitor shares with the TypeScript side: metric names, detectors, the schema of the drift report."""

from __future__ import annotations

import json
import re
from pathlib import Path

from mooring_monitor import metrics
from mooring_monitor.drift.detectors import DETECTORS
from mooring_monitor.records import Kind

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "contracts/metrics.ts").read_text()


def block(name: str) -> str:
    found = re.search(rf"export const {name}\b[^=]*= \{{(.*?)\}}( as const)?;", SOURCE, re.DOTALL)
    assert found, name
    return found[1]


def pairs(name: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+): '([^']+)'", block(name)))


class TestMetricNames:
    def test_namespaces_are_the_contracts(self) -> None:
        kinds: tuple[Kind, ...] = ("data", "quality", "bias", "explanations")
        assert pairs("metricNamespaces") == {kind: metrics.NAMESPACES[kind] for kind in kinds}

    def test_dimensions_are_the_contracts(self) -> None:
        assert pairs("metricDimensions") == {
            "endpoint": metrics.DIMENSION_ENDPOINT,
            "schedule": metrics.DIMENSION_SCHEDULE,
        }

    def test_names_are_the_contracts(self) -> None:
        templates = dict(re.findall(r"(\w+): \(\w+: string\) => `([^`]+)`", block("metricNames")))
        ours = {
            "drift": metrics.drift("x"),
            "nonNull": metrics.non_null("x"),
            "missing": metrics.missing("x"),
            "data": metrics.data("x"),
            "bias": metrics.bias("x"),
            "attribution": metrics.attribution("x"),
        }
        assert {name: re.sub(r"\$\{\w+\}", "x", text) for name, text in templates.items()} == ours
        constants = {
            "rows": metrics.ROWS,
            "runs": metrics.RUNS,
            "labelCoverage": metrics.LABEL_COVERAGE,
            "labelLag": metrics.LABEL_LAG,
            "ndcg": metrics.NDCG,
        }
        # Other names there are published by functions.
        assert pairs("metricNames").items() >= constants.items()

    def test_infinity_is_the_contracts(self) -> None:
        found = re.search(r"metricInfinity = ([0-9.e]+);", SOURCE)
        assert found
        assert float(found[1]) == metrics.INFINITY


class TestDetectors:
    def test_names_are_those_a_use_case_may_give(self) -> None:
        source = (ROOT / "packages/use-case/src/drift-detectors.ts").read_text()
        found = re.search(r"detectorNames = \[(.*?)\]", source, re.DOTALL)
        assert found
        assert re.findall(r"'(\w+)'", found[1]) == list(DETECTORS)

    def test_direction_and_default_are_published_for_alarms(self) -> None:
        published = json.loads((ROOT / "packages/use-case/src/detectors.json").read_text())
        assert published == {
            each.name: {
                "feature_types": list(each.feature_types),
                "direction": each.direction,
                "default_threshold": each.default_threshold,
                "formula": each.formula,
                "source": each.source,
            }
            for each in DETECTORS.values()
        }
