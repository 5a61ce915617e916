"""Rows that count less the older they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from mooring_steps.ages import read_weights, row_weights, write_weights
from mooring_steps.cli import main
from mooring_steps.errors import InputError
from mooring_steps.use_case import UseCase

Loans = Callable[..., UseCase]


def table(captured: list[str], when: list[str]) -> dict[str, Any]:
    return {
        "mooring_captured_at": np.array(captured, dtype=object),
        "when": np.array(when, dtype=object),
    }


class TestWeights:
    def test_halve_with_every_half_life_a_row_is_older_than_the_newest(self, loans: Loans) -> None:
        use_case = loans(retraining={"half_life": "7d"})
        rows = table(["2026-03-15T00:00:00Z", "2026-03-08T00:00:00Z", ""], ["", "", "2026-03-01T00:00:00Z"])
        assert row_weights(use_case, rows) == pytest.approx([1, 0.5, 0.25])

    def test_take_rows_without_a_time_to_be_as_old_as_the_window(self, loans: Loans) -> None:
        use_case = loans(retraining={"half_life": "7d", "window": "21d"})
        assert row_weights(use_case, table(["2026-03-15T00:00:00Z", ""], ["", ""])) == pytest.approx([1, 0.125])

    def test_are_none_without_a_half_life_or_without_any_time(self, loans: Loans) -> None:
        assert row_weights(loans(), table(["2026-03-15T00:00:00Z"], [""])) is None
        assert row_weights(loans(retraining={"half_life": "7d"}), table([""], [""])) is None

    def test_that_do_not_fit_the_rows_are_refused(self, tmp_path: Path) -> None:
        write_weights(tmp_path, np.ones(3))
        assert read_weights(tmp_path, 3) == pytest.approx([1, 1, 1])
        with pytest.raises(InputError, match="3 weights for 4 rows"):
            read_weights(tmp_path, 4)


class TestAWorldThatTurned:
    """Base rows of long ago say the opposite of the labelled rows of today."""

    @pytest.fixture
    def learnt(self, tmp_path: Path, case_file: Callable[..., Path]) -> Callable[..., float]:
        def rows(count: int, seed: int, turned: bool, day: str) -> pd.DataFrame:
            random = np.random.default_rng(seed)
            amount = random.uniform(0, 100, count)
            paid = np.where((amount > 50) != turned, "yes", "no")
            columns = {"id": range(count), "when": day, "sex": "f", "amount": amount, "children": 1, "paid": paid}
            return pd.DataFrame(columns)

        def run(**retraining: str) -> float:
            case = case_file(retraining=retraining)
            for name, frame in (
                ("raw", rows(900, 1, False, "2026-01-01T00:00:00Z")),
                ("labelled", rows(300, 2, True, "").assign(mooring_captured_at="2026-03-01T00:00:00Z")),
            ):
                (tmp_path / name).mkdir(exist_ok=True)
                frame.to_csv(tmp_path / name / "rows.csv", index=False)
            folders = ["--raw", str(tmp_path / "raw"), "--labelled", str(tmp_path / "labelled")]
            out = tmp_path / f"out-{len(retraining)}"
            assert main(["preprocess", "--use-case", str(case), *folders, "--output", str(out)]) == 0
            channels = [f"--{name}={out / name}" for name in ("train", "validation", "transform")]
            assert main(["train", *channels, f"--output={out / 'model'}", "--use-case", str(case)]) == 0
            return float(np.load(out / "train" / "weights.npy").sum()) if "half_life" in retraining else 0.0

        return run

    def test_is_learnt_as_it_is_today_when_old_rows_count_less(
        self, learnt: Callable[..., float], tmp_path: Path
    ) -> None:
        from mooring_steps.artefact import raw_predictions, read_artefact

        learnt(data="base+window")
        # 720 * 0.9 base rows of 59 days ago count nothing; 240 * 0.9 of today count one each.
        assert learnt(data="base+window", half_life="2d") == pytest.approx(216, abs=0.1)
        scores = []
        for out in ("out-1", "out-2"):
            model = read_artefact(tmp_path / out / "model")
            asked = {"sex": ["f"], "amount": ["90"], "children": ["1"]}
            matrix = model.transform.apply({name: np.array(each, dtype=object) for name, each in asked.items()})
            scores.append(float(raw_predictions(model.booster, matrix)[0]))
        assert scores[0] > 0.5 > scores[1]
