"""Runs a pipeline definition of the SageMaker Python SDK in the local account, with boto3 only; prints how it ended."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3

FINAL = ("Succeeded", "Failed", "Stopped", "CompletedWithFailures")


def answer_callbacks(sagemaker: Any, sqs: Any, queue: str) -> None:
    """Answers every message of the queue with success and the outputs that the golden declares."""
    for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        token = json.loads(message["Body"])["token"]
        outputs = [{"Name": "answer", "Value": "yes"}]
        sagemaker.send_pipeline_execution_step_success(CallbackToken=token, OutputParameters=outputs)
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True)
    parser.add_argument("--definition", type=Path, required=True)
    parser.add_argument("--role", required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--parameter", action="append", default=[], help="NAME=VALUE")
    parser.add_argument("--queue", help="queue whose callbacks are answered")
    options = parser.parse_args(argv)
    session = boto3.Session(region_name="us-east-1")
    sagemaker = session.client("sagemaker", endpoint_url=options.endpoint)
    sqs = session.client("sqs", endpoint_url=options.endpoint)
    sagemaker.create_pipeline(
        PipelineName=options.name,
        PipelineDefinition=options.definition.read_text(),
        RoleArn=options.role,
        ClientRequestToken=f"create-{options.name}".ljust(40, "0"),
    )
    parameters = [dict(zip(("Name", "Value"), each.split("=", 1), strict=True)) for each in options.parameter]
    started = sagemaker.start_pipeline_execution(PipelineName=options.name, PipelineParameters=parameters)
    arn = started["PipelineExecutionArn"]
    deadline = time.monotonic() + 120
    while (execution := sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn))[
        "PipelineExecutionStatus"
    ] not in FINAL:
        if options.queue:
            answer_callbacks(sagemaker, sqs, options.queue)
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)["PipelineExecutionSteps"]
    result = {
        "status": execution["PipelineExecutionStatus"],
        "reason": execution.get("FailureReason", ""),
        "steps": {each["StepName"]: each["StepStatus"] for each in steps},
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
