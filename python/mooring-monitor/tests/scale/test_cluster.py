"""The instances of a job as one Spark cluster, and the choice of the engine by size."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pandas as pd
import pytest
from mooring_monitor.cli import main
from mooring_monitor.errors import InputError
from mooring_monitor.scale import cluster
from mooring_monitor.scale.cluster import Hosts, job_hosts, work_for
from mooring_monitor.scale.engine import chosen_engine


def resources(folder: Path, current: str, *hosts: str) -> Path:
    path = folder / f"{current}.json"
    path.write_text(json.dumps({"current_host": current, "hosts": hosts}))
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TestAuto:
    @pytest.fixture
    def rows(self, tmp_path: Path) -> str:
        (tmp_path / "a.csv").write_bytes(b"a\n" + b"1\n" * 511)
        (tmp_path / "b.csv").write_bytes(b"a\n" + b"1\n" * 511)
        return str(tmp_path)

    @pytest.fixture
    def with_pyspark(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: ModuleSpec(name, None))

    @pytest.mark.usefixtures("with_pyspark")
    @pytest.mark.parametrize(("size", "engine"), [(2048, "spark"), (2049, "process")])
    def test_takes_spark_from_the_size_on_of_all_files(self, rows: str, size: int, engine: str) -> None:
        assert chosen_engine("auto", [rows], "csv", size / (1 << 30)) == engine

    @pytest.mark.usefixtures("with_pyspark")
    def test_is_one_process_below_20_gib(self, rows: str) -> None:
        assert chosen_engine("auto", [rows], "csv") == "process"

    def test_is_one_process_without_pyspark(self, rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        assert chosen_engine("auto", [rows], "csv", 1e-9) == "process"

    @pytest.mark.parametrize("size", ["0", "-1", "inf", "nan", "much"])
    def test_refuses_what_is_no_size(self, size: str, rows: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["profile", "--data", rows, f"--spark-from-gib={size}", "--output", rows]) == 2
        assert "--spark-from-gib" in capsys.readouterr().err


class TestHosts:
    def test_are_none_outside_of_a_job_and_on_one_instance(self, tmp_path: Path) -> None:
        assert job_hosts(tmp_path / "absent.json") is None
        assert job_hosts(resources(tmp_path, "algo-1", "algo-1")) is None

    def test_are_led_by_the_first_by_name(self, tmp_path: Path) -> None:
        second = job_hosts(resources(tmp_path, "algo-2", "algo-2", "algo-1"))
        assert second == Hosts("algo-2", "algo-1")
        assert not second.leads
        assert second.master == "spark://algo-1:7077"

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"current_host": "a", "hosts": ["b", "c"]}'])
    def test_that_cannot_be_read_are_named(self, text: str, tmp_path: Path) -> None:
        path = tmp_path / "resourceconfig.json"
        path.write_text(text)
        with pytest.raises(InputError, match="resourceconfig"):
            job_hosts(path)

    def test_wait_for_a_master_no_longer_than_their_patience(self, capsys: pytest.CaptureFixture[str]) -> None:
        work_for(Hosts("localhost", "127.0.0.1", free_port()), patience=0)
        assert "no Spark master at spark://127.0.0.1" in capsys.readouterr().out

    def test_other_than_the_first_have_nothing_to_do_in_one_process(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cluster, "RESOURCES", resources(tmp_path, "algo-2", "algo-1", "algo-2"))
        (tmp_path / "a.csv").write_text("a\n1\n")
        arguments = ["--data", str(tmp_path / "a.csv"), "--engine", "process", "--output", str(tmp_path / "out")]
        assert main(["profile", *arguments]) == 0
        assert not (tmp_path / "out").exists()


@pytest.mark.spark
class TestTwoInstances:
    def test_count_the_same_as_one_process(self, tmp_path: Path) -> None:
        pytest.importorskip("pyspark", reason="pyspark is in .venvs/bench only")
        pd.DataFrame({"a": range(3_000), "b": ["x", "y", "z"] * 1_000}).to_csv(tmp_path / "rows.csv", index=False)
        data, port = str(tmp_path / "rows.csv"), free_port()
        assert main(["profile", "--data", data, "--engine", "process", "--output", str(tmp_path / "one")]) == 0
        run = (
            "import sys, pathlib; from mooring_monitor.scale import cluster; from mooring_monitor.cli import main\n"
            f"cluster.RESOURCES = pathlib.Path(sys.argv[1]); cluster.PORT = {port}\n"
            f"sys.exit(main(['profile', '--data', {data!r}, '--engine', 'spark', '--output', sys.argv[2]]))"
        )
        started = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    run,
                    str(resources(tmp_path, host, "127.0.0.1", "localhost")),
                    str(tmp_path / host),
                ],
                env={"PATH": "/usr/bin:/bin", "PYTHONPATH": os.pathsep.join(sys.path)},
                stderr=subprocess.PIPE,
                text=True,
            )
            for host in ("127.0.0.1", "localhost")
        ]
        messages = [each.communicate(timeout=180)[1] for each in started]
        assert [each.returncode for each in started] == [0, 0], "\n".join(messages)
        one, two = (json.loads((tmp_path / name / "statistics.json").read_text()) for name in ("one", "127.0.0.1"))
        assert not (tmp_path / "localhost").exists()
        assert two["dataset"] == one["dataset"]
        assert two["features"][1] == one["features"][1]
        assert "Launching executor" in messages[1] or "Asked to launch executor" in messages[1]
