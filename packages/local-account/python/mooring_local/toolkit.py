"""What the toolkits of SageMaker's images install before a script runs, and when that fails.

Nothing is installed really: the script finds its files beside it. But what pip would need is looked at, so that code
that cannot start in a container does not start here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

#: Values with which pip takes an option as false. For `--no-build-isolation` its variable holds the value of what the
#: option negates: false switches the isolation off.
FALSE: Final = frozenset({"n", "no", "f", "false", "off", "0"})
NO_ISOLATION: Final = "PIP_NO_BUILD_ISOLATION"
BUILD_TOOLS: Final = "setuptools>=40.8.0"


class InstallModuleError(Exception):
    """The toolkit's error: the install command that failed."""

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(f'InstallModuleError:\nCommand "{" ".join(command)}"')


def install(folder: Path, isolated: bool, package: bool, environment: Mapping[str, str] | None = None) -> None:
    """Does what `python -m pip install . [-r requirements.txt]` would come to in a container.

    Args:
        folder: the script's folder.
        isolated: the container has no network, and so no package index.
        package: the toolkit makes a package of the folder (XGBoost's training, all serving); scikit-learn's training
            makes one only of a folder with a setup.py, and otherwise installs the requirements alone.

    Raises:
        InstallModuleError: pip would need the index, and there is none. What pip prints is printed.
    """
    variables = os.environ if environment is None else environment
    requirements = folder / "requirements.txt"
    wanted = missing(requirements.read_text(encoding="utf-8")) if requirements.is_file() else []
    package = package or (folder / "setup.py").is_file()
    if package and _needs_build_tools(folder, variables):
        wanted.insert(0, BUILD_TOOLS)
    if not isolated:
        unmet = [each for each in wanted if each != BUILD_TOOLS]
        if unmet:
            print(
                f"local account: a container would install {', '.join(unmet)}; the account installs nothing", flush=True
            )
        return
    if wanted:
        print(f"ERROR: Could not find a version that satisfies the requirement {wanted[0]} (from versions: none)")
        print(f"ERROR: No matching distribution found for {wanted[0]}", flush=True)
        target = ["."] if package else []
        more = ["-r", "requirements.txt"] if requirements.is_file() else []
        raise InstallModuleError([sys.executable, "-m", "pip", "install", *target, *more])


def _needs_build_tools(folder: Path, variables: Mapping[str, str]) -> bool:
    return variables.get(NO_ISOLATION, "").strip().lower() not in FALSE and not (folder / "pyproject.toml").is_file()


def missing(requirements: str) -> list[str]:
    """Lines of a requirements file that this interpreter does not satisfy."""
    found: Any = __import__("pip._vendor.packaging.requirements", fromlist=["Requirement", "InvalidRequirement"])
    unmet = []
    for line in (each.split("#", 1)[0].strip() for each in requirements.splitlines()):
        if not line or line.startswith("-"):
            continue
        try:
            requirement = found.Requirement(line)
        except found.InvalidRequirement:
            unmet.append(line)
            continue
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            satisfied = requirement.specifier.contains(metadata.version(requirement.name), prereleases=True)
        except metadata.PackageNotFoundError:
            satisfied = False
        if not satisfied:
            unmet.append(line)
    return unmet
