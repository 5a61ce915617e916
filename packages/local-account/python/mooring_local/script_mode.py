"""Training in script mode: the install step of the containers' toolkit, then the script."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mooring_local.program import execute, run_python
from mooring_local.toolkit import InstallModuleError, install


def main(argv: Sequence[str]) -> int:
    """Installs, then runs the script: `--root /opt/ml [--isolated] [--package] FOLDER SCRIPT [ARGUMENT ...]`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--isolated", action="store_true")
    parser.add_argument("--package", action="store_true")
    parser.add_argument("folder", type=Path)
    parser.add_argument("script")
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    options = parser.parse_args(argv)
    try:
        install(options.folder, options.isolated, options.package)
    except InstallModuleError as error:
        (options.root / "output").mkdir(parents=True, exist_ok=True)
        (options.root / "output" / "failure").write_text(str(error), encoding="utf-8")
        print(error, file=sys.stderr)
        return 1
    if options.script.endswith(".sh"):
        return execute(["/bin/sh", "-c", f'./{options.script} "$@"', options.script, *options.rest])
    return run_python([str(options.folder / options.script), *options.rest])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
