"""Checks recorded requests against botocore's newest service models; prints one finding a line.

Beyond botocore's own validation (types, required and unknown members, lengths) also what its models say and it does not
check: patterns, enumerations, upper bounds.
"""

import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

# Signing name of a request: clients that share it, in the order in which an operation is looked up.
CLIENTS = {
    "monitoring": ["cloudwatch"],
    "sagemaker": ["sagemaker", "sagemaker-runtime"],
    "application-autoscaling": ["application-autoscaling"],
    "servicequotas": ["service-quotas"],
    "apigateway": ["apigatewayv2"],
}
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def members(shape: StructureShape, value: dict[str, Any]) -> dict[str, Any]:
    return {
        name: typed(shape.members[name], each) if name in shape.members else each
        for name, each in value.items()
        if each is not None
    }


def typed(shape: Shape, value: Any) -> Any:
    """A decoded request has JSON's types, and text where the protocol has no other; the models ask for Python's."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return members(shape, value)
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [typed(shape.member, each) for each in value]
    if isinstance(shape, ListShape) and value == "":
        return []  # How the Query protocol writes an empty list.
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: typed(shape.value, each) for key, each in value.items()}
    if shape.type_name == "blob" and (isinstance(value, str) or value == {"$bytes": True}):
        return b""
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(0, timezone.utc) if isinstance(value, (str, int, float)) else value
    if shape.type_name == "boolean" and value in ("true", "false"):
        return value == "true"
    if shape.type_name in ("integer", "long") and isinstance(value, str) and NUMBER.fullmatch(value):
        return int(value)
    if shape.type_name in ("float", "double") and isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value)
    return value


def narrow(shape: Shape, value: Any, path: str) -> Iterator[str]:
    """What the model bounds and botocore's validator lets pass."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, each in value.items():
            if name in shape.members:
                yield from narrow(shape.members[name], each, f"{path}.{name}")
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from too_much(shape, len(value), path)
        for index, each in enumerate(value):
            yield from narrow(shape.member, each, f"{path}[{index}]")
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        yield from too_much(shape, len(value), path)
        for key, each in value.items():
            yield from narrow(shape.value, each, f"{path}.{key}")
    elif isinstance(value, str):
        yield from too_much(shape, len(value), path)
        pattern = shape.metadata.get("pattern")
        if pattern is not None and not matches(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"
        enum = shape.metadata.get("enum")
        if enum and value not in enum:
            yield f"{path}: {value!r} is none of {', '.join(enum)}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from too_much(shape, value, path)


def too_much(shape: Shape, size: float, path: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and size > most:
        yield f"{path}: {size} is more than {most}"


def matches(pattern: str, value: str) -> bool:
    """The models hold Java's expressions, anchored or not; one that Python cannot read decides nothing."""
    try:
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    except re.error:
        return True


class Models:
    def __init__(self) -> None:
        self.session = botocore.session.get_session()
        self.found: dict[tuple[str, str], OperationModel | None] = {}

    def operation(self, signing_name: str, operation: str) -> OperationModel | None:
        key = (signing_name, operation)
        if key not in self.found:
            self.found[key] = self.look_up(signing_name, operation)
        return self.found[key]

    def look_up(self, signing_name: str, operation: str) -> OperationModel | None:
        for client in CLIENTS.get(signing_name, [signing_name]):
            model = self.session.get_service_model(client)
            if operation in model.operation_names:
                return model.operation_model(operation)
        return None


def findings(request: dict[str, Any], models: Models) -> Iterator[str]:
    what = f"{request['service']}:{request['operation']}"
    operation = models.operation(request["service"], request["operation"])
    if operation is None:
        yield f"{what}: AWS has no such operation"
        return
    shape = operation.input_shape
    if shape is None:
        return
    given = members(shape, request["input"])
    report = ParamValidator().validate(given, shape)
    for line in report.generate_report().splitlines():
        yield f"{what}: {line}"
    for line in narrow(shape, given, ""):
        yield f"{what}: {line}"


def main() -> None:
    models = Models()
    count = 0
    for file in sorted(Path(sys.argv[1]).glob("*.requests.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            count += 1
            for finding in findings(json.loads(line), models):
                print(finding)
    print(f"{count} requests", file=sys.stderr)


if __name__ == "__main__":
    main()
