"""The goldens: each function builds one pipeline with the SageMaker Python SDK. Twins: test/dsl/twins."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from offline import ROLE
from parts import (
    FUNCTION,
    QUEUE,
    SESSION,
    artifact,
    builder,
    channel,
    evaluate,
    note,
    output,
    prepare,
    register,
    run,
    s3,
    train,
    trainer,
)
from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter
from sagemaker.core.transformer import Transformer
from sagemaker.core.workflow.conditions import (
    ConditionEquals,
    ConditionGreaterThan,
    ConditionGreaterThanOrEqualTo,
    ConditionIn,
    ConditionLessThan,
    ConditionLessThanOrEqualTo,
    ConditionNot,
    ConditionOr,
)
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import (
    ParameterBoolean,
    ParameterFloat,
    ParameterInteger,
    ParameterString,
)
from sagemaker.mlops.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.emr_serverless_step import EMRServerlessJobConfig, EMRServerlessStep
from sagemaker.mlops.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.mlops.workflow.endpoint_step import EndpointConfigStep, EndpointStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.pipeline_experiment_config import PipelineExperimentConfig
from sagemaker.mlops.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.mlops.workflow.step_dependency import StepDependency, TriggerCondition
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, TrainingStep, TransformStep, TuningStep
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import SourceCode
from sagemaker.train.tuner import HyperparameterTuner

SCRIPTS = Path(__file__).resolve().parents[2] / "test/dsl/goldens/scripts"
GOLDENS: dict[str, Callable[[str], Pipeline]] = {}


def golden(build: Callable[[str], Pipeline]) -> Callable[[str], Pipeline]:
    GOLDENS[build.__name__.replace("_", "-")] = build
    return build


def pipeline(name: str, steps: list[Any], parameters: list[Any] | None = None, **more: Any) -> Pipeline:
    return Pipeline(name=name, parameters=parameters or [], steps=steps, sagemaker_session=SESSION, **more)


@golden
def parameters(name: str) -> Pipeline:
    """Every kind of parameter and execution variable, numbers made strings, Join."""
    text = ParameterString("Text", default_value="hello")
    size = ParameterString("Size", default_value="small", enum_values=["small", "large"])
    count = ParameterInteger("Count", default_value=3)
    share = ParameterFloat("Share", default_value=0.25)
    flag = ParameterBoolean("Flag", default_value=True)
    free = ParameterString("Free")
    first = note(
        "First",
        arguments=["--text", text, "--count", count.to_string(), "--share", share.to_string()],
        env={"SIZE": size, "FLAG": flag.to_string(), "EXECUTION": ExecutionVariables.PIPELINE_EXECUTION_ID},
    )
    where = Join(on="/", values=["s3:/", "mooring-goldens", ExecutionVariables.PIPELINE_NAME, text, count, share, flag])
    second = ProcessingStep(
        "Second",
        step_args=run(
            "note.py",
            {"note": output(first, "note")},
            {"note": where},
            [ExecutionVariables.START_DATETIME, ExecutionVariables.CURRENT_DATETIME],
            env={
                "ARN": ExecutionVariables.PIPELINE_EXECUTION_ARN,
                "PIPELINE": ExecutionVariables.PIPELINE_ARN,
                "JOINED": Join(on="-", values=["a", 1, 2.5, Join(on="", values=[share])]),
                "FREE": free,
            },
            instance_count=count,
            volume_size_in_gb=count,
        ),
    )
    return pipeline(name, [first, second], [text, size, count, share, flag, free])


def gate(name: str, threshold: float) -> Pipeline:
    at_least = ParameterFloat("MinF1", default_value=threshold)
    prepared = prepare(name)
    trained = train(name, output(prepared, "train"), cache_config=CacheConfig(enable_caching=True, expire_after="P30d"))
    judged, report = evaluate(name, artifact(trained), output(prepared, "test"))
    f1 = JsonGet(step_name="Evaluate", property_file=report, json_path="binary_classification_metrics.f1.value")
    check = ConditionStep(
        "QualityGate",
        conditions=[ConditionGreaterThanOrEqualTo(left=f1, right=at_least)],
        if_steps=[register(artifact(trained))],
        else_steps=[FailStep("Refuse", error_message=Join(on=" ", values=["F1 is", f1, "and must be", at_least]))],
    )
    return pipeline(name, [prepared, trained, judged, check], [at_least])


@golden
def quality_gate(name: str) -> Pipeline:
    """Prepare, train with a cache, evaluate, register: the gate lets the model pass."""
    return gate(name, 0.6)


@golden
def quality_gate_fails(name: str) -> Pipeline:
    """The same with a bound that no model reaches: the execution fails."""
    return gate(name, 1.5)


@golden
def conditions(name: str) -> Pipeline:
    """Every condition, in steps that choose between two notes."""
    count = ParameterInteger("Count", default_value=3)
    color = ParameterString("Color", default_value="red")
    flag = ParameterBoolean("Flag", default_value=False)
    kinds: dict[str, list[Any]] = {
        "Equal": [ConditionEquals(left=color, right="red")],
        "Greater": [ConditionGreaterThan(left=count, right=3)],
        "GreaterOrEqual": [ConditionGreaterThanOrEqualTo(left=count, right=3)],
        "Less": [ConditionLessThan(left=count, right=3.5)],
        "LessOrEqual": [ConditionLessThanOrEqualTo(left=2, right=count)],
        "Member": [ConditionIn(value=color, in_values=["green", "blue", color])],
        "Negated": [ConditionNot(ConditionEquals(left=flag, right=True))],
        "Either": [
            ConditionOr(
                [
                    ConditionEquals(left=color, right="blue"),
                    ConditionNot(ConditionIn(value=count, in_values=[1, 2])),
                ]
            ),
            ConditionEquals(left=ExecutionVariables.PIPELINE_NAME, right=name),
        ],
    }
    steps = [
        ConditionStep(
            kind,
            conditions=tests,
            if_steps=[note(f"{kind}Yes")],
            else_steps=[note(f"{kind}No")],
        )
        for kind, tests in kinds.items()
    ]
    return pipeline(name, steps, [count, color, flag])


@golden
def one_sided(name: str) -> Pipeline:
    """A condition with an empty branch, its outcome used outside, and steps of a branch that follow each other."""
    count = ParameterInteger("Count", default_value=1)
    first = note("First")
    second = ProcessingStep(
        "Second", step_args=run("note.py", {"note": output(first, "note")}, {"note": s3("notes/Second")})
    )
    choice = ConditionStep(
        "Choice", conditions=[ConditionEquals(left=count, right=1)], if_steps=[first, second], else_steps=[]
    )
    after = note("After", env={"OUTCOME": choice.properties.Outcome})
    return pipeline(name, [choice, after], [count])


@golden
def around_steps(name: str) -> Pipeline:
    """Caches, retry policies, DependsOn in all forms, display names and descriptions."""
    job = SageMakerJobExceptionTypeEnum
    first = note(
        "First",
        display_name="The first",
        description="Writes a note.",
        cache_config=CacheConfig(enable_caching=True, expire_after="PT1H"),
        retry_policies=[
            StepRetryPolicy(
                exception_types=[StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING],
                max_attempts=5,
            ),
            SageMakerJobStepRetryPolicy(
                exception_types=[job.INTERNAL_ERROR, job.CAPACITY_ERROR],
                failure_reason_types=[job.RESOURCE_LIMIT],
                interval_seconds=30,
                backoff_rate=1.5,
                expire_after_mins=60,
            ),
        ],
    )
    second = note("Second", depends_on=[first], cache_config=CacheConfig(enable_caching=False))
    third = note("Third", depends_on=["First", second])
    alarm = note("Alarm", depends_on=[StepDependency(third, TriggerCondition.FAILED)])
    last = note("Last", depends_on=[StepDependency(third, TriggerCondition.COMPLETED)])
    return pipeline(name, [first, second, third, alarm, last])


@golden
def tuning(name: str) -> Pipeline:
    """A search over every kind of range, the best model registered."""
    prepared = prepare(name)
    tuner = HyperparameterTuner(
        model_trainer=trainer(name, keep="1"),
        objective_metric_name="validation:accuracy",
        objective_type="Maximize",
        strategy="Random",
        max_jobs=4,
        max_parallel_jobs=2,
        random_seed=7,
        metric_definitions=[{"Name": "validation:accuracy", "Regex": "validation:accuracy=([0-9.]+)"}],
        hyperparameter_ranges={
            "margin": ContinuousParameter(-0.2, 0.2),
            "folds": IntegerParameter(2, 4),
            "mode": CategoricalParameter(["plain", "wide"]),
        },
    )
    tune = TuningStep("Tune", step_args=tuner.tune(inputs=channel(output(prepared, "train"))))
    best = tune.get_top_model_s3_uri(top_k=0, s3_bucket="mooring-goldens", prefix=f"{name}/model")
    return pipeline(name, [prepared, tune, register(best)])


@golden
def source_code(name: str) -> Pipeline:
    """What the SDK makes of a local source folder: channels and an entry point of its own, places it names itself."""
    prepared = prepare(name)
    made = trainer(name, margin=0.1)
    scripted = ModelTrainer(
        training_image=made.training_image,
        role=made.role,
        base_job_name="train",
        sagemaker_session=SESSION,
        compute=made.compute,
        stopping_condition=made.stopping_condition,
        output_data_config=made.output_data_config,
        hyperparameters={"margin": 0.1},
        source_code=SourceCode(source_dir=str(SCRIPTS), entry_script="train.py"),
    )
    trained = TrainingStep("Train", step_args=scripted.train(input_data_config=channel(output(prepared, "train"))))
    return pipeline(name, [prepared, trained])


@golden
def batch_transform(name: str) -> Pipeline:
    """Train, create a model, score a data set with it."""
    prepared = prepare(name)
    trained = train(name, output(prepared, "train"))
    model = ModelStep("Model", step_args=builder(artifact(trained)).build())
    transformer = Transformer(
        model_name=model.properties.ModelName,
        instance_count=1,
        instance_type="ml.m5.large",
        output_path=s3(f"{name}/predictions"),
        accept="text/csv",
        assemble_with="Line",
        max_payload=6,
        strategy="MultiRecord",
        sagemaker_session=SESSION,
    )
    args = transformer.transform(
        output(prepared, "test"), content_type="text/csv", split_type="Line", input_filter="$[1:]"
    )
    score = TransformStep("Score", step_args=args, cache_config=CacheConfig(enable_caching=True, expire_after="P1d"))
    return pipeline(name, [prepared, trained, model, score])


@golden
def endpoint(name: str) -> Pipeline:
    """Train, create a model, serve it."""
    prepared = prepare(name)
    trained = train(name, output(prepared, "train"))
    model = ModelStep("Model", step_args=builder(artifact(trained)).build())
    variant = {
        "ModelName": model.properties.ModelName,
        "VariantName": "AllTraffic",
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1.0,
    }
    config = EndpointConfigStep(
        "Config", step_args=SESSION.create_endpoint_config(name="goldens", production_variants=[variant])
    )
    serve = EndpointStep("Serve", step_args=SESSION.create_endpoint("goldens", config.properties.EndpointConfigName))
    return pipeline(name, [prepared, trained, model, config, serve])


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
