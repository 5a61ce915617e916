"""The monitor's own image, as far as it can be checked without Docker: its recipe, its pins and what it starts."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
CONTEXT = ROOT / "python"
RECIPE = (CONTEXT / "mooring-monitor/container/Dockerfile").read_text()


def instructions() -> list[tuple[str, str]]:
    """Instruction and argument, continued lines joined, comments left out."""
    text = re.sub(r"^\s*#.*\n", "", RECIPE, flags=re.MULTILINE)
    lines = [each for each in re.sub(r"\\\n\s*", "", text).splitlines() if each.strip()]
    return [(each.split(None, 1)[0], each.split(None, 1)[1]) for each in lines]


def arguments(name: str) -> list[str]:
    return [value for each, value in instructions() if each == name]


def pins(path: str) -> dict[str, str]:
    lines = (ROOT / path).read_text().splitlines()
    return dict(each.split("==") for each in lines if each and not each.startswith(("#", "-")))


class TestRecipe:
    def test_base_is_a_version_that_a_digest_may_replace(self) -> None:
        assert arguments("FROM") == ["${BASE}"]
        (base,) = arguments("ARG")
        assert re.fullmatch(r"BASE=[a-z0-9./-]+:\d+\.\d+\.\d+-[a-z-]+", base)
        assert "sha256:<digest>" in RECIPE

    def test_every_file_it_copies_is_in_the_build_context(self) -> None:
        for each in arguments("COPY"):
            source, _ = shlex.split(each)
            assert (CONTEXT / source).exists(), source

    def test_nothing_is_left_to_chance_or_left_behind(self) -> None:
        runs = " ".join(arguments("RUN"))
        assert "--no-install-recommends" in runs
        assert "rm -rf /var/lib/apt/lists/*" in runs
        assert "--no-cache-dir" in runs
        assert all("latest" not in each for _, each in instructions())
        assert not re.search(r"pip install(?!.*--requirement)", runs)

    def test_libraries_are_those_of_the_other_images(self) -> None:
        ours, runtime, tools = (
            pins(path)
            for path in (
                "python/mooring-monitor/container/requirements.txt",
                "requirements/runtime.txt",
                "requirements/dev.txt",
            )
        )
        assert {name: ours[name] for name in ours if name in runtime} == {
            name: runtime[name] for name in ours if name in runtime
        }
        assert {name: ours[name] for name in ours if name in tools} == {
            name: tools[name] for name in ours if name in tools
        }
        assert ours["pyspark"] == pins("requirements/bench.txt")["pyspark"]


class TestEntry:
    @pytest.fixture
    def image(self, tmp_path: Path) -> Path:
        """What the image holds, copied as the recipe says."""
        for each in arguments("COPY"):
            source, target = shlex.split(each)
            place = tmp_path / "image" / target.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            if (CONTEXT / source).is_dir():
                shutil.copytree(CONTEXT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(CONTEXT / source, place)
        return tmp_path / "image"

    def started(self, image: Path, *command: str) -> subprocess.CompletedProcess[str]:
        (entry,) = map(json.loads, arguments("ENTRYPOINT"))
        variables = dict(each.split("=", 1) for value in arguments("ENV") for each in shlex.split(value))
        path = str(image / variables["PYTHONPATH"].lstrip("/"))
        return subprocess.run(
            [sys.executable, *entry[1:], *command],
            env={**os.environ, **variables, "PYTHONPATH": path},
            cwd=image,
            capture_output=True,
            text=True,
        )

    def test_without_arguments_tells_what_it_can_do(self, image: Path) -> None:
        (command,) = map(json.loads, arguments("CMD"))
        done = self.started(image, *command)
        assert done.returncode == 0
        assert "profile" in done.stdout

    def test_profiles_a_file(self, image: Path, tmp_path: Path) -> None:
        (tmp_path / "rows.csv").write_text("a,b\n1,x\n2,y\n")
        done = self.started(image, "profile", "--data", str(tmp_path / "rows.csv"), "--output", str(tmp_path / "out"))
        assert done.returncode == 0, done.stderr
        assert json.loads((tmp_path / "out/statistics.json").read_text())["dataset"]["item_count"] == 2
