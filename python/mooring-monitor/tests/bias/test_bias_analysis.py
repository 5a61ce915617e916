"""The bias analysis as a document: facets, failures, intervals, plugins, drift and the command."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from loan_samples import loan_document, loan_rows, loans
from mooring_monitor.bias.analysis import BiasData, analyse, metric_values
from mooring_monitor.bias.bootstrap import Bootstrap
from mooring_monitor.bias.registry import BUILT_IN, BiasMetric, BiasRegistry
from mooring_monitor.bias.selection import Outcome, outcome_of
from mooring_monitor.bias.violations import bias_drift
from mooring_monitor.cli import main
from mooring_monitor.errors import InputError
from mooring_use_case.use_case import parse_use_case


def data(frame: pd.DataFrame) -> BiasData:
    return BiasData(frame.drop(columns=["prediction", "score"]), Outcome(value=1), frame["prediction"])


def metrics(document: dict[str, Any], stage: str, facet: str, index: int = 0) -> dict[str, dict[str, Any]]:
    report = document[f"{stage}_bias_metrics"]["facets"][facet][index]
    return {each["name"]: each for each in report["metrics"]}


class TestDocument:
    def test_has_all_metrics_of_both_stages_by_name(self) -> None:
        document = analyse(data(loan_rows()), loans(), ["pre_training", "post_training"])
        assert list(metrics(document, "pre_training", "sex")) == ["CDDL", "CI", "DPL", "JS", "KL", "KS", "LP", "TVD"]
        assert list(metrics(document, "post_training", "sex")) == [
            "AD",
            "CDDPL",
            "DAR",
            "DCA",
            "DCR",
            "DI",
            "DPPL",
            "DRR",
            "FT",
            "GE",
            "RD",
            "SD",
            "TE",
        ]
        assert document["version"] == "1.0"
        assert document["pre_training_bias_metrics"]["label"] == "good"

    def test_failures_are_values_beside_the_others(self) -> None:
        use_case = loans(fairness={"facets": [{"name": "sex", "disadvantaged": "F"}]})
        found = metrics(analyse(data(loan_rows()), use_case, ["pre_training"]), "pre_training", "sex")
        assert found["CDDL"]["value"] is None
        assert found["CDDL"]["error"] == "Group variable is empty or not provided"
        assert isinstance(found["DPL"]["value"], float)

    def test_several_facets_and_a_continuous_one(self) -> None:
        facets = [
            {"name": "sex", "disadvantaged": "F"},
            {"name": "sex", "disadvantaged": "M"},
            {"name": "age", "threshold": 40},
        ]
        frame = loan_rows()
        document = analyse(data(frame), loans(fairness={"facets": facets}), ["pre_training"])
        reports = document["pre_training_bias_metrics"]["facets"]
        assert [each["value_or_threshold"] for each in reports["sex"]] == ["F", "M"]
        assert reports["age"][0]["value_or_threshold"] == f"(40, {frame['age'].max()}]"
        one, other = (metrics(document, "pre_training", "sex", index)["CI"]["value"] for index in (0, 1))
        assert one == pytest.approx(-other)
        old = (frame["age"] > 40).sum()
        imbalance = (len(frame) - 2 * old) / len(frame)
        assert metrics(document, "pre_training", "age")["CI"]["value"] == pytest.approx(imbalance)

    def test_rows_without_facet_or_label_are_left_out_and_counted(self) -> None:
        frame = loan_rows()
        frame.loc[:9, "sex"] = None
        document = analyse(data(frame), loans(), ["pre_training"])
        report = document["pre_training_bias_metrics"]["facets"]["sex"][0]
        assert report["rows_left_out"] == 10
        kept = frame.loc[10:]
        counts = kept["sex"].value_counts()
        expected = (counts["M"] - counts["F"]) / len(kept)
        assert metrics(document, "pre_training", "sex")["CI"]["value"] == pytest.approx(expected)

    @pytest.mark.parametrize("codes", [[1, 2], ["1", "2"], [1.0, 2.0]])
    def test_facet_values_match_as_text_or_number(self, codes: list[Any]) -> None:
        frame = loan_rows()
        frame["sex"] = frame["sex"].map({"M": codes[0], "F": codes[1]})
        use_case = loans(fairness={"facets": [{"name": "sex", "disadvantaged": 2}]})
        found = metrics(analyse(data(frame), use_case, ["pre_training"]), "pre_training", "sex")
        expected = metrics(analyse(data(loan_rows()), loans(), ["pre_training"]), "pre_training", "sex")
        assert found["DPL"]["value"] == expected["DPL"]["value"]

    def test_unknown_column_is_refused_by_name(self) -> None:
        use_case = loans(fairness={"facets": [{"name": "gender", "disadvantaged": "F"}]})
        with pytest.raises(InputError, match="no column gender in the data; there are: sex, age"):
            analyse(data(loan_rows()), use_case, ["pre_training"])

    def test_threshold_of_a_regression_is_its_positive_value(self) -> None:
        document = loan_document(task="regression")
        document["dataset"]["positive"] = 30_000
        assert outcome_of(parse_use_case(document), encoded=True) == Outcome(threshold=30_000.0)


class TestIntervals:
    def test_hold_the_value_and_are_the_same_for_the_same_seed(self) -> None:
        first = analyse(data(loan_rows()), loans(), ["pre_training", "post_training"], bootstrap=Bootstrap(seed=3))
        again = analyse(data(loan_rows()), loans(), ["pre_training", "post_training"], bootstrap=Bootstrap(seed=3))
        assert first == again
        for stage in ("pre_training", "post_training"):
            for each in metrics(first, stage, "sex").values():
                if each["name"] in ("JS", "KL", "LP", "TVD", "KS"):  # distances cannot fall below 0: bounds sit above
                    continue
                interval = each["confidence_interval"]
                assert interval["lower"] <= each["value"] <= interval["upper"], each["name"]

    def test_cover_the_true_difference_about_as_often_as_they_say(self) -> None:
        covered = 0
        for seed in range(40):
            random = np.random.default_rng(seed)
            size = 400
            frame = loan_rows(size, seed)
            frame["good"] = (random.random(size) < np.where(frame["sex"] == "F", 0.3, 0.5)).astype(int)
            registry = BiasRegistry(each for each in BUILT_IN if each.name == "DPL")
            document = analyse(data(frame), loans(), ["pre_training"], registry, Bootstrap(resamples=300, seed=seed))
            interval = metrics(document, "pre_training", "sex")["DPL"]["confidence_interval"]
            covered += interval["lower"] <= 0.2 <= interval["upper"]
        assert covered / 40 > 0.88

    def test_metric_without_a_value_in_most_resamples_has_none(self) -> None:
        frame = loan_rows(40)
        frame["sex"] = ["F"] + ["M"] * 39
        found = metrics(analyse(data(frame), loans(), ["pre_training"], bootstrap=Bootstrap()), "pre_training", "sex")
        assert "confidence_interval" not in found["CI"]


class TestUserDefinedMetrics:
    def test_registered_function_is_reported_like_the_others(self) -> None:
        registry = BiasRegistry()
        registry.add(
            BiasMetric("GAP", "Gap in ages (GAP)", "pre_training", from_rows=lambda rows: rows.features["age"].mean())
        )
        document = analyse(data(loan_rows()), loans(), ["pre_training"], registry, Bootstrap(rows_resamples=20))
        entry = metrics(document, "pre_training", "sex")["GAP"]
        assert entry["value"] == pytest.approx(loan_rows()["age"].mean())
        assert entry["confidence_interval"]["lower"] < entry["value"] < entry["confidence_interval"]["upper"]

    def test_one_that_fails_does_not_take_the_others_with_it(self) -> None:
        registry = BiasRegistry()
        registry.add(BiasMetric("BAD", "Bad (BAD)", "pre_training", from_rows=lambda rows: 1 / 0))
        found = metrics(analyse(data(loan_rows()), loans(), ["pre_training"], registry), "pre_training", "sex")
        assert found["BAD"] == {"name": "BAD", "description": "Bad (BAD)", "value": None, "error": "division by zero"}
        assert found["CI"]["value"] is not None

    def test_name_cannot_be_taken_twice(self) -> None:
        with pytest.raises(InputError, match="'CI' is registered twice"):
            BiasRegistry().add(BiasMetric("CI", "", "pre_training", from_rows=lambda rows: 0.0))


class TestDrift:
    def test_same_data_violates_nothing(self) -> None:
        document = analyse(data(loan_rows()), loans(), ["pre_training", "post_training"])
        assert bias_drift(document, document) == []

    def test_continuous_facets_are_matched_whatever_their_largest_value(self) -> None:
        use_case = loans(fairness={"facets": [{"name": "age", "threshold": 40}]})
        frame = loan_rows()
        baseline = analyse(data(frame), use_case, ["pre_training"])
        later = frame.copy()
        later.loc[0, "age"] = 99.0
        later.loc[later["age"] > 40, "good"] = 0
        found = bias_drift(analyse(data(later), use_case, ["pre_training"]), baseline)
        assert "DPL" in {each.extra["metric_name"] for each in found}


class TestCommand:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        document = loan_document()
        document["fairness"]["before_training"] = {"metric": "DPL", "max": 0.1}
        document["fairness"]["after_training"] = {"metric": "DI", "max": 0.2}
        (tmp_path / "use-case.json").write_text(json.dumps(document), encoding="utf-8")
        frame = loan_rows()
        for name, part in {"train": frame[:400], "validation": frame[400:500], "test": frame[500:]}.items():
            (tmp_path / name).mkdir()
            part.drop(columns=["prediction", "score"]).to_csv(tmp_path / name / f"{name}.csv", index=False)
        (tmp_path / "predictions").mkdir()
        frame.to_csv(tmp_path / "predictions/predictions.csv", index=False)
        return tmp_path

    def test_step_before_training_reads_all_splits_and_writes_report_and_gate(self, folder: Path) -> None:
        splits = [part for name in ("train", "validation", "test") for part in (f"--{name}", str(folder / name))]
        use_case = ["--use-case", str(folder / "use-case.json")]
        assert main(["bias", *use_case, "--stage", "pre", *splits, "--output", str(folder)]) == 0
        written = json.loads((folder / "report/analysis.json").read_text(encoding="utf-8"))
        expected = analyse(data(loan_rows()), loans(), ["pre_training"])
        assert metric_values(written, "pre_training") == pytest.approx(metric_values(expected, "pre_training"))
        value = metric_values(expected, "pre_training")["sex", "F", "DPL"]
        gate = json.loads((folder / "report/gate.json").read_text(encoding="utf-8"))
        assert gate == {"metric": "DPL", "facet": "sex", "value": value, "absolute": abs(value)}

    def test_step_after_training_reads_the_predictions(self, folder: Path) -> None:
        arguments = ["--use-case", str(folder / "use-case.json"), "--stage", "post"]
        arguments += ["--predictions", str(folder / "predictions"), "--output", str(folder)]
        assert main(["bias", *arguments]) == 0
        written = json.loads((folder / "baseline/analysis.json").read_text(encoding="utf-8"))
        expected = analyse(data(loan_rows()), loans(), ["post_training"])
        assert metric_values(written, "post_training") == pytest.approx(metric_values(expected, "post_training"))
        gate = json.loads((folder / "baseline/gate.json").read_text(encoding="utf-8"))
        assert gate["absolute"] == pytest.approx(abs(1 - gate["value"]))

    def test_baseline_gives_violations_and_a_note_where_the_rules_differ(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = ["--use-case", str(folder / "use-case.json"), "--stage", "post", "--data"]
        assert main(["bias", *arguments, str(folder / "predictions"), "--output", str(folder / "before")]) == 0
        frame = loan_rows()
        frame.loc[frame["sex"] == "F", "prediction"] = 0
        frame.to_csv(folder / "later.csv", index=False)
        later = [str(folder / "later.csv"), "--output", str(folder / "after")]
        assert main(["bias", *arguments, *later, "--baseline", str(folder / "before/analysis.json")]) == 0
        violations = json.loads((folder / "after/constraint_violations.json").read_text(encoding="utf-8"))
        names = {each["metric_name"] for each in violations["violations"]}
        assert {"DPPL", "RD"} <= names
        assert "DI" not in names
        assert "note: DI of sex is farther from fairness than in the baseline" in capsys.readouterr().out

    def test_plugin_file_adds_its_metric(self, folder: Path) -> None:
        (folder / "extra.py").write_text(
            "from mooring_monitor.bias.registry import BiasMetric\n"
            "def register(registry):\n"
            "    count = lambda rows: len(rows.label)\n"
            "    count = lambda rows: len(rows.label)\n"
            "    registry.add(BiasMetric('ROWS', 'Rows (ROWS)', 'pre_training', from_rows=count))\n",
            encoding="utf-8",
        )
        arguments = ["--use-case", str(folder / "use-case.json"), "--stage", "pre", "--train", str(folder / "train")]
        assert main(["bias", *arguments, "--plugin", str(folder / "extra.py"), "--output", str(folder)]) == 0
        written = json.loads((folder / "report/analysis.json").read_text(encoding="utf-8"))
        assert metric_values(written, "pre_training")["sex", "F", "ROWS"] == 400

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--stage", "pre"], "give the data"),
            (["--stage", "post", "--data", "train"], "no column 'prediction' in the data"),
            (["--stage", "pre", "--data", "missing.csv"], "missing.csv does not exist"),
            (["--stage", "pre", "--data", "train", "--plugin", "no.such.module"], "cannot be imported"),
            (["--stage", "post", "--data", "train", "--predictions", "predictions"], "400"),
        ],
    )
    def test_bad_usage_is_reported_with_exit_code_2(
        self, folder: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        there = [str(folder / each) if each in ("train", "predictions", "missing.csv") else each for each in arguments]
        code = main(["bias", "--use-case", str(folder / "use-case.json"), *there, "--output", str(folder / "o")])
        assert code == 2
        assert message in capsys.readouterr().err


def test_values_of_a_document_leave_failed_metrics_out() -> None:
    entries = [{"name": "CI", "value": None, "error": "x"}, {"name": "TE", "value": "-Infinity"}]
    document = {"pre_training_bias_metrics": {"facets": {"sex": [{"value_or_threshold": "F", "metrics": entries}]}}}
    assert metric_values(document, "pre_training") == {("sex", "F", "TE"): -math.inf}
