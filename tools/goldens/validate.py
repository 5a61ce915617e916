"""Holds definitions against botocore's models: `python validate.py FILE`, where FILE is {name: definition}.

Expressions are replaced by a value of the type that stands in the model at their place; names that SageMaker makes up
are filled in. Prints the errors and how many requests of each kind were seen.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import botocore.session
from botocore.model import Shape
from botocore.validate import ParamValidator

# Step type -> service, operation, member that SageMaker fills in.
OPERATIONS = {
    "Processing": ("sagemaker", "CreateProcessingJob", "ProcessingJobName"),
    "QualityCheck": ("sagemaker", "CreateProcessingJob", "ProcessingJobName"),
    "ClarifyCheck": ("sagemaker", "CreateProcessingJob", "ProcessingJobName"),
    "Training": ("sagemaker", "CreateTrainingJob", "TrainingJobName"),
    "Tuning": ("sagemaker", "CreateHyperParameterTuningJob", "HyperParameterTuningJobName"),
    "Transform": ("sagemaker", "CreateTransformJob", "TransformJobName"),
    "Model": ("sagemaker", "CreateModel", "ModelName"),
    "RegisterModel": ("sagemaker", "CreateModelPackage", "ModelPackageName"),
    "AutoML": ("sagemaker", "CreateAutoMLJob", "AutoMLJobName"),
    "Endpoint": ("sagemaker", "CreateEndpoint", "EndpointName"),
    "EndpointConfig": ("sagemaker", "CreateEndpointConfig", "EndpointConfigName"),
}
EXPRESSIONS = {"Get", "Std:Join", "Std:JsonGet"}
SESSION = botocore.session.get_session()


def is_expression(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in EXPRESSIONS


def filled(value: Any, shape: Shape | None) -> Any:
    """The value with each expression replaced by one of the type that the model wants there."""
    if is_expression(value):
        return sample(shape)
    if isinstance(value, dict):
        members = shape.members if shape is not None and shape.type_name == "structure" else {}
        rest = shape.value if shape is not None and shape.type_name == "map" else None
        return {key: filled(item, members.get(key, rest)) for key, item in value.items()}
    if isinstance(value, list):
        inner = shape.member if shape is not None and shape.type_name == "list" else None
        return [filled(item, inner) for item in value]
    return value


def sample(shape: Shape | None) -> Any:
    kind = shape.type_name if shape is not None else "string"
    least = int(shape.metadata.get("min", 1)) if shape is not None else 1
    if kind in ("integer", "long"):
        return max(1, least)
    if kind in ("float", "double"):
        return float(max(1, least))
    return True if kind == "boolean" else "x" * max(1, least)


def shape_of(service: str, operation: str) -> Shape:
    return SESSION.get_service_model(service).operation_model(operation).input_shape


def requests(step: dict[str, Any]) -> list[tuple[str, Shape, dict[str, Any]]]:
    """The bodies that a step sends, with the shape of each."""
    kind, body = step["Type"], step["Arguments"]
    if kind in OPERATIONS:
        service, operation, given = OPERATIONS[kind]
        shape = shape_of(service, operation)
        return [(operation, shape, {given: "name", **filled(body, shape)})]
    if kind == "EMR":
        shape = shape_of("emr", "AddJobFlowSteps")
        sent = {"JobFlowId": body.get("ClusterId", "j-1"), "Steps": [{"Name": "name", **body["StepConfig"]}]}
        found = [("AddJobFlowSteps", shape, filled(sent, shape))]
        if "ClusterConfig" in body:
            shape = shape_of("emr", "RunJobFlow")
            found.append(("RunJobFlow", shape, filled({"Name": "name", **body["ClusterConfig"]}, shape)))
        return found
    if kind == "EMRServerless":
        shape = shape_of("emr-serverless", "StartJobRun")
        sent = {"clientToken": "token", "applicationId": "id", **body["JobConfig"]}
        return [("StartJobRun", shape, filled(sent, shape))]
    return []


def steps(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    out = []
    for step in found:
        out.append(step)
        for branch in ("IfSteps", "ElseSteps"):
            out.extend(steps(step["Arguments"].get(branch, [])))
    return out


def main(argv: list[str]) -> int:
    definitions = json.loads(Path(argv[1]).read_text(encoding="utf-8"))
    seen: dict[str, int] = {}
    errors = []
    for name, definition in definitions.items():
        for step in steps(definition["Steps"]):
            for operation, shape, body in requests(step):
                seen[operation] = seen.get(operation, 0) + 1
                report = ParamValidator().validate(body, shape).generate_report()
                errors.extend(f"{name} {step['Name']} {operation}: {line}" for line in report.splitlines())
    print(json.dumps({"seen": dict(sorted(seen.items())), "errors": errors}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
