"""use-case.json: what is read of it, what is refused, and where it is looked for."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from mooring_use_case import bundle
from mooring_use_case.errors import InputError
from mooring_use_case.use_case import parse_use_case, read_use_case

COLUMNS: list[dict[str, Any]] = [
    {"name": "id", "type": "integer"},
    {"name": "when", "type": "timestamp"},
    {"name": "income", "type": "number", "min": 0},
    {"name": "car", "type": "category", "categories": ["Y", "N"], "nullable": False},
    {"name": "repaid", "type": "category"},
]


def document(**changes: Any) -> dict[str, Any]:
    dataset = {"columns": COLUMNS, "label": "repaid", "key": "id", "time": "when", "positive": "yes"}
    return {"name": "loans", "task": "binary", "dataset": dataset, **changes}


class TestADocument:
    def test_has_features_without_label_time_and_key(self) -> None:
        case = parse_use_case(document())
        assert [each.name for each in case.features] == ["income", "car"]
        assert case.column("car").categories == ("Y", "N")
        assert not case.column("car").nullable
        assert (case.binary, case.positive, case.min_sample) == (True, "yes", 50)

    def test_names_everything_that_is_wrong(self) -> None:
        columns = [{"name": "a", "type": "real"}, {"type": "number"}]
        with pytest.raises(InputError) as caught:
            parse_use_case(document(task="guess", dataset={"columns": columns, "label": "y", "key": "id"}))
        assert len(caught.value.problems) == 5
        for problem in (
            "dataset.columns[0].type: 'real' is not one of integer",
            "dataset.columns[1].name: a non-empty text is needed",
            "dataset.label: no column 'y'; there are: a",
            "dataset.key: no column 'id'",
            "task: 'guess' is not one of binary",
        ):
            assert problem in str(caught.value)

    def test_may_have_to_meet_more_demands(self) -> None:
        with pytest.raises(InputError, match="binary is too easy"):
            parse_use_case(document(), demands=lambda case: [f"{case.task} is too easy"])

    @pytest.mark.parametrize("content", [None, [], "text", {"dataset": None}])
    def test_of_another_shape_is_refused(self, content: Any) -> None:
        with pytest.raises(InputError, match="an object is needed"):
            parse_use_case(content)


class TestAFile:
    def test_that_is_absent_or_no_json_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="does not exist"):
            read_use_case(tmp_path / "none.json")
        (tmp_path / "bad.json").write_text("{")
        with pytest.raises(InputError, match=r"bad\.json' is not JSON"):
            read_use_case(tmp_path / "bad.json")


class TestTheCodeBundle:
    @pytest.mark.parametrize("zipped", [False, True])
    def test_has_the_use_case_beside_the_packages(
        self, tmp_path: Path, zipped: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if zipped:
            with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
                archive.writestr("use-case.json", json.dumps(document()))
        else:
            (tmp_path / "use-case.json").write_text(json.dumps(document()))
        root = tmp_path / "code.zip" if zipped else tmp_path
        monkeypatch.setattr(bundle, "bundle_root", lambda: root)
        assert bundle.find_use_case().name == "loans"

    def test_without_one_asks_for_a_file(self) -> None:
        assert bundle.bundled_use_case() is None
        with pytest.raises(InputError, match="name the file with --use-case FILE"):
            bundle.find_use_case()
