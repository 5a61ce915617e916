"""use-case.json in the code bundle, zipped or unpacked: it lies beside the packages."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from mooring_use_case.errors import InputError
from mooring_use_case.use_case import Demands, UseCase, decoded, no_demands, parse_use_case, read_use_case

FILE_NAME: Final = "use-case.json"


def bundle_root() -> Path:
    """The folder or zip that this package lies in."""
    return Path(__file__).parents[1]


def find_use_case(path: str | Path | None = None, demands: Demands = no_demands) -> UseCase:
    """The use case of a file, or without one that of the code bundle.

    Raises InputError when there is none or it is not usable.
    """
    found = read_use_case(path, demands) if path is not None else bundled_use_case(demands)
    if found is None:
        raise InputError(f"no {FILE_NAME} in the code bundle {bundle_root()}; name the file with --use-case FILE")
    return found


def bundled_use_case(demands: Demands = no_demands) -> UseCase | None:
    """The use case of the code bundle; None where the package does not lie in one."""
    root = bundle_root()
    if root.is_file() and zipfile.is_zipfile(root):
        with zipfile.ZipFile(root) as bundle:
            if FILE_NAME not in bundle.namelist():
                return None
            where = f"{root}/{FILE_NAME}"
            return parse_use_case(decoded(bundle.read(FILE_NAME), where), where, demands)
    file = root / FILE_NAME
    return read_use_case(file, demands) if file.is_file() else None


def optional_use_case(path: str | Path | None) -> UseCase | None:
    """The use case of a file or of the code bundle; None at a terminal that names none."""
    return bundled_use_case() if path is None else read_use_case(path)
