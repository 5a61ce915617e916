"""Comparisons: what is found and named, what is refused, what is passed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mooring_monitor.cli import COMMANDS, main

Rows = Callable[..., pd.DataFrame]
Compare = Callable[..., dict[str, Any]]


@pytest.fixture
def baseline(tmp_path: Path, rows: Rows, use_case_file: str) -> Path:
    rows(5_000).to_csv(tmp_path / "train.csv", index=False)
    folder = tmp_path / "baseline"
    main(["profile", "--use-case", use_case_file, "--data", str(tmp_path / "train.csv"), "--output", str(folder)])
    return folder


@pytest.fixture
def compare(tmp_path: Path, baseline: Path, use_case_file: str) -> Compare:
    """Compares rows (a frame, or the text of a CSV) with the baseline and returns the report."""

    def run(
        data: pd.DataFrame | str | bytes, *more: str, code: int = 0, use_case: str = use_case_file
    ) -> dict[str, Any]:
        path = tmp_path / "window.csv"
        if isinstance(data, pd.DataFrame):
            data.to_csv(path, index=False)
        else:
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
        output = tmp_path / "found"
        arguments = ["compare", "--use-case", use_case, "--baseline", str(baseline), "--data", str(path)]
        assert main([*arguments, "--output", str(output), *more]) == code
        written = output / "drift_report.json"
        return json.loads(written.read_text()) if written.exists() else {}

    return run


def features(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in report["features"]}


def violations(report: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["feature_name"], each["constraint_check_type"]) for each in report["violations"]]


class TestWhatIsFound:
    def test_nothing_in_a_window_like_the_baseline(self, compare: Compare, rows: Rows) -> None:
        report = compare(rows(2_000, seed=3))
        assert (report["verdict"], violations(report)) == ("ok", [])
        assert report["summary"] == "2,000 rows: none of 4 judged features drifted."

    def test_changed_types_are_named_with_their_share(self, compare: Compare, rows: Rows) -> None:
        window = rows(100, seed=3).astype({"age": object})
        window.loc[:24, "age"] = "unknown"
        report = compare(window)
        assert report["verdict"] == "breach"
        assert violations(report) == [("age", "data_type_check")]
        assert report["violations"][0]["description"].endswith("Observed: Only 75.0% of data is Integral.")

    def test_whole_numbers_written_as_fractions_are_whole(self, compare: Compare, rows: Rows) -> None:
        assert violations(compare(rows(100, seed=3).astype({"age": float}))) == []

    def test_an_age_that_grew_on_a_hundred_rows_is_named(self, compare: Compare, rows: Rows) -> None:
        window = rows(100, seed=3)
        window["age"] += np.random.default_rng(1).integers(0, 51, 100)
        report = compare(window)
        assert [name for name, each in features(report).items() if each["verdict"] == "breach"] == ["age"]
        assert violations(report) == [("age", "baseline_drift_check")]

    def test_missing_and_extra_columns_are_named(self, compare: Compare, rows: Rows) -> None:
        report = compare(rows(100, seed=3).rename(columns={"car": "auto"}))
        assert violations(report) == [("car", "missing_column_check"), ("auto", "extra_column_check")]
        assert features(report)["car"]["reason"].startswith("the column is missing: 0 of ")

    def test_label_and_key_are_no_extra_columns(self, compare: Compare, rows: Rows) -> None:
        assert violations(compare(rows(100, seed=3).assign(id=range(100), repaid="yes"))) == []

    def test_unknown_categories_are_listed_and_worth_a_look(self, compare: Compare, rows: Rows) -> None:
        window = rows(200, seed=3)
        window.loc[:1, "car"] = "maybe"
        report = compare(window)
        assert (report["verdict"], violations(report)) == ("warn", [("car", "categorical_values_check")])
        assert "Unknown values: 'maybe' (2)." in report["violations"][0]["description"]

    def test_a_column_too_empty_to_judge_is_a_breach(self, compare: Compare, rows: Rows) -> None:
        report = compare(rows(100, seed=3).assign(income=None))
        assert violations(report) == [("income", "completeness_check")]
        assert features(report)["income"]["verdict"] == "breach"
        assert features(report)["income"]["reason"] == "0 of 100 rows have a value, at training 100.0% had one"
        assert "too empty to judge: income (0 of 100 rows have a value" in report["summary"]

    @pytest.mark.parametrize("detector", ["linf", "psi", "js", "chi2", "chi2_distance"])
    def test_unknown_categories_are_a_breach_by_their_share_whatever_the_detector(
        self, compare: Compare, rows: Rows, tmp_path: Path, document: dict[str, Any], detector: str
    ) -> None:
        document["monitoring"]["features"] = [{"name": "car", "detector": detector}]
        other = tmp_path / "other.json"
        other.write_text(json.dumps(document))
        window = rows(200, seed=3)
        window.loc[:43, "car"] = [f"maybe{index}" for index in range(44)]
        found = features(compare(window, use_case=str(other)))["car"]
        assert found["verdict"] == "breach"
        assert (found["published"] > found["threshold"]) == (found["direction"] == "above")

    def test_infinite_and_missing_numbers_stay_out_of_the_distribution(self, compare: Compare, rows: Rows) -> None:
        window = rows(400, seed=3).astype({"income": object})
        window.loc[:9, "income"] = "inf"
        window.loc[10:19, "income"] = "-Infinity"
        report = compare(window)
        assert features(report)["income"]["verdict"] == "ok"
        assert features(report)["income"]["current"]["mean"] == pytest.approx(3_000, abs=200)

    def test_a_breach_fails_the_process_only_when_asked_to(self, compare: Compare, rows: Rows) -> None:
        assert compare(rows(200, seed=3, shift=2))["verdict"] == "breach"
        compare(rows(200, seed=3, shift=2), "--fail-on-breach", code=3)
        compare(rows(200, seed=3), "--fail-on-breach", code=0)


class TestWhatIsAskedForPerFeature:
    @pytest.mark.parametrize("detector", ["simple", "psi", "js", "wasserstein", "ks", "chi2"])
    def test_every_detector_for_numbers_sees_a_shift_of_one_deviation(
        self, detector: str, compare: Compare, rows: Rows, document: dict[str, Any], tmp_path: Path
    ) -> None:
        document["monitoring"]["features"] = [{"name": "income", "detector": detector}]
        (tmp_path / "other.json").write_text(json.dumps(document))
        report = compare(rows(300, seed=3, shift=1), use_case=str(tmp_path / "other.json"))
        assert (features(report)["income"]["detector"], features(report)["income"]["verdict"]) == (detector, "breach")

    @pytest.mark.parametrize("detector", ["linf", "chi2_distance", "psi", "js", "chi2"])
    def test_every_detector_for_categories_sees_a_changed_share(
        self, detector: str, compare: Compare, rows: Rows, document: dict[str, Any], tmp_path: Path
    ) -> None:
        document["monitoring"]["features"] = [{"name": "car", "detector": detector}]
        (tmp_path / "other.json").write_text(json.dumps(document))
        report = compare(rows(300, seed=3).assign(car=["Y"] * 270 + ["N"] * 30), use_case=str(tmp_path / "other.json"))
        assert features(report)["car"]["verdict"] == "breach"

    def test_a_published_value_passes_its_threshold_only_in_breach(
        self, compare: Compare, rows: Rows, document: dict[str, Any], tmp_path: Path
    ) -> None:
        document["monitoring"]["features"] = [{"name": "income", "detector": "wasserstein", "threshold": 0.01}]
        (tmp_path / "other.json").write_text(json.dumps(document))
        found = features(compare(rows(60, seed=3), use_case=str(tmp_path / "other.json")))["income"]
        assert found["verdict"] in ("ok", "warn")
        assert found["value"] > found["threshold"] == found["published"]

    def test_the_classifier_judges_the_features_that_ask_for_it_together(
        self, tmp_path: Path, rows: Rows, document: dict[str, Any]
    ) -> None:
        document["monitoring"]["features"] = [
            {"name": name, "detector": "classifier", "threshold": 0.1} for name in ("income", "age")
        ]
        use_case, base = tmp_path / "joint.json", tmp_path / "joint"
        use_case.write_text(json.dumps(document))
        rows(3_000).to_csv(tmp_path / "t.csv", index=False)
        # Income now falls with age: each alone looks as before.
        window = rows(1_000, seed=4).sort_values("income", ignore_index=True)
        window["age"] = sorted(window["age"], reverse=True)
        window.to_csv(tmp_path / "w.csv", index=False)
        main(["profile", "--use-case", str(use_case), "--data", str(tmp_path / "t.csv"), "--output", str(base)])
        arguments = ["compare", "--use-case", str(use_case), "--baseline", str(base), "--data", str(tmp_path / "w.csv")]
        assert main([*arguments, "--output", str(tmp_path / "o")]) == 0
        found = features(json.loads((tmp_path / "o/drift_report.json").read_text()))
        assert (found["income"]["verdict"], found["age"]["verdict"]) == ("breach", "breach")
        assert found["income"]["value"] == found["age"]["value"] > 0.8

    @pytest.mark.parametrize(
        ("feature", "message"),
        [
            ({"name": "income", "detector": "linf"}, "feature 'income' is numeric; detector 'linf' is not for it"),
            ({"name": "income", "detector": "kl"}, "no detector 'kl'; there are: robust"),
            ({"name": "height"}, "monitored feature 'height' is not in the baseline"),
        ],
    )
    def test_what_cannot_be_done_is_refused(
        self,
        feature: dict[str, Any],
        message: str,
        compare: Compare,
        rows: Rows,
        document: dict[str, Any],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        document["monitoring"]["features"] = [feature]
        (tmp_path / "other.json").write_text(json.dumps(document))
        compare(rows(60), code=2, use_case=str(tmp_path / "other.json"))
        assert message in capsys.readouterr().err


class TestBadWindows:
    @pytest.mark.parametrize("content", ["", "income,age,car,region\n"])
    def test_without_rows_are_skipped(self, content: str, compare: Compare) -> None:
        report = compare(content)
        assert (report["verdict"], report["summary"]) == ("skipped", "No rows to judge.")
        assert report["violations"] == []

    def test_of_one_row_are_skipped(self, compare: Compare) -> None:
        report = compare("income,age,car,region\n2500,40,Y,1\n")
        assert report["verdict"] == "skipped"
        assert "no feature could be judged: 1 value in the window" in report["summary"]

    def test_with_a_wrong_header_are_refused(self, compare: Compare, capsys: pytest.CaptureFixture[str]) -> None:
        compare("a,b,c,d\n1,2,3,4\n", code=2)
        assert "the header has none of the use case's columns; it reads a, b, c, d" in capsys.readouterr().err

    def test_without_a_header_are_read_by_position(self, compare: Compare, rows: Rows) -> None:
        report = compare(rows(100, seed=3).to_csv(index=False, header=False))
        assert (report["dataset"]["rows"], violations(report)) == (100, [])

    def test_in_another_encoding_keep_their_rows(self, compare: Compare, rows: Rows) -> None:
        window = rows(100, seed=3)
        window.loc[0, "car"] = "Käfer"
        report = compare(window.to_csv(index=False).encode("latin-1"))
        assert "'Käfer' (1)" in report["violations"][0]["description"]

    def test_with_a_byte_order_mark_and_windows_line_ends_are_read(self, compare: Compare, rows: Rows) -> None:
        text = rows(100, seed=3).to_csv(index=False).replace("\n", "\r\n")
        report = compare(b"\xef\xbb\xbf" + text.encode())
        assert (report["dataset"]["rows"], violations(report)) == (100, [])

    def test_with_lines_of_other_lengths_count_them(self, compare: Compare, rows: Rows) -> None:
        text = rows(100, seed=3).to_csv(index=False) + "1,2\n1,2,3,4,5\n"
        report = compare(text)
        assert report["dataset"]["rows"] == 100
        assert report["dataset"]["skipped"] == {"wrong number of values": 2}

    def test_with_line_ends_inside_quotes_keep_their_rows(self, compare: Compare, rows: Rows) -> None:
        window = rows(100, seed=3)
        window.loc[5, "car"] = "a car,\nlent"
        report = compare(window)
        assert (report["dataset"]["rows"], report["dataset"]["skipped"]) == (100, {})

    def test_with_a_line_of_ten_megabytes_are_refused(
        self, compare: Compare, rows: Rows, capsys: pytest.CaptureFixture[str]
    ) -> None:
        compare(rows(100, seed=3).to_csv(index=False) + "1,2," + "x" * 20_000_000 + ",3\n", code=2)
        assert "window.csv cannot be read as CSV" in capsys.readouterr().err

    @pytest.mark.slow
    def test_of_ten_thousand_columns_are_read(self, tmp_path: Path) -> None:
        names = [f"c{index}" for index in range(10_000)]
        lines = [",".join(names), *(",".join(["1.5"] * 10_000) for _ in range(60))]
        (tmp_path / "wide.csv").write_text("\n".join(lines))
        arguments = ["--data", str(tmp_path / "wide.csv"), "--output", str(tmp_path / "base")]
        assert main(["profile", *arguments]) == 0
        arguments = ["--baseline", str(tmp_path / "base"), "--data", str(tmp_path / "wide.csv")]
        assert main(["compare", *arguments, "--output", str(tmp_path / "o")]) == 0
        report = json.loads((tmp_path / "o/drift_report.json").read_text())
        assert (len(report["features"]), report["verdict"]) == (10_000, "ok")


class TestBadBaselines:
    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("statistics.json", None, "does not exist"),
            ("statistics.json", "{", "cannot be read as JSON"),
            ("statistics.json", "{}", "not in Model Monitor's format"),
            ("statistics.json", '{"dataset": {"item_count": 0}, "features": []}', "describe no rows"),
            ("constraints.json", None, "does not exist"),
            ("constraints.json", '{"features": 3}', "not in Model Monitor's format"),
        ],
    )
    def test_are_refused_with_the_file_and_the_reason(
        self,
        name: str,
        content: str | None,
        message: str,
        compare: Compare,
        baseline: Path,
        rows: Rows,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        (baseline / name).unlink()
        if content is not None:
            (baseline / name).write_text(content)
        compare(rows(60), code=2)
        error = capsys.readouterr().err
        assert error.startswith("compare: baseline")
        assert str(baseline / name) in error
        assert message in error

    def test_an_empty_training_set_makes_no_baseline(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "d.csv").write_text("a,b\n")
        assert main(["profile", "--data", str(tmp_path / "d.csv"), "--output", str(tmp_path)]) == 2
        assert "a baseline needs some" in capsys.readouterr().err


class TestUsage:
    def test_lists_the_commands(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--help"]) == 0
        shown = capsys.readouterr().out
        assert [name for name in COMMANDS if name not in shown] == []

    @pytest.mark.parametrize("arguments", [[], ["profil"], ["profile"], ["compare", "--format", "xml"]])
    def test_that_is_wrong_exits_with_two(self, arguments: list[str]) -> None:
        assert main(arguments) == 2

    def test_a_use_case_with_several_problems_lists_them_all(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "u.json"
        path.write_text(
            '{"name": "x", "task": "guess", "dataset": {"columns": [{"name": "a", "type": "real"}], "label": "b"}}'
        )
        assert main(["profile", "--use-case", str(path), "--data", "d.csv", "--output", str(tmp_path)]) == 2
        error = capsys.readouterr().err
        assert "dataset.columns[0].type: 'real' is not one of integer" in error
        assert "dataset.label: no column 'b'" in error
        assert "task: 'guess' is not one of binary" in error
