"""Clients of AWS services: the region of the job, given explicitly and everywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from mooring_monitor.aws import client
from mooring_monitor.errors import InputError

ROOT = Path(__file__).parents[4]
#: Python that runs in jobs and hosts.
SHIPPED = ("python", "pipeline-defs", "packages")
#: What makes a client of boto3, and the place of the region among its positional arguments.
MAKERS = {"client": 1, "resource": 1, "Session": None}


class TestTheRegion:
    @pytest.mark.parametrize("service", ["cloudwatch", "s3", "sagemaker", "sagemaker-runtime"])
    def test_is_the_one_that_sagemaker_sets(self, service: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        assert client(service).meta.region_name == "eu-central-1"

    def test_that_is_not_known_is_an_error_with_a_remedy(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
        with pytest.raises(InputError, match="the region of cloudwatch is not known; set AWS_REGION"):
            client("cloudwatch")


def without_region(source: str) -> Iterator[int]:
    """Lines that make a client of boto3 and leave the region to its environment."""
    tree = ast.parse(source)
    if "boto3" not in source:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in MAKERS:
            continue
        place = MAKERS[node.func.attr]
        given = any(each.arg == "region_name" for each in node.keywords)
        if not given and (place is None or len(node.args) <= place):
            yield node.lineno


class TestShippedPython:
    def test_gives_every_client_its_region(self) -> None:
        files = [
            path for part in SHIPPED for path in sorted((ROOT / part).rglob("*.py")) if "node_modules" not in str(path)
        ]
        assert len(files) > 100
        faults = [f"{path.relative_to(ROOT)}:{line}" for path in files for line in without_region(path.read_text())]
        assert faults == []

    @pytest.mark.parametrize(
        "fault", ['boto3.client("s3")', 'boto3.Session().client("s3", "eu-west-1")', 'sdk.resource("s3")']
    )
    def test_is_searched_by_a_check_that_finds_what_it_should(self, fault: str) -> None:
        assert list(without_region(f"import boto3\nsdk = boto3\n{fault}\n")) == [3]
