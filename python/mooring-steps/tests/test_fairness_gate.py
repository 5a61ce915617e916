"""The fairness gate over a bias report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mooring_monitor.bias.gate import gate_of
from mooring_monitor.bias.registry import BiasRegistry
from mooring_steps.cli import main
from mooring_steps.errors import InputError
from mooring_steps.fairness_gate import INFINITY, fairness_gate
from mooring_steps.use_case import UseCase
from mooring_use_case.use_case import parse_use_case


def analysis(section: str = "pre_training_bias_metrics", **metrics: Any) -> dict[str, Any]:
    entries = [{"name": name, "description": name, "value": value} for name, value in metrics.items()]
    return {"version": "1.0", section: {"facets": {"sex": [{"value_or_threshold": "f", "metrics": entries}]}}}


class TestTheGate:
    @pytest.mark.parametrize(("value", "passed"), [(-0.05, True), (0.1, True), (-0.11, False)])
    def test_compares_the_absolute_value_with_the_bound(
        self, loans: Callable[..., UseCase], value: float, passed: bool
    ) -> None:
        gate = fairness_gate(loans(), analysis(CI=0.9, DPL=value), "before_training", None)
        assert (gate["metric"], gate["facet"], gate["value"], gate["absolute"]) == ("DPL", "sex", value, abs(value))
        assert (gate["bound"], gate["passed"]) == (0.1, passed)

    @pytest.mark.parametrize(("value", "passed"), [(0.9, True), (1.1, True), (0.1, False), (1.3, False)])
    def test_takes_a_ratio_for_fair_at_one(self, loans: Callable[..., UseCase], value: float, passed: bool) -> None:
        case = loans(fairness={"after_training": {"metric": "DI", "max": 0.2}})
        gate = fairness_gate(case, analysis("post_training_bias_metrics", DI=value), "after_training", None)
        assert (gate["absolute"], gate["passed"]) == (pytest.approx(abs(1 - value)), passed)
        assert "|1 - DI|" in gate["message"]

    @pytest.mark.parametrize("value", [0.25, -0.4, 1.75, "Infinity", "-Infinity"])
    @pytest.mark.parametrize("metric", ["DI", "DPPL", "RD", "GE"])
    def test_measures_as_the_monitor_does(self, loans: Callable[..., UseCase], metric: str, value: Any) -> None:
        rule = {"after_training": {"metric": metric, "max": 1}}
        report = analysis("post_training_bias_metrics", **{metric: value})
        case = loans(fairness=rule)
        theirs = gate_of(report, parse_use_case(case.document), "post_training", BiasRegistry())
        ours = fairness_gate(case, report, "after_training", None)
        assert theirs is not None
        assert ours["absolute"] == pytest.approx(theirs["absolute"])

    def test_says_metric_value_and_bound(self, loans: Callable[..., UseCase]) -> None:
        gate = fairness_gate(loans(), analysis(DPL=-0.25), "before_training", 0.2)
        assert gate["message"] == (
            "Fairness gate failed before training: |DPL| 0.2500 of facet sex = f, at most 0.2 is allowed"
        )

    def test_after_training_reads_the_other_section(self, loans: Callable[..., UseCase]) -> None:
        case = loans(fairness={"after_training": {"metric": "DI", "max": 2}})
        report = analysis("post_training_bias_metrics", DI="Infinity")
        assert fairness_gate(case, report, "after_training", None)["value"] == INFINITY

    @pytest.mark.parametrize(
        ("report", "message"),
        [
            ({}, "no facet sex = f; there are: none"),
            (analysis(CI=1), "no metric DPL; there are: CI"),
            (analysis(DPL=None), "DPL has no value"),
            (analysis(DPL="NaN"), "not a number"),
        ],
    )
    def test_that_finds_no_value_says_why(
        self, loans: Callable[..., UseCase], report: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(InputError, match=message):
            fairness_gate(loans(), report, "before_training", None)

    def test_that_is_not_configured_says_so(self, loans: Callable[..., UseCase]) -> None:
        with pytest.raises(InputError, match=r"fairness\.after_training is not configured"):
            fairness_gate(loans(), analysis(DPL=0), "after_training", None)


class TestTheCommand:
    def test_reads_a_folder_and_writes_gate_json(
        self, tmp_path: Path, case_file: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = ["fairness-gate", "--use-case", str(case_file()), "--analysis", str(tmp_path), "--output"]
        assert main([*arguments, str(tmp_path / "out")]) == 2
        assert "analysis.json' cannot be read" in capsys.readouterr().err
        (tmp_path / "analysis.json").write_text(json.dumps(analysis(DPL=0.02)))
        assert main([*arguments, str(tmp_path / "out")]) == 0
        assert json.loads((tmp_path / "out" / "gate" / "gate.json").read_text())["absolute"] == 0.02
