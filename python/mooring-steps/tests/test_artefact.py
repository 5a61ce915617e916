"""Reading model archives that may be hostile."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mooring_steps import artefact
from mooring_steps.artefact import FILES, read_artefact
from mooring_steps.errors import InputError
from mooring_steps.tables import read_csv


def pack(model: Path, archive: Path, *extra: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(model, arcname=".")
        for info, content in extra:
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return archive


def link(name: str, target: str) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type = tarfile.SYMTYPE
    info.linkname = target
    return info, b""


class TestAnArchive:
    def test_reads_like_its_folder(self, trained: Any, tmp_path: Path) -> None:
        pack(trained.model, tmp_path / "model.tar.gz")
        table = read_csv(trained.output / "test" / "test.csv", ["sex", "amount", "children"])
        scores = [read_artefact(each).predict(table).scores for each in (trained.model, tmp_path)]
        assert np.array_equal(scores[0], scores[1])

    def test_with_members_outside_of_it_writes_nothing(self, trained: Any, tmp_path: Path) -> None:
        evil = (tarfile.TarInfo("../../evil.txt"), b"x"), (tarfile.TarInfo("/tmp/evil.txt"), b"x"), link("l", "/etc")
        archive = pack(trained.model, tmp_path / "model.tar.gz", *evil)
        before = sorted(tmp_path.rglob("*"))
        assert read_artefact(archive).threshold is not None
        assert sorted(tmp_path.rglob("*")) == before

    def test_with_a_link_in_place_of_a_file_is_refused(self, trained: Any, tmp_path: Path) -> None:
        archive = pack(trained.model, tmp_path / "model.tar.gz", link("use-case.json", "/etc/passwd"))
        with pytest.raises(InputError, match=r"'use-case\.json' is not a plain file"):
            read_artefact(archive)

    def test_with_a_huge_file_is_refused(self, trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(artefact, "MAX_BYTES", 100)
        with pytest.raises(InputError, match="at most 100 are read"):
            read_artefact(pack(trained.model, tmp_path / "model.tar.gz"))

    def test_that_is_none_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "model.tar.gz").write_bytes(b"\x1f\x8bnonsense")
        with pytest.raises(InputError, match="not a gzip-compressed tar archive"):
            read_artefact(tmp_path)


class TestAFolder:
    def test_without_a_model_names_every_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(InputError) as error:
            read_artefact(tmp_path)
        assert [each.split("'")[1] for each in error.value.problems] == list(FILES)

    def test_that_does_not_exist_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="there is no model at"):
            read_artefact(tmp_path / "nowhere")

    def test_with_a_broken_model_is_refused(self, trained: Any, tmp_path: Path) -> None:
        for name in FILES:
            (tmp_path / name).write_bytes((trained.model / name).read_bytes())
        (tmp_path / "model.json").write_text("{}")
        with pytest.raises(InputError, match="cannot be loaded"):
            read_artefact(tmp_path)
