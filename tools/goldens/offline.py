"""A SageMaker session that never leaves this machine: dummy credentials, no network, uploads that only say where to."""

from __future__ import annotations

import os
import socket
from typing import Any

REGION = "eu-west-1"
BUCKET = "mooring-goldens"
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"

os.environ.update(
    AWS_ACCESS_KEY_ID="none",
    AWS_SECRET_ACCESS_KEY="none",
    AWS_DEFAULT_REGION=REGION,
    SAGEMAKER_VALIDATE_ROLE="false",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    SAGEMAKER_ADMIN_CONFIG_OVERRIDE=os.devnull,
    SAGEMAKER_USER_CONFIG_OVERRIDE=os.devnull,
)


def _refuse(*_: Any, **__: Any) -> None:
    raise OSError("goldens are made without a network")


socket.socket.connect = _refuse  # type: ignore[method-assign]
socket.getaddrinfo = _refuse  # type: ignore[assignment]

import boto3  # noqa: E402
from sagemaker.core import s3  # noqa: E402
from sagemaker.core.telemetry import telemetry_logging  # noqa: E402
from sagemaker.core.workflow.pipeline_context import PipelineSession  # noqa: E402

telemetry_logging._send_telemetry_request = lambda *_, **__: None


def _uploaded(local_path: str, desired_s3_uri: str, **_: Any) -> str:
    return f"{desired_s3_uri}/{os.path.basename(local_path)}" if os.path.isfile(local_path) else desired_s3_uri


def _uploaded_text(body: str, desired_s3_uri: str, **_: Any) -> str:
    return desired_s3_uri


s3.S3Uploader.upload = staticmethod(_uploaded)
s3.S3Uploader.upload_string_as_file_body = staticmethod(_uploaded_text)


class OfflineSession(PipelineSession):
    def upload_data(self, path: str, bucket: str | None = None, key_prefix: str = "data", **_: Any) -> str:
        return _uploaded(path, f"s3://{bucket or BUCKET}/{key_prefix}")


def session() -> PipelineSession:
    made = OfflineSession(boto_session=boto3.Session(region_name=REGION), default_bucket=BUCKET)
    made._default_bucket = BUCKET
    return made
