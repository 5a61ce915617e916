"""The artefact of the live model: beside its baselines, or where its model package says."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mooring_monitor.aws import client
from mooring_monitor.errors import InputError
from mooring_monitor.json_file import read_json

ARCHIVE = "model.tar.gz"
MANIFEST = "manifest.json"


def live_model(baseline: Path, folder: Path, sagemaker: Any = None, s3: Any = None) -> Path:
    """Path of the live model's archive, downloaded to ``folder`` when it is not among the baselines.

    The live manifest names the model package, whose first container has the archive's S3 URI. Clients are made from the
    environment when they are not given. Raises InputError when neither archive nor manifest is there.
    """
    local = baseline / ARCHIVE
    if local.is_file():
        return local
    if not (baseline / MANIFEST).is_file():
        raise InputError(f"neither {ARCHIVE} nor {MANIFEST} in {baseline}; the live model cannot be explained")
    package = read_json(baseline / MANIFEST, "live manifest").get("package_arn")
    if not package:
        raise InputError(f"{baseline / MANIFEST} names no package_arn; the live model cannot be explained")
    models = sagemaker if sagemaker is not None else client("sagemaker")
    containers = models.describe_model_package(ModelPackageName=package)["InferenceSpecification"]["Containers"]
    where = urlsplit(str(containers[0].get("ModelDataUrl", "")))
    if where.scheme != "s3":
        raise InputError(f"model package {package} names no archive on S3")
    store = s3 if s3 is not None else client("s3")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / ARCHIVE
    target.write_bytes(store.get_object(Bucket=where.netloc, Key=where.path.lstrip("/"))["Body"].read())
    return target
