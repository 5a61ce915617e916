"""The monitor as a user has it: wheels, installed into an empty virtual environment."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECTS = Path(__file__).parents[3]


@dataclass(frozen=True)
class Installed:
    """A virtual environment with nothing of this checkout on its path."""

    scripts: Path
    work: Path

    def run(
        self, *command: object, code: int = 0, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run an installed command in an empty folder."""
        name, *arguments = map(str, command)
        done = subprocess.run(
            [str(self.scripts / name), *arguments],
            cwd=self.work,
            env={"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done


def install(folder: Path, projects: list[str]) -> Installed:
    """Build wheels and install them; their dependencies are those of the running environment."""
    wheels = folder / "wheels"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    offline = ["--no-index", "--no-deps"]
    sources = [str(PROJECTS / each) for each in projects]
    subprocess.run([*pip, "wheel", *offline, "--no-build-isolation", "--wheel-dir", str(wheels), *sources], check=True)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv/bin/python"
    files = [str(each) for each in sorted(wheels.glob("*.whl"))]
    subprocess.run([*pip, "--python", str(python), "install", *offline, *files], check=True)
    packages = next((folder / "venv/lib").glob("python*/site-packages"))
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (folder / "work").mkdir()
    return Installed(folder / "venv/bin", folder / "work")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The monitor without the steps."""
    return install(tmp_path_factory.mktemp("installed"), ["mooring-values", "mooring-use-case", "mooring-monitor"])
