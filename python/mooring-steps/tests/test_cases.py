"""Inputs that failed on data nobody had tuned the product to, each with its right answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mooring_steps.cli import main

Run = Callable[..., tuple[int, str, Path]]
WHEN = {"name": "when", "type": "timestamp"}
DAYS = [date(2024, 1, 1) + timedelta(days=each) for each in range(366)]
INCOME = {"name": "income", "type": "number"}
CITY = {"name": "city", "type": "category"}
X, Y = {"name": "x", "type": "number"}, {"name": "y", "type": "integer"}


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run Preprocess on a file's text; returns exit code, what was printed, and the output folder."""

    def preprocess(
        content: str | bytes, columns: Sequence[dict[str, Any]], more: dict[str, Any] | None = None, **dataset: Any
    ) -> tuple[int, str, Path]:
        (tmp_path / "raw").mkdir(exist_ok=True)
        (tmp_path / "raw/rows.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        document = {
            "name": "case",
            "task": "binary",
            "dataset": {"label": "y", "positive": 1, "columns": list(columns), **dataset},
            **(more or {}),
        }
        (tmp_path / "use-case.json").write_text(json.dumps(document))
        arguments = ["--use-case", str(tmp_path / "use-case.json"), "--raw", str(tmp_path / "raw")]
        code = main(["preprocess", *arguments, "--output", str(tmp_path / "out")])
        printed = capsys.readouterr()
        return code, printed.out + printed.err, tmp_path / "out"

    return preprocess


def csv_of(**columns: Sequence[object]) -> str:
    return pd.DataFrame(columns).to_csv(index=False)


def manifest(output: Path) -> dict[str, Any]:
    return json.loads((output / "manifest/manifest.json").read_text())


class TestSilentNegatives:
    LABELS = ("yes", "Yes", "YES", "no")

    def content(self) -> str:
        return csv_of(x=range(80), y=[self.LABELS[index % 4] for index in range(80)])

    def test_are_an_error_that_lists_values_with_counts(self, run: Run) -> None:
        code, message, _ = run(self.content(), [X, {"name": "y", "type": "category"}], positive="yes")
        assert code == 2
        assert "YES (20 rows), Yes (20 rows), no (20 rows), yes (20 rows)" in message
        assert "dataset.negative" in message

    def test_are_fine_when_declared(self, run: Run) -> None:
        columns = [X, {"name": "y", "type": "category"}]
        assert run(self.content(), columns, positive="yes", negative="rest")[0] == 0
        code, message, _ = run(self.content(), columns, positive="yes", negative=["no"])
        assert code == 2
        assert "Yes" in message


class TestDeclaredDomain:
    def test_values_outside_are_an_error_with_values_and_counts(self, run: Run) -> None:
        code = {"name": "code", "type": "category", "categories": [10, 20, 30]}
        content = csv_of(code=["010", "020", "030"] * 20, y=[0, 1] * 30)
        status, message, _ = run(content, [code, Y])
        assert status == 2
        assert "60 of 60 values are none of its categories (10, 20, 30): '010' (20 rows)" in message
        assert run(content, [{**code, "categories": ["010", "020", "030"]}, Y])[0] == 0

    def test_a_few_are_a_counted_warning(self, run: Run) -> None:
        code = {"name": "code", "type": "category", "categories": ["a", "b"]}
        status, message, output = run(csv_of(code=["a", "b"] * 49 + ["c", "a"], y=[0, 1] * 50), [code, Y])
        assert status == 0
        assert "1 of 100 values are none of its categories (a, b): 'c' (1 row)" in message
        assert any("'c' (1 row)" in each for each in manifest(output)["warnings"])

    def test_labels_outside_their_column_are_an_error(self, run: Run) -> None:
        label = {"name": "y", "type": "integer", "min": 0, "max": 1}
        status, message, _ = run(csv_of(x=range(60), y=[0, 1, 2] * 20), [X, label])
        assert status == 2
        assert "2 (20 rows)" in message


class TestTimes:
    def content(self, form: str) -> str:
        return csv_of(when=[each.strftime(form) for each in DAYS], x=range(366), y=[0, 1] * 183)

    def test_day_first_is_proven_by_the_whole_column(self, run: Run) -> None:
        more = {"split": {"method": "time", "test_size": 0.2}}
        code, _, output = run(self.content("%d/%m/%Y"), [WHEN, X, Y], more, time="when")
        assert code == 0
        # 73 days: 20 October to 31 December.
        assert sorted(pd.read_csv(output / "test/test.csv")["x"]) == list(range(293, 366))

    def test_what_two_formats_can_read_is_an_error_that_asks_for_one(self, run: Run) -> None:
        early = [each for each in DAYS if each.day <= 12]
        content = csv_of(when=[each.strftime("%d/%m/%Y") for each in early], y=[0, 1] * (len(early) // 2))
        code, message, _ = run(content, [WHEN, Y])
        assert code == 2
        assert "'01/01/2024' can be read as %d/%m/%Y and as %m/%d/%Y" in message
        assert 'write format: "%d/%m/%Y"' in message
        assert run(content, [{**WHEN, "format": "%d/%m/%Y"}, Y])[0] == 0

    @pytest.mark.parametrize("word", ["now", "today", "May", "jan 12"])
    def test_words_are_no_times(self, run: Run, word: str) -> None:
        times = [*(each.isoformat() for each in DAYS[:59]), word]
        code, message, _ = run(csv_of(when=times, y=[0, 1] * 30), [WHEN, Y])
        assert code == 2
        assert f"'{word}'" in message


class TestReadableFiles:
    def content(self, income: str, delimiter: str = ",", missing: str = "") -> str:
        rows = [f"{income}{delimiter}Genève{delimiter}{index % 2}" for index in range(60)]
        if missing:
            rows[7] = f"{missing}{delimiter}Genève{delimiter}1"
        return "\n".join([delimiter.join(("income", "city", "y")), *rows])

    @pytest.mark.parametrize(
        ("income", "delimiter", "missing", "read", "value"),
        [
            ("5562", ";", "", {"delimiter": ";"}, 5562),
            ('"556,20"', ",", "", {"decimal": ","}, 556.2),
            ('"5,562"', ",", "", {"thousands": ","}, 5562),
            ("5562", ",", "None", {"missing": ["None"]}, 5562),
            ("5562", ",", "?", {"missing": ["?"]}, 5562),
            ('"1.234,50"', ";", "", {"delimiter": ";", "decimal": ",", "thousands": "."}, 1234.5),
        ],
    )
    def test_are_refused_with_the_setting_that_makes_them_readable(
        self, run: Run, income: str, delimiter: str, missing: str, read: dict[str, Any], value: float
    ) -> None:
        content, columns = self.content(income, delimiter, missing), [INCOME, CITY, Y]
        code, message, _ = run(content, columns)
        assert code == 2
        assert f"dataset.read: {{ {next(iter(read))}" in message
        code, message, output = run(content, columns, read=read)
        assert code == 0, message
        assert pd.read_csv(output / "train/train.csv")["income"].dropna().eq(value).all()

    def test_in_another_encoding(self, run: Run) -> None:
        content = self.content("5").encode("latin-1")
        code, message, _ = run(content, [INCOME, CITY, Y])
        assert code == 2
        assert "dataset.read: { encoding:" in message
        code, _, output = run(content, [INCOME, CITY, Y], read={"encoding": "latin-1"})
        assert code == 0
        assert set(pd.read_csv(output / "train/train.csv")["city"]) == {"Genève"}


def test_two_label_values_need_no_declaration(run: Run) -> None:
    content = csv_of(x=np.arange(80.0), y=[1, -1] * 40)
    code, message, output = run(content, [X, Y])
    assert code == 0, message
    assert manifest(output)["label"]["negative"] == ["-1"]


def test_a_negative_value_that_only_the_training_set_knows_is_a_warning_or_an_error_where_labels_come_back(
    run: Run,
) -> None:
    content = csv_of(x=np.arange(80.0), y=[1, 5] * 40)
    code, message, _ = run(content, [X, Y])
    assert (code, "dataset.negative: ['5']" in message) == (0, True)
    code, message, _ = run(content, [X, Y], {"labels": {"every": "1h"}})
    assert (code, "takes labels back" in message) == (2, True)
