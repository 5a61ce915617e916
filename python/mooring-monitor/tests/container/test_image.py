"""The monitor's own image, as far as it can be checked without Docker: its recipe, its pins and what it starts."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from installed import Installed

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


def stage_of(name: str) -> list[tuple[str, str]]:
    """Instructions of a build stage."""
    found: list[tuple[str, str]] = []
    inside = False
    for instruction, value in instructions():
        if instruction == "FROM":
            inside = value.endswith(f" AS {name}")
        elif inside:
            found.append((instruction, value))
    return found


def pins(path: str) -> dict[str, str]:
    """Versions by package, as the images' Python 3.12 has them."""
    lines = [each.partition("; python_version ") for each in (ROOT / path).read_text().splitlines()]
    return dict(
        each.split("==")
        for each, _, marker in lines
        if each and not each.startswith(("#", "-")) and not marker.startswith("<")
    )


class TestRecipe:
    def test_base_is_a_version_that_a_digest_may_replace(self) -> None:
        assert arguments("FROM") == [
            *("${BASE} AS wheels", "${BASE} AS monitor"),
            *("monitor AS analyzer", "monitor AS clarify", "monitor"),
        ]
        (base,) = arguments("ARG")
        assert re.fullmatch(r"BASE=[a-z0-9./-]+:\d+\.\d+\.\d+-[a-z-]+", base)
        assert "sha256:<digest>" in RECIPE

    def test_every_file_it_copies_is_in_the_build_context(self) -> None:
        for each in arguments("COPY"):
            source, *rest = shlex.split(each)
            if source.startswith("--from="):
                assert (source, rest[0]) == ("--from=wheels", "/wheels")
                continue
            assert (CONTEXT / source).exists(), source

    def test_nothing_is_left_to_chance_or_left_behind(self) -> None:
        runs = " ".join(arguments("RUN"))
        assert "--no-install-recommends" in runs
        assert "rm -rf /var/lib/apt/lists/*" in runs
        assert "--no-cache-dir" in runs
        assert all("latest" not in each for _, each in instructions())
        installs = re.findall(r"pip install [^&]*?(?=pip |apt-get |$)", runs)
        assert all("--requirement" in each or "--no-index --no-deps" in each for each in installs)

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
        assert pins("python/mooring-monitor/container/build.txt")["flit_core"] == tools["flit_core"]
        assert ours["pyspark"] == pins("requirements/bench.txt")["pyspark"]


class TestEntry:
    def started(self, installed: Installed, stage: str, *arguments: str, **given: Any) -> str:
        """What the stage's entry point prints, run by the installed wheel."""
        found = [json.loads(value) for name, value in stage_of(stage) if name == "ENTRYPOINT"]
        (entry,) = found
        return installed.run(*entry, *arguments, **given).stdout

    def test_without_arguments_lists_what_it_can_do(self, installed: Installed) -> None:
        (command,) = [json.loads(value) for name, value in stage_of("monitor") if name == "CMD"]
        assert "profile" in self.started(installed, "monitor", *command)

    def test_profiles_a_file(self, installed: Installed, tmp_path: Path) -> None:
        (tmp_path / "rows.csv").write_text("a,b\n1,x\n2,y\n")
        profile = ("profile", "--data", str(tmp_path / "rows.csv"), "--output", str(tmp_path / "out"))
        self.started(installed, "monitor", *profile)
        assert json.loads((tmp_path / "out/statistics.json").read_text())["dataset"]["item_count"] == 2

    def test_drop_in_images_start_their_job_without_arguments(self, installed: Installed, tmp_path: Path) -> None:
        for stage in ("analyzer", "clarify"):
            assert [value for name, value in stage_of(stage) if name == "CMD"] == ["[]"]
            self.started(installed, stage, "--root", str(tmp_path), code=1)
            assert (tmp_path / "output/message").read_text().startswith("Error: ")
