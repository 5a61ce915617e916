"""Goldens of steps that other services do (Lambda, SQS, EMR), of JSON from S3, and of a definition that goes there."""

from __future__ import annotations

from typing import Any

from offline import ROLE
from parts import (
    FUNCTION,
    QUEUE,
    SESSION,
    note,
    s3,
)
from registry import golden, pipeline
from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.workflow.conditions import (
    ConditionEquals,
    ConditionGreaterThan,
)
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import (
    ParameterInteger,
    ParameterString,
)
from sagemaker.mlops.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.emr_serverless_step import EMRServerlessJobConfig, EMRServerlessStep
from sagemaker.mlops.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.pipeline_experiment_config import PipelineExperimentConfig
from sagemaker.mlops.workflow.steps import CacheConfig


@golden
def function(name: str) -> Pipeline:
    """A Lambda step whose answers decide and travel on."""
    count = ParameterInteger("Count", default_value=3)
    ask = LambdaStep(
        "Ask",
        lambda_func=Lambda(function_arn=FUNCTION, session=SESSION),
        inputs={"count": count, "name": ExecutionVariables.PIPELINE_NAME, "fixed": "x", "number": 2.5, "flag": True},
        outputs=[
            LambdaOutput(output_name="doubled", output_type=LambdaOutputTypeEnum.Integer),
            LambdaOutput(output_name="greeting", output_type=LambdaOutputTypeEnum.String),
        ],
        cache_config=CacheConfig(enable_caching=True, expire_after="P1d"),
    )
    doubled = ask.properties.Outputs["doubled"]
    greeting = ask.properties.Outputs["greeting"]
    choice = ConditionStep(
        "Choice",
        conditions=[ConditionGreaterThan(left=doubled, right=5)],
        if_steps=[note("Yes", env={"GREETING": greeting, "DOUBLED": doubled.to_string()})],
        else_steps=[FailStep("No", error_message="too small")],
    )
    return pipeline(name, [ask, choice], [count])


@golden
def callback(name: str) -> Pipeline:
    """A Callback step that somebody answers."""
    wait = CallbackStep(
        "Wait",
        sqs_queue_url=QUEUE,
        inputs={"question": "may I?", "execution": ExecutionVariables.PIPELINE_EXECUTION_ID},
        outputs=[CallbackOutput(output_name="answer", output_type=CallbackOutputTypeEnum.String)],
    )
    return pipeline(name, [wait, note("After", env={"ANSWER": wait.properties.Outputs["answer"]})])


@golden
def json_from_s3(name: str) -> Pipeline:
    """A value from a JSON object on S3, and an experiment of one's own."""
    bucket = ParameterString("Bucket", default_value="mooring-goldens")
    first = note("First")
    uri = Join(on="/", values=["s3:/", bucket, "notes/First/note.json"])
    color = JsonGet(s3_uri=uri, json_path="environment.color", step=first)
    choice = ConditionStep(
        "Choice",
        conditions=[ConditionEquals(left=color, right="red")],
        if_steps=[note("Red")],
        else_steps=[note("Other")],
        depends_on=[first],
    )
    mine = PipelineExperimentConfig(Join(on="-", values=["mine", bucket]), ExecutionVariables.PIPELINE_EXECUTION_ID)
    return pipeline(name, [first, choice], [bucket], pipeline_experiment_config=mine)


@golden
def large(name: str) -> Pipeline:
    """More than 100 KiB: this definition goes to S3."""
    steps: list[Any] = []
    for index in range(30):
        texts = {f"TEXT_{part:02d}": f"{index}:{part} " + "lorem ipsum " * 20 for part in range(12)}
        steps.append(note(f"Note{index:02d}", env=texts, depends_on=steps[-1:]))
    return pipeline(name, steps, pipeline_experiment_config=None)


@golden
def emr(name: str) -> Pipeline:
    """EMR on a running cluster, on one of its own, and serverless."""
    on_cluster = EMRStep(
        "OnCluster",
        None,
        None,
        "j-1234567890ABC",
        EMRStepConfig(
            jar="command-runner.jar",
            args=["spark-submit", s3("scripts/prepare.py")],
            main_class="Main",
            properties=[{"Key": "a", "Value": "b"}],
        ),
        execution_role_arn=ROLE,
    )
    group = {"InstanceRole": "MASTER", "InstanceCount": 1, "InstanceType": "m5.xlarge"}
    own_cluster = EMRStep(
        "OwnCluster",
        "Own",
        "On a cluster of its own.",
        None,
        EMRStepConfig(jar="command-runner.jar"),
        cluster_config={"Instances": {"InstanceGroups": [group]}, "ReleaseLabel": "emr-7.5.0"},
        depends_on=[on_cluster],
        cache_config=CacheConfig(enable_caching=True, expire_after="P1d"),
    )
    serverless = EMRServerlessStep(
        "Serverless",
        "Serverless",
        "Without a cluster.",
        EMRServerlessJobConfig(
            job_driver={"sparkSubmit": {"entryPoint": s3("scripts/prepare.py")}},
            execution_role_arn=ROLE,
            execution_timeout_minutes=30,
            name="job",
        ),
        application_id="00abcdefgh123456",
        depends_on=[own_cluster],
    )
    return pipeline(name, [on_cluster, own_cluster, serverless])
