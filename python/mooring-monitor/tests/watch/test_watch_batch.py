"""The scheduled run on the output of batch transforms."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from botocore.response import StreamingBody
from mooring_monitor.cli import main
from mooring_monitor.readers.batch import Skips
from mooring_monitor.readers.watched import Watched
from mooring_monitor.readers.window import Window
from mooring_monitor.watch.rows import joined_rows
from mooring_monitor.watch.run import Run
from mooring_use_case.use_case import UseCase, parse_use_case

Rows = Callable[..., pd.DataFrame]

WINDOW = Window.ending("2026-01-31T12:00:00Z", "1h")


def scored(frame: pd.DataFrame, answer: str = "1,0.9", keys: Sequence[str] | None = None) -> str:
    """Lines as a joined transform writes them: key, features, answer."""
    lines = [",".join(map(str, row)) for row in frame.itertuples(index=False)]
    return "".join(f"{key},{line},{answer}\n" for key, line in zip(keys or range(len(lines)), lines, strict=True))


@pytest.fixture
def output(tmp_path: Path) -> Callable[[str, str], None]:
    """Writes the file of a run."""

    def write(due: str, text: str) -> None:
        path = tmp_path / "output" / due / "orders.csv.out"
        path.parent.mkdir(parents=True)
        path.write_text(text)

    return write


class TestDataMonitor:
    @pytest.fixture
    def watch(self, tmp_path: Path, rows: Rows, use_case_file: str) -> Callable[[], dict[str, Any]]:
        """Runs `watch --kind data` over the hour before noon and returns its report."""
        rows(5_000).to_csv(tmp_path / "train.csv", index=False)
        live = str(tmp_path / "live")
        training = ["--data", str(tmp_path / "train.csv"), "--output", live]
        assert main(["profile", "--use-case", use_case_file, *training]) == 0

        def run() -> dict[str, Any]:
            found = tmp_path / "found"
            watched = ["--batch-output", str(tmp_path / "output"), "--endpoint", "loans-endpoint", "--schedule", "s"]
            options = ["--window-end", "2026-01-31T12:00:00Z", "--output", str(found), "--no-publish"]
            case = ["--use-case", use_case_file, "--kind", "data", "--baseline", live]
            assert main(["watch", *case, *watched, *options]) == 0
            report: dict[str, Any] = json.loads((found / "drift_report.json").read_text())
            return report

        return run

    def test_scored_rows_like_the_baseline_are_fine(
        self, rows: Rows, output: Callable[..., None], watch: Callable[..., Any]
    ) -> None:
        output("2026-01-31T11-00-00", scored(rows(300, seed=1)))
        report = watch()
        assert (report["verdict"], report["dataset"]["rows"]) == ("ok", 300)

    def test_a_drifted_file_is_a_breach_of_its_feature(
        self, rows: Rows, output: Callable[..., None], watch: Callable[..., Any]
    ) -> None:
        output("2026-01-31T11-00-00", scored(rows(300, seed=1, shift=1.5)))
        report = watch()
        assert report["verdict"] == "breach"
        assert [each["name"] for each in report["features"] if each["verdict"] == "breach"] == ["income"]

    def test_runs_of_other_windows_are_left_out(
        self, rows: Rows, output: Callable[..., None], watch: Callable[..., Any]
    ) -> None:
        output("2026-01-31T11-00-00", scored(rows(300, seed=1)))
        output("2026-01-31T12-00-00", scored(rows(300, seed=1, shift=3)))
        output("2026-01-31T10-59-59", scored(rows(300, seed=1, shift=3)))
        assert watch()["dataset"]["rows"] == 300

    def test_runs_from_before_the_live_version_are_left_out_and_counted(
        self, tmp_path: Path, rows: Rows, output: Callable[..., None], watch: Callable[..., Any]
    ) -> None:
        output("2026-01-31T11-00-00", scored(rows(200, seed=1, shift=3)))
        output("2026-01-31T11-30-00", scored(rows(300, seed=1)))
        (tmp_path / "live/manifest.json").write_text(json.dumps({"deployed_at": "2026-01-31T11:10:00Z", "version": 2}))
        report = watch()
        assert (report["verdict"], report["dataset"]["rows"]) == ("ok", 300)
        assert report["dataset"]["notes"]["answered before the live version took all traffic, left out"] == 200

    def test_answers_without_their_rows_are_not_judged_and_counted(
        self, output: Callable[..., None], watch: Callable[..., Any]
    ) -> None:
        output("2026-01-31T11-00-00", "1,0.9\n" * 80)
        report = watch()
        assert report["verdict"] == "skipped"
        assert report["summary"] == "No rows to judge (80 records could not be read)."
        assert report["dataset"]["skipped"] == {"wrong number of values": 80}

    def test_capture_and_batch_output_at_once_are_bad_usage(self, capsys: pytest.CaptureFixture[str]) -> None:
        both = ["--capture", "a", "--batch-output", "b"]
        rest = ["--kind", "data", "--baseline", "l", "--endpoint", "e", "--schedule", "s", "--window-end", "t"]
        assert main(["watch", *both, *rest, "--output", "o"]) == 2
        assert "not allowed with argument" in capsys.readouterr().err


class TestLabels:
    def test_find_scored_rows_by_their_key(
        self, tmp_path: Path, rows: Rows, output: Callable[..., None], use_case: UseCase
    ) -> None:
        output("2026-01-31T11-15-00", scored(rows(3), "0,0.2", ["a", "b", "c"]))
        truth = tmp_path / "truth/2026/01/31/11/l.jsonl"
        truth.parent.mkdir(parents=True)
        labels = [("a", "yes"), ("c", "no")]
        truth.write_text(
            "\n".join(
                json.dumps(
                    {
                        "groundTruthData": {"data": value, "encoding": "CSV"},
                        "eventMetadata": {"eventId": key, "eventTime": "2026-01-31T11:45:00Z"},
                    }
                )
                for key, value in labels
            )
        )
        watched = Watched.of_batch(str(tmp_path / "output"))
        names = ("loans-endpoint", "AllTraffic", "loans-quality-monitor")
        found = joined_rows(Run(use_case, WINDOW, watched, *names, tmp_path, str(tmp_path / "truth")), Skips())
        assert found.labels.fillna(-1).tolist() == [1, -1, 0]
        assert found.predictions.tolist() == [0, 0, 0]
        assert found.scores is not None
        assert found.scores.tolist() == [0.2] * 3
        assert found.label_lag.tolist()[0] == 1_800
        assert list(found.features) == ["income", "age", "car", "region"]


class TestLines:
    @pytest.fixture
    def read(self, tmp_path: Path, output: Callable[..., None]) -> Callable[..., Any]:
        def run(use_case: UseCase, text: str) -> tuple[list[list[str | None]], Skips]:
            output("2026-01-31T11-00-00", text)
            skips = Skips()
            parts = list(Watched.of_batch(str(tmp_path / "output")).rows(use_case, WINDOW, skips))
            return [list(row) for part in parts for row in zip(*part.cells.values(), strict=True)], skips

        return run

    def test_quoted_values_spaces_and_other_line_ends_are_read(
        self, use_case: UseCase, read: Callable[..., Any]
    ) -> None:
        cells, _ = read(use_case, '7,1.5, 30,"Y, or N",2,1,0.9\r\n8,2.5,31,,3,0,0.1')
        assert cells == [["1.5", "30", "Y, or N", "2"], ["2.5", "31", "", "3"]]

    def test_lines_of_another_width_and_binary_ones_are_counted(
        self, use_case: UseCase, read: Callable[..., Any]
    ) -> None:
        cells, skips = read(use_case, "7,1.5,30,Y,2,1\n\x00\n7,1.5,30,Y,2,1,0.9\n")
        assert len(cells) == 1
        assert skips.counts == {"wrong number of values": 1, "invalid CSV line": 1}

    def test_without_key_rows_begin_with_the_first_feature_and_a_number_is_the_answer_of_a_regression(
        self, document: dict[str, Any], read: Callable[..., Any]
    ) -> None:
        del document["dataset"]["key"]
        document["dataset"]["columns"] = document["dataset"]["columns"][1:]
        cells, skips = read(parse_use_case({**document, "task": "regression"}), "1.5,30,Y,2,17.25\n")
        assert (cells, skips.counts) == ([["1.5", "30", "Y", "2"]], {})


class TestOutputInS3:
    class Store:
        """Objects with the times at which they were written."""

        def __init__(self, objects: dict[str, tuple[str, bytes]]) -> None:
            self.objects = objects

        def get_paginator(self, _: str) -> Any:
            return self

        def paginate(
            self, Bucket: str, Prefix: str, Delimiter: str = "", StartAfter: str = ""
        ) -> Iterator[dict[str, Any]]:
            assert Bucket == "data"
            keys = sorted(each for each in self.objects if each.startswith(Prefix) and each > StartAfter)
            if Delimiter:
                folders = sorted({Prefix + each.removeprefix(Prefix).split("/")[0] + "/" for each in keys})
                yield {"CommonPrefixes": [{"Prefix": each} for each in folders]}
                return
            yield {"Contents": [{"Key": each, "LastModified": self.written(each)} for each in keys]}

        def written(self, key: str) -> datetime:
            return datetime.fromisoformat(self.objects[key][0]).replace(tzinfo=timezone.utc)

        def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
            content = self.objects[Key][1]
            body: Any = StreamingBody
            return {"Body": body(io.BytesIO(content), len(content))}

    def test_belongs_to_the_window_in_which_it_was_written_however_long_its_run_took(self, use_case: UseCase) -> None:
        def row(income: int) -> bytes:
            return f"k{income},{income},30,Y,2,1,0.9\n".encode()

        root = "loans/batch/output"
        store = self.Store(
            {
                f"{root}/2026-01-25T10-00-00/a.csv.out": ("2026-01-31T11:30:00", row(0)),
                f"{root}/2026-01-29T10-00-00/a.csv.out": ("2026-01-31T11:00:00", row(1)),
                f"{root}/2026-01-31T10-00-00/a.csv.out": ("2026-01-31T10:59:59", row(2)),
                f"{root}/2026-01-31T11-00-00/sub/a.csv.out": ("2026-01-31T11:20:00", row(3)),
                f"{root}/2026-01-31T11-00-00/b.csv.out": ("2026-01-31T12:00:00", row(4)),
                f"{root}/2026-01-31T11-00-00/notes.txt": ("2026-01-31T11:20:00", row(5)),
                f"{root}/by-hand/a.csv.out": ("2026-01-31T11:20:00", row(6)),
            }
        )
        parts = list(Watched.of_batch(f"s3://data/{root}").rows(use_case, WINDOW, Skips(), store))
        # A run of six days ago is older than SageMaker lets a job become.
        assert [each for part in parts for each in part.ids] == ["k1", "k3"]
        assert parts[0].times == [datetime(2026, 1, 29, 10, tzinfo=timezone.utc)]
