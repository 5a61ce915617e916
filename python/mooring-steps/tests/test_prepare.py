"""A use case's own preparation."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mooring_steps.errors import InputError
from mooring_steps.prepare import find_prepare, prepared

SOURCE = "def prepare(rows):\n    return rows.assign(b=rows['a'].astype(float) * 2)\n"


def bundle(folder: Path, source: str | None, zipped: bool) -> Path:
    if zipped:
        path = folder / "code.zip"
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("__main__.py", "")
            if source is not None:
                file.writestr("steps/prepare.py", source)
        return path
    if source is not None:
        (folder / "steps").mkdir()
        (folder / "steps" / "prepare.py").write_text(source)
    return folder


@pytest.mark.parametrize("zipped", [True, False])
class TestABundle:
    def test_with_a_preparation_applies_it(self, tmp_path: Path, zipped: bool) -> None:
        prepare = find_prepare(bundle(tmp_path, SOURCE, zipped))
        assert prepare is not None
        table = prepared(prepare, {"a": np.array(["1", "2.5"], dtype=object)}, ["b"], ["when"])
        assert {name: values.tolist() for name, values in table.items()} == {"b": ["2", "5"], "when": ["", ""]}

    def test_without_one_has_none(self, tmp_path: Path, zipped: bool) -> None:
        assert find_prepare(bundle(tmp_path, None, zipped)) is None

    @pytest.mark.parametrize(
        ("source", "told"),
        [
            ("x = 1\ndef prepare(rows:\n", r"steps/prepare\.py, line 2: SyntaxError: '\(' was never closed"),
            ("import no_such\n", r"steps/prepare\.py, line 1: ModuleNotFoundError: .*nothing is installed at run time"),
        ],
    )
    def test_with_a_module_that_cannot_be_loaded_is_reported(
        self, tmp_path: Path, zipped: bool, source: str, told: str
    ) -> None:
        with pytest.raises(InputError, match=told):
            find_prepare(bundle(tmp_path, source, zipped))

    def test_that_fails_is_reported_with_its_own_line(self, tmp_path: Path, zipped: bool) -> None:
        prepare = find_prepare(bundle(tmp_path, "def prepare(rows):\n    return rows['nope']\n", zipped))
        assert prepare is not None
        with pytest.raises(InputError, match=r"^steps/prepare\.py, line 2: KeyError: 'nope'$"):
            prepared(prepare, {"a": np.array(["1"], dtype=object)}, ["a"], [])

    def test_with_a_module_that_lacks_the_function_is_reported(self, tmp_path: Path, zipped: bool) -> None:
        with pytest.raises(InputError, match=r"steps/prepare\.py needs a function prepare\(rows\)"):
            find_prepare(bundle(tmp_path, "x = 1\n", zipped))


class TestAPreparation:
    RAW = np.array(["1", "2"], dtype=object)

    def test_that_makes_too_little_is_reported(self) -> None:
        with pytest.raises(InputError, match=r"makes no column b, c, which use-case\.yaml lists"):
            prepared(lambda rows: rows, {"a": self.RAW}, ["a", "b", "c"], [])

    def test_that_makes_no_data_frame_is_reported(self) -> None:
        with pytest.raises(InputError, match="returns a NoneType; allowed: a pandas DataFrame"):
            prepared(lambda _: None, {"a": self.RAW}, ["a"], [])  # type: ignore[arg-type, return-value]

    def test_that_leaves_no_row_is_reported(self) -> None:
        def nothing(rows: pd.DataFrame) -> pd.DataFrame:
            return rows[:0]

        with pytest.raises(InputError, match="leaves no row of 2"):
            prepared(nothing, {"a": self.RAW}, ["a"], [])
