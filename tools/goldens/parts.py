"""Steps that several goldens share, made with the SageMaker Python SDK as its documentation does."""

from __future__ import annotations

from typing import Any

from offline import ACCOUNT, BUCKET, REGION, ROLE, session
from sagemaker.core.processing import ScriptProcessor
from sagemaker.core.shapes import (
    OutputDataConfig,
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    StoppingCondition,
)
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep
from sagemaker.serve import ModelBuilder
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData

SESSION = session()
IMAGE = f"141502667606.dkr.ecr.{REGION}.amazonaws.com/sagemaker-scikit-learn:1.4-2-py312"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:goldens"
QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/goldens"


def s3(key: str) -> str:
    return f"s3://{BUCKET}/{key}"


def source(name: str, uri: Any) -> ProcessingInput:
    where = ProcessingS3Input(
        s3_uri=uri,
        local_path=f"/opt/ml/processing/input/{name}",
        s3_data_type="S3Prefix",
        s3_input_mode="File",
    )
    return ProcessingInput(input_name=name, s3_input=where)


def sink(name: str, uri: Any) -> ProcessingOutput:
    where = ProcessingS3Output(s3_uri=uri, local_path=f"/opt/ml/processing/output/{name}", s3_upload_mode="EndOfJob")
    return ProcessingOutput(output_name=name, s3_output=where)


def processor(**more: Any) -> ScriptProcessor:
    settings: dict[str, Any] = {
        "role": ROLE,
        "image_uri": IMAGE,
        "command": ["python3"],
        "instance_count": 1,
        "instance_type": "ml.m5.large",
        "max_runtime_in_seconds": 600,
        "sagemaker_session": SESSION,
    }
    return ScriptProcessor(**{**settings, **more})


def run(
    script: str,
    inputs: dict[str, Any],
    outputs: dict[str, Any],
    arguments: list[Any] | None = None,
    **more: Any,
) -> Any:
    return processor(**more).run(
        code=s3(f"scripts/{script}"),
        inputs=[source(name, uri) for name, uri in inputs.items()],
        outputs=[sink(name, uri) for name, uri in outputs.items()],
        arguments=arguments,
    )


def note(name: str, **more: Any) -> ProcessingStep:
    """A step that writes its arguments and environment to an output; it runs anywhere."""
    settings = {key: more.pop(key) for key in ("arguments", "env") if key in more}
    args = run("note.py", {}, {"note": s3(f"notes/{name}")}, **settings)
    return ProcessingStep(name, step_args=args, **more)


def prepare(prefix: str, **more: Any) -> ProcessingStep:
    outputs = {"train": s3(f"{prefix}/train"), "test": s3(f"{prefix}/test")}
    args = run("prepare.py", {"raw": s3("raw")}, outputs, ["--test-every", "4"])
    return ProcessingStep("Prepare", step_args=args, **more)


def output(step: ProcessingStep, name: str) -> Any:
    return step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri


def trainer(prefix: str, **hyperparameters: Any) -> ModelTrainer:
    script = {
        "sagemaker_program": "train.py",
        "sagemaker_submit_directory": s3("scripts/sourcedir.tar.gz"),
    }
    return ModelTrainer(
        training_image=IMAGE,
        role=ROLE,
        base_job_name="train",
        sagemaker_session=SESSION,
        compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=30),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=600),
        output_data_config=OutputDataConfig(s3_output_path=s3(f"{prefix}/model")),
        hyperparameters={**script, **hyperparameters},
    )


def channel(data: Any) -> list[InputData]:
    return [InputData(channel_name="train", data_source=data, content_type="text/csv")]


def train(prefix: str, data: Any, hyperparameters: dict[str, Any] | None = None, **more: Any) -> TrainingStep:
    args = trainer(prefix, **(hyperparameters or {"margin": 0.0})).train(input_data_config=channel(data))
    return TrainingStep("Train", step_args=args, **more)


def artifact(step: TrainingStep) -> Any:
    return step.properties.ModelArtifacts.S3ModelArtifacts


def evaluate(prefix: str, model: Any, test: Any, **more: Any) -> tuple[ProcessingStep, PropertyFile]:
    report = PropertyFile(name="Report", output_name="evaluation", path="evaluation.json")
    args = run("evaluate.py", {"model": model, "test": test}, {"evaluation": s3(f"{prefix}/evaluation")})
    return ProcessingStep("Evaluate", step_args=args, property_files=[report], **more), report


def builder(model: Any, **more: Any) -> ModelBuilder:
    env = {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": s3("scripts/sourcedir.tar.gz"),
    }
    settings: dict[str, Any] = {
        "image_uri": IMAGE,
        "s3_model_data_url": model,
        "role_arn": ROLE,
        "sagemaker_session": SESSION,
        "instance_type": "ml.m5.large",
        "env_vars": env,
    }
    return ModelBuilder(**{**settings, **more})


def register(model: Any, group: str = "goldens", name: str = "Register", **more: Any) -> ModelStep:
    args = builder(model).register(
        model_package_group_name=group,
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        approval_status="PendingManualApproval",
        **more,
    )
    return ModelStep(name, step_args=args)
