"""The join of captured rows with labels: what is counted, what is used, what is written."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from mooring_monitor.cli import main
from mooring_monitor.errors import InputError
from mooring_monitor.labels.arrived import usual_truth
from mooring_monitor.labels.captured import usual_request
from mooring_monitor.labels.join import JoinCounts, Joining, join
from mooring_monitor.labels.truth import label_text
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.capture_record import parse_ground_truth, parse_record
from mooring_monitor.readers.window import Window
from mooring_use_case.use_case import UseCase, parse_use_case

END = datetime(2026, 2, 1, tzinfo=timezone.utc)


def document(**dataset: Any) -> dict[str, Any]:
    return {
        "name": "loans",
        "task": "binary",
        "dataset": {
            "columns": [
                {"name": "income", "type": "number"},
                {"name": "car", "type": "category"},
                {"name": "repaid", "type": "integer", "min": 0, "max": 1},
            ],
            "label": "repaid",
            "positive": 1,
            **dataset,
        },
    }


class Store:
    """Capture and ground truth in folders, laid out as in S3."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    def asked(self, identity: str, rows: Sequence[str] = ("100,Y",), ago: float = 48, event: str | None = None) -> None:
        time = END - timedelta(hours=ago)
        body = {"data": "\n".join(rows), "encoding": "CSV", "observedContentType": "text/csv"}
        meta = {"eventId": event or f"event-{identity}", "inferenceId": identity, "inferenceTime": time.isoformat()}
        self._write("capture/e/AllTraffic", time, {"captureData": {"endpointInput": body}, "eventMetadata": meta})

    def label(self, identity: str, value: str, ago: float = 24) -> None:
        time = END - timedelta(hours=ago)
        truth = {"data": value, "encoding": "CSV"}
        self._write("truth", time, {"groundTruthData": truth, "eventMetadata": {"eventId": identity}})

    def _write(self, place: str, time: datetime, record: dict[str, Any]) -> None:
        folder = self.folder / place / time.strftime("%Y/%m/%d/%H")
        folder.mkdir(parents=True, exist_ok=True)
        self.count += 1
        (folder / f"{self.count:05d}.jsonl").write_text(json.dumps({**record, "eventVersion": "0"}) + "\n")

    def joined(self, use_case: UseCase | None = None, window: str = "7d") -> tuple[JoinCounts, list[dict[str, str]]]:
        joining = Joining(
            use_case or parse_use_case(document()),
            Window.ending(END.isoformat(), window),
            str(self.folder / "capture/e/AllTraffic"),
            str(self.folder / "truth"),
            timedelta(days=1),
        )
        target = self.folder / "out.csv"
        counts, _ = join(joining, self.folder / "tmp", target, Skips())
        with target.open() as file:
            return counts, list(csv.DictReader(file))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


class TestLabelledRows:
    def test_a_row_gets_the_label_of_its_inference_id(self, store: Store) -> None:
        store.asked("a", ["100,Y"])
        store.asked("b", ["200,N"])
        store.label("b", "1")
        counts, rows = store.joined()
        assert rows == [{"income": "200", "car": "N", "repaid": "1", "mooring_captured_at": "2026-01-30T00:00:00Z"}]
        assert (counts.rows["captured"], counts.rows["labelled"], counts.rows["unlabelled"]) == (2, 1, 1)

    def test_each_row_of_a_request_gets_its_own_value(self, store: Store) -> None:
        store.asked("a", ["100,Y", "200,N"])
        store.label("a", "1\n0")
        _, rows = store.joined()
        assert [(each["income"], each["repaid"]) for each in rows] == [("100", "1"), ("200", "0")]

    def test_a_label_with_another_number_of_values_labels_nothing(self, store: Store) -> None:
        store.asked("a", ["100,Y", "200,N"])
        store.label("a", "1")
        counts, rows = store.joined()
        assert rows == []
        assert counts.labels["wrong_count"] == 1

    def test_without_an_inference_id_the_event_id_joins(self, store: Store) -> None:
        store.asked("", event="event-7")
        store.label("event-7", "0")
        assert store.joined()[0].rows["labelled"] == 1


class TestLateLabels:
    def test_a_label_days_after_its_row_counts_while_both_are_in_the_window(self, store: Store) -> None:
        store.asked("a", ago=6 * 24)
        store.label("a", "1", ago=1)
        counts, rows = store.joined()
        assert len(rows) == 1
        assert counts.lag_quantiles()["max"] == 143 * 3600
        assert dict(counts.arrivals) == {"2026-01-31T23:00:00Z": 1}

    def test_what_arrives_after_the_window_is_left_to_the_next_join(self, store: Store) -> None:
        store.asked("a")
        store.label("a", "1", ago=-0.5)
        assert store.joined()[0].labels["read"] == 0

    def test_rows_older_than_the_window_are_not_learnt_from(self, store: Store) -> None:
        store.asked("a", ago=8 * 24)
        store.label("a", "1")
        counts, rows = store.joined()
        assert rows == []
        assert counts.labels["unmatched"] == 1

    def test_coverage_asks_only_of_rows_that_are_old_enough(self, store: Store) -> None:
        for identity, ago in (("a", 48), ("b", 30), ("c", 2)):
            store.asked(identity, ago=ago)
        store.label("a", "1")
        assert store.joined()[0].coverage == 0.5

    def test_coverage_of_young_rows_alone_is_not_known(self, store: Store) -> None:
        store.asked("a", ago=2)
        assert store.joined()[0].coverage is None


class TestSeveralLabelsOfOneRow:
    def test_equal_ones_are_duplicates(self, store: Store) -> None:
        store.asked("a")
        for ago in (20, 10, 5):
            store.label("a", "1", ago)
        counts, rows = store.joined()
        assert (len(rows), counts.labels["duplicate"], counts.labels["conflicting"]) == (1, 2, 0)
        assert dict(counts.arrivals) == {"2026-01-31T04:00:00Z": 1}

    def test_of_different_ones_the_last_that_arrived_counts(self, store: Store) -> None:
        store.asked("a")
        store.label("a", "1", 10)
        store.label("a", "0", 5)
        counts, rows = store.joined()
        assert [each["repaid"] for each in rows] == ["0"]
        assert counts.labels["conflicting"] == 1

    def test_a_repeated_capture_record_is_one_row(self, store: Store) -> None:
        store.asked("a")
        store.asked("a")
        store.label("a", "1")
        counts, rows = store.joined()
        assert len(rows) == 1
        assert counts.rows["repeated"] == 1


class TestValues:
    def test_a_value_outside_the_column_is_invalid(self, store: Store) -> None:
        store.asked("a")
        store.label("a", "7")
        counts, rows = store.joined()
        assert rows == []
        assert counts.labels["invalid"] == 1

    def test_what_says_that_there_is_no_label_is_missing_and_what_cannot_be_one_is_invalid(self, store: Store) -> None:
        for identity, value in enumerate(("1", "0", "NaN", "null", " ", "maybe", "2", "-1")):
            store.asked(str(identity))
            store.label(str(identity), value)
        counts, rows = store.joined()
        assert [row["repaid"] for row in rows] == ["1", "0"]
        assert (counts.labels["used"], counts.labels["missing"], counts.labels["invalid"]) == (2, 3, 3)
        assert counts.coverage == 0.25

    @pytest.mark.parametrize(
        ("dataset", "value", "written"),
        [
            ({"positive": 1}, "1.0", "1"),
            ({"positive": 1}, "0", "0"),
            ({"positive": 0}, "0", "0"),
            ({"positive": 0}, "1", "1"),
        ],
    )
    def test_labels_are_spelled_as_training_data_spells_them(
        self, dataset: dict[str, Any], value: str, written: str
    ) -> None:
        assert label_text([value], parse_use_case(document(**dataset))) == written

    def test_numbers_of_a_regression_stay_numbers(self) -> None:
        spec = document()
        spec["task"] = "regression"
        spec["dataset"]["columns"][2] = {"name": "repaid", "type": "number", "min": 0}
        use_case = parse_use_case(spec)
        assert label_text(["12.5"], use_case) == "12.5"
        assert label_text(["-1"], use_case) is None
        assert label_text(["many"], use_case) is None


class TestVersions:
    def test_joining_a_past_window_again_gives_the_same_file(self, store: Store) -> None:
        for index in range(200):
            store.asked(f"id-{index}", [f"{index},Y"], ago=24 + index / 10)
            store.label(f"id-{index}", str(index % 2))
        first = (store.joined(), (store.folder / "out.csv").read_bytes())[1]
        store.label("id-3", "0", ago=-3)
        store.joined()
        assert (store.folder / "out.csv").read_bytes() == first

    def test_the_command_leaves_rows_and_a_manifest(self, store: Store, tmp_path: Path) -> None:
        (tmp_path / "use-case.json").write_text(json.dumps(document()))
        store.asked("a")
        store.label("a", "1")
        arguments = ["--use-case", str(tmp_path / "use-case.json"), "--capture", str(tmp_path / "capture")]
        arguments += ["--ground-truth", str(tmp_path / "truth"), "--endpoint", "e", "--schedule", "s"]
        arguments += [
            "--window",
            "7d",
            "--window-end",
            END.isoformat(),
            "--output",
            str(tmp_path / "o"),
            "--no-publish",
        ]
        assert main(["join", *arguments]) == 0
        manifest = json.loads((tmp_path / "o/manifest.json").read_text())
        assert manifest["rows"]["labelled"] == 1
        assert manifest["coverage"] == 1.0
        assert len((tmp_path / "o/rows/labelled.csv").read_text().splitlines()) == 2

    def test_a_window_of_an_unknown_unit_is_refused(self) -> None:
        with pytest.raises(InputError, match="not a duration"):
            Window.ending(END.isoformat(), "3 weeks")


def capture_line(**changes: Any) -> bytes:
    """A record as the service writes it, with something changed in its request, its metadata, or besides."""
    body = {"observedContentType": "text/csv", "mode": "INPUT", "data": "100,Y", "encoding": "CSV"}
    meta = {"eventId": "e1", "inferenceId": "i1", "inferenceTime": "2026-01-30T00:00:00Z"}
    body.update({key: changes.pop(key) for key in ("data", "encoding") if key in changes})
    meta.update(changes)
    record = {"captureData": {"endpointInput": body}, "eventMetadata": {k: v for k, v in meta.items() if v is not None}}
    return json.dumps(record).encode() + b"\n"


class TestUsualLines:
    """What is read quickly must be read as everything else is."""

    @pytest.mark.parametrize(
        "line",
        [
            capture_line(),
            capture_line(data=" 100 ,\tY"),
            capture_line(data="1,Y\n\n2,N\n"),
            capture_line(data=",\n"),
            capture_line(data="1,\u00a0Y\u2003"),
            capture_line(inferenceTime="2026-01-30T00:00:00.250Z"),
            capture_line() + b" \n",
            capture_line(inferenceId="ü"),
        ],
    )
    def test_are_read_as_the_general_reader_reads_them(self, line: bytes) -> None:
        usual = usual_request(line, 2)
        general = parse_record(line, "here", Skips())
        assert usual is not None
        assert general is not None
        assert usual == (general.inference_id, general.time, general.inputs)

    @pytest.mark.parametrize(
        "line",
        [
            capture_line(data='"1","Y"'),
            capture_line(data="1,Y,3"),
            capture_line(data="1\r\n2"),
            capture_line(data=""),
            capture_line(data={"a": 1}, encoding="JSON"),
            capture_line(inferenceId=None),
            capture_line(inferenceTime="2026-01-30T00:00:00"),
            capture_line(inferenceTime="yesterday Z"),
            capture_line(customAttributes=["mooring-smoke"]),
            capture_line() + b"{}",
            b"{}",
            b"[1]",
            b"not json",
            b"\xff",
        ],
    )
    def test_others_are_left_to_the_general_reader(self, line: bytes) -> None:
        assert usual_request(line, 2) is None

    @pytest.mark.parametrize("value", ["1", " 0 ", "yes", "0.5"])
    def test_labels_are_read_as_the_general_reader_reads_them(self, value: str) -> None:
        truth = {"data": value, "encoding": "CSV"}
        line = json.dumps({"groundTruthData": truth, "eventMetadata": {"eventId": "i1"}}).encode()
        general = parse_ground_truth(line, "here", Skips())
        assert general is not None
        assert usual_truth(line) == (general.event_id, general.values[0][0])  # type: ignore[index]

    @pytest.mark.parametrize("value", ["1,0", "1\n0", '"1"', "", 1])
    def test_several_values_and_quotes_are_left_to_the_general_reader(self, value: Any) -> None:
        truth = {"data": value, "encoding": "CSV"}
        line = json.dumps({"groundTruthData": truth, "eventMetadata": {"eventId": "i1"}}).encode()
        assert usual_truth(line) is None
