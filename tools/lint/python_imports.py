"""Import rules of the Python packages: the contracts in pyproject.toml, and that manifests name what is imported.

usage: python_imports.py [ROOT]; exit code 1 when a rule is broken.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import grimp
from importlinter.cli import lint_imports

#: Part of Python from 3.11 on; before, import-linter brings it along.
TOML: Any = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
#: Distributions whose package has another name.
PACKAGES = {"scikit-learn": "sklearn", "xgboost-cpu": "xgboost", "jinja2": "jinja2"}
#: Comes with a declared distribution.
BROUGHT = {"markupsafe": "jinja2", "botocore": "boto3"}


def main(root: Path) -> int:
    """Check all rules and print what breaks them."""
    sys.path[:0] = [str(each) for each in sorted(root.glob("python/*/src"))]
    sys.path.insert(0, str(root / "packages/local-account/python"))
    os.chdir(root)
    broken = lint_imports(config_filename=str(root / "pyproject.toml"), cache_dir=None) != 0
    for manifest in sorted(root.glob("python/*/pyproject.toml")):
        for package in undeclared(manifest):
            print(f"{manifest.relative_to(root)} does not name '{package}', which the package imports")
            broken = True
    return int(broken)


def undeclared(manifest: Path) -> list[str]:
    """Packages that a project imports without naming them as a dependency."""
    project: dict[str, Any] = TOML.loads(manifest.read_text(encoding="utf-8"))["project"]
    name = str(project["name"]).replace("-", "_")
    extras = [each for group in project.get("optional-dependencies", {}).values() for each in group]
    declared = {_package(each) for each in [*project["dependencies"], *extras]}
    graph = grimp.build_graph(name, include_external_packages=True, cache_dir=None)
    external = {each for each in graph.modules if graph.is_module_squashed(each)}
    needed = {BROUGHT.get(each, each) for each in external - sys.stdlib_module_names - {"__future__"}}
    return sorted(needed - declared)


def _package(requirement: str) -> str:
    distribution = requirement.split(";")[0].split("[")[0]
    for sign in "<>=!~ ":
        distribution = distribution.split(sign)[0]
    return PACKAGES.get(distribution, distribution.replace("-", "_"))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2]).resolve()))
