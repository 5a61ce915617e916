"""What the containers' toolkit would install, and when that fails."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from mooring_local.toolkit import InstallModuleError, install, missing

PIP = f'InstallModuleError:\nCommand "{sys.executable} -m pip install'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text("x = 1\n")
    return tmp_path


class TestAPackageInIsolation:
    @pytest.mark.parametrize("value", ["0", "false", "no", "OFF"])
    def test_is_built_with_the_tools_of_the_image(self, folder: Path, value: str) -> None:
        install(folder, isolated=True, package=True, environment={"PIP_NO_BUILD_ISOLATION": value})

    @pytest.mark.parametrize("environment", [{}, {"PIP_NO_BUILD_ISOLATION": "1"}, {"PIP_NO_BUILD_ISOLATION": "true"}])
    def test_needs_an_index_otherwise(
        self, folder: Path, environment: dict[str, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(InstallModuleError) as error:
            install(folder, isolated=True, package=True, environment=environment)
        assert str(error.value) == f'{PIP} ."'
        assert "ERROR: No matching distribution found for setuptools>=40.8.0" in capsys.readouterr().out

    def test_needs_one_for_requirements_that_the_image_lacks(self, folder: Path) -> None:
        (folder / "requirements.txt").write_text("numpy>=1\nno-such-package==1.0  # ours\n")
        with pytest.raises(InstallModuleError, match=r"-m pip install \. -r requirements\.txt"):
            install(folder, isolated=True, package=True, environment={"PIP_NO_BUILD_ISOLATION": "0"})


class TestAScript:
    def test_of_the_newer_toolkit_is_run_as_it_is(self, folder: Path) -> None:
        install(folder, isolated=True, package=False, environment={})

    def test_with_a_setup_is_a_package(self, folder: Path) -> None:
        (folder / "setup.py").touch()
        with pytest.raises(InstallModuleError):
            install(folder, isolated=True, package=False, environment={})


def test_with_a_network_the_account_says_what_it_does_not_install(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "requirements.txt").write_text("no-such-package==1.0\n")
    install(folder, isolated=False, package=True, environment={})
    assert capsys.readouterr().out == (
        "local account: a container would install no-such-package==1.0; the account installs nothing\n"
    )


def test_requirements_are_read_as_pip_reads_them() -> None:
    lines = "numpy\nnumpy<1\npandas>=2,<3\n# a comment\n--no-index\nwords; python_version < '3'\nnot a requirement\n"
    assert missing(lines) == ["numpy<1", "not a requirement"]
