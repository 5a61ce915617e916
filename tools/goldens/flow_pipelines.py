"""Goldens of what surrounds steps: parameters, conditions, dependencies, caching, retries."""

from __future__ import annotations

from typing import Any

from parts import (
    artifact,
    evaluate,
    note,
    output,
    prepare,
    register,
    run,
    s3,
    train,
)
from registry import golden, pipeline
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
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.mlops.workflow.step_dependency import StepDependency, TriggerCondition
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep


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
