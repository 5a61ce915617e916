"""Reading folders of files."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mooring_steps.errors import InputError
from mooring_steps.tables import data_hash, read_folder, write_csv

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y,z", None], "c": [0.1, np.nan, 3.0]})
TEXTS = {"a": ["1", "2", "3"], "b": ["x", "y,z", ""], "c": ["0.1", "", "3"]}


def as_lists(table: dict[str, np.ndarray]) -> dict[str, list[str]]:
    return {name: values.tolist() for name, values in table.items()}


class TestAFolderOfFiles:
    def test_is_read_in_the_order_of_paths_without_hidden_files(self, tmp_path: Path) -> None:
        (tmp_path / "b.csv").write_text("a\n3\n")
        (tmp_path / "a").mkdir()
        (tmp_path / "a" / "z.csv").write_text("\ufeffa,other\n1,x\n2,x\n", encoding="utf-8")
        for hidden in ("_SUCCESS", ".part.csv", "notes.txt"):
            (tmp_path / hidden).write_text("rubbish")
        assert as_lists(read_folder(tmp_path, ["csv"], ["a"])) == {"a": ["1", "2", "3"]}

    @pytest.mark.parametrize("name", ["data.csv", "data.csv.gz", "data.parquet"])
    def test_gives_the_same_texts_in_every_format(self, tmp_path: Path, name: str) -> None:
        if name.endswith("parquet"):
            FRAME.to_parquet(tmp_path / name)
        else:
            content = FRAME.to_csv(index=False).encode()
            (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
        table = read_folder(tmp_path, ["csv", "parquet"], ["a", "b", "c"])
        assert as_lists(table) == TEXTS

    def test_lists_every_problem_of_every_file(self, tmp_path: Path) -> None:
        (tmp_path / "1.csv").write_text("a\n1\n")
        (tmp_path / "2.csv").write_text("")
        (tmp_path / "3.csv").write_text("a,b,c\n")
        (tmp_path / "4.csv").write_text("a,b,c\n1,2,3\n1,2\n1\n")
        (tmp_path / "5.csv").write_text("a,b,b\n1,2,3\n")
        (tmp_path / "6.csv").write_bytes(b"a,b,c\n\xff,2,3\n")
        with pytest.raises(InputError) as error:
            read_folder(tmp_path, ["csv"], ["a", "b", "c"])
        assert [each.split(" (")[0] for each in error.value.problems] == [
            "1.csv: column 'b' is missing",
            "1.csv: column 'c' is missing",
            "1.csv: the header has a",
            "2.csv: the file is empty",
            "3.csv: there is a header, but no row",
            "4.csv: row 2 of 3",
            "5.csv: columns named twice: b",
            "6.csv: not a readable CSV file",
        ]

    def test_guesses_the_separator_of_a_file_that_is_not_comma_separated(self, tmp_path: Path) -> None:
        (tmp_path / "1.csv").write_text("a;b\n1;2\n")
        with pytest.raises(InputError, match=r"the header has a;b; values are separated by ';': write dataset.read"):
            read_folder(tmp_path, ["csv"], ["a", "b"])

    def test_without_files_of_the_format_says_what_is_there(self, tmp_path: Path) -> None:
        (tmp_path / "data.parquet").write_text("x")
        with pytest.raises(InputError, match=r"no csv file in .*; it contains: data\.parquet"):
            read_folder(tmp_path, ["csv"], ["a"])

    def test_that_does_not_exist_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="does not exist"):
            read_folder(tmp_path / "nowhere", ["csv"], ["a"])

    def test_reads_what_was_written(self, tmp_path: Path) -> None:
        table = {"a": np.array(["1", ""], dtype=object), "b": np.array(['say "x"', "y,\nz"], dtype=object)}
        write_csv(tmp_path / "t.csv", table)
        assert as_lists(read_folder(tmp_path, ["csv"], ["a", "b"])) == as_lists(table)


TABLE = {"a": np.array(["1", "2"], dtype=object), "b": np.array(["x", "y"], dtype=object)}


class TestTheDataHash:
    def test_does_not_depend_on_the_order_of_rows(self) -> None:
        assert data_hash({name: values[::-1] for name, values in TABLE.items()}) == data_hash(TABLE)

    @pytest.mark.parametrize(
        "other",
        [
            {"a": ["1", "2"], "b": ["x", "z"]},
            {"a": ["1", "2", "2"], "b": ["x", "y", "y"]},
            {"a": ["2", "1"], "b": ["x", "y"]},
            {"a": ["1", "2"], "c": ["x", "y"]},
            {"b": ["x", "y"], "a": ["1", "2"]},
        ],
    )
    def test_depends_on_everything_else(self, other: dict[str, list[str]]) -> None:
        table = {name: np.array(values, dtype=object) for name, values in other.items()}
        assert data_hash(table) != data_hash(TABLE)
