"""What the real Model Monitor container wrote, against ours on the same rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mooring_monitor.cli import main

pytestmark = pytest.mark.parity

RECORDED = Path(__file__).parents[5] / "shared/parity/model-monitor"
if not RECORDED.is_dir():
    pytest.skip(f"no recorded outputs in {RECORDED}", allow_module_level=True)

RAW = (
    *("age", "gender", "systolic_bp", "diastolic_bp", "cholesterol", "gluc", "smoke", "alco", "active", "cardio"),
    *("height_ft", "weight_lbs"),
)


def by_name(document: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each for each in document["features"]}


@pytest.fixture(scope="module")
def cardio(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    output = tmp_path_factory.mktemp("cardio")
    assert main(["profile", "--data", str(RECORDED / "cardio/cardio_cleaned.csv"), "--output", str(output)]) == 0
    return {name: json.loads((output / f"{name}.json").read_text()) for name in ("statistics", "constraints")}


@pytest.fixture(scope="module")
def recorded() -> dict[str, Any]:
    return {name: json.loads((RECORDED / f"cardio/{name}.json").read_text()) for name in ("statistics", "constraints")}


class TestCardioProfile:
    """GIVEN the CSV that the real container profiled."""

    def test_counts_all_rows(self, cardio: dict[str, Any], recorded: dict[str, Any]) -> None:
        assert cardio["statistics"]["dataset"] == recorded["statistics"]["dataset"] == {"item_count": 68_385}

    @pytest.mark.parametrize("name", RAW)
    def test_numbers_are_the_recorded_ones(self, name: str, cardio: dict[str, Any], recorded: dict[str, Any]) -> None:
        ours, theirs = by_name(cardio["statistics"])[name], by_name(recorded["statistics"])[name]
        assert ours["inferred_type"] == theirs["inferred_type"]
        mine, real = ours["numerical_statistics"], theirs["numerical_statistics"]
        assert mine.keys() == real.keys()
        for exact in ("common", "min", "max", "completeness"):
            assert mine[exact] == real[exact]
        for close in ("mean", "sum", "std_dev"):
            assert mine[close] == pytest.approx(real[close], rel=1e-9)

    @pytest.mark.parametrize("name", RAW)
    def test_sketch_is_equal_level_by_level(self, name: str, cardio: dict[str, Any], recorded: dict[str, Any]) -> None:
        ours, theirs = (
            by_name(each["statistics"])[name]["numerical_statistics"]["distribution"] for each in (cardio, recorded)
        )
        assert ours == theirs

    @pytest.mark.parametrize("name", RAW)
    def test_distinct_values_agree_within_the_estimates_error(
        self, name: str, cardio: dict[str, Any], recorded: dict[str, Any]
    ) -> None:
        frame = pd.read_csv(RECORDED / "cardio/cardio_cleaned.csv", usecols=[name])
        ours, theirs = (
            by_name(each["statistics"])[name]["numerical_statistics"]["approximate_num_distinct_values"]
            for each in (cardio, recorded)
        )
        assert ours == frame[name].nunique()
        # The container's estimate has a relative standard error of 5 %.
        assert ours == pytest.approx(theirs, rel=0.1)

    @pytest.mark.parametrize("name", RAW)
    def test_constraints_are_equal(self, name: str, cardio: dict[str, Any], recorded: dict[str, Any]) -> None:
        assert by_name(cardio["constraints"])[name] == by_name(recorded["constraints"])[name]

    def test_monitoring_config_is_equal(self, cardio: dict[str, Any], recorded: dict[str, Any]) -> None:
        assert cardio["constraints"]["monitoring_config"] == recorded["constraints"]["monitoring_config"]


class TestRecordedBaseline:
    """GIVEN the statistics the real container wrote, with its sketches and categories."""

    def test_serves_as_a_baseline_as_it_is(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        data = str(RECORDED / "cardio/cardio_cleaned.csv")
        arguments = ["compare", "--baseline", str(RECORDED / "cardio"), "--data", data, "--output", str(tmp_path)]
        assert main(arguments) == 0
        report = json.loads((tmp_path / "drift_report.json").read_text())
        judged = {each["name"]: each["value"] for each in report["features"] if each["value"] is not None}
        assert set(judged) == set(RAW)
        assert max(judged.values()) == 0
        kinds = {(each["feature_name"], each["constraint_check_type"]) for each in report["violations"]}
        assert ("bmi", "missing_column_check") in kinds
        assert ("height", "extra_column_check") in kinds


class TestChurnWalkthrough:
    """GIVEN the training set of the public churn walkthrough, and traffic that repeats its accidental header line.

    The recorded percentage, 99.64592817400101, is 1,970 of 1,977 rows: the header line of the file that was replayed
    has values such as 0.53 in columns of zeros and ones, and it was sent seven times. The answer stands before the
    features.
    """

    @pytest.fixture
    def violations(self, tmp_path: Path) -> dict[str, str]:
        folder = RECORDED / "churn"
        assert (
            main(["profile", "--data", str(folder / "training-dataset-with-header.csv"), "--output", str(tmp_path)])
            == 0
        )
        lines = (folder / "test-dataset-input-cols.csv").read_text().split()
        header, clean = lines[0], lines[1:]
        sent = [header] * 7 + [clean[index % len(clean)] for index in range(1_970)]
        capture = tmp_path / "capture.jsonl"
        capture.write_text("\n".join(json.dumps(self.record(index, line)) for index, line in enumerate(sent)))
        output = tmp_path / "out"
        arguments = ["compare", "--baseline", str(tmp_path), "--format", "capture", "--data", str(capture)]
        assert main([*arguments, "--output", str(output)]) == 0
        found = json.loads((output / "constraint_violations.json").read_text())["violations"]
        return {
            each["feature_name"]: each["description"]
            for each in found
            if each["constraint_check_type"] == "data_type_check"
        }

    @staticmethod
    def record(index: int, line: str) -> dict[str, Any]:
        def part(mode: str, data: str) -> dict[str, str]:
            return {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}

        return {
            "captureData": {"endpointInput": part("INPUT", line), "endpointOutput": part("OUTPUT", "0.0141")},
            "eventMetadata": {"eventId": str(index), "inferenceTime": "2019-11-26T00:00:00Z"},
            "eventVersion": "0",
        }

    def test_words_and_percentage_are_the_recorded_ones(self, violations: dict[str, str]) -> None:
        expected = (
            "Data type match requirement is not met. Expected data type: Integral, Expected match: 100.0%. "
            "Observed: Only 99.64592817400101% of data is Integral."
        )
        recorded = (RECORDED / "churn/cell51_output.txt").read_text()
        assert expected in recorded
        for name in ("Area Code_408", "VMail Plan_no", "State_NV", "State_NC", "State_SC", "State_UT", "State_LA"):
            assert violations[name] == expected

    def test_scores_in_the_place_of_labels_are_no_integers(self, violations: dict[str, str]) -> None:
        assert violations["Churn"].endswith("Observed: Only 0.0% of data is Integral.")
