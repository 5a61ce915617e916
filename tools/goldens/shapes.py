"""Writes the request and answer shapes that the checker knows, reduced from botocore's model of SageMaker.

Usage: python shapes.py OUTPUT. The result depends on the botocore version alone.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import botocore
import botocore.loaders

# Step type -> (operation's input, members that SageMaker fills in, answer that properties follow).
STEPS: dict[str, tuple[str, list[str], list[str]]] = {
    "Processing": ("CreateProcessingJobRequest", ["ProcessingJobName"], ["DescribeProcessingJobResponse"]),
    "Training": ("CreateTrainingJobRequest", ["TrainingJobName"], ["DescribeTrainingJobResponse"]),
    "Tuning": (
        "CreateHyperParameterTuningJobRequest",
        ["HyperParameterTuningJobName"],
        ["DescribeHyperParameterTuningJobResponse", "ListTrainingJobsForHyperParameterTuningJobResponse"],
    ),
    "Transform": ("CreateTransformJobRequest", ["TransformJobName"], ["DescribeTransformJobResponse"]),
    "Model": ("CreateModelInput", ["ModelName"], ["DescribeModelOutput"]),
    "RegisterModel": ("CreateModelPackageInput", ["ModelPackageName"], ["DescribeModelPackageOutput"]),
    "QualityCheck": ("CreateProcessingJobRequest", ["ProcessingJobName"], []),
    "ClarifyCheck": ("CreateProcessingJobRequest", ["ProcessingJobName"], []),
    "AutoML": ("CreateAutoMLJobRequest", ["AutoMLJobName"], ["DescribeAutoMLJobResponse"]),
    "Endpoint": ("CreateEndpointInput", ["EndpointName"], ["DescribeEndpointOutput"]),
    "EndpointConfig": ("CreateEndpointConfigInput", ["EndpointConfigName"], ["DescribeEndpointConfigOutput"]),
}


def reduced(shape: dict[str, Any], checked: bool) -> dict[str, Any]:
    """A shape without documentation; what is only read back keeps no constraints either."""
    out: dict[str, Any] = {"type": shape["type"]}
    if shape["type"] == "structure":
        out["members"] = {name: member["shape"] for name, member in sorted(shape["members"].items())}
        if checked and shape.get("required"):
            out["required"] = sorted(shape["required"])
        if checked and shape.get("union"):
            out["union"] = True
    if shape["type"] == "list":
        out["member"] = shape["member"]["shape"]
    if shape["type"] == "map":
        out["key"], out["value"] = shape["key"]["shape"], shape["value"]["shape"]
    if checked:
        for constraint in ("enum", "min", "max", "pattern"):
            if constraint in shape:
                out[constraint] = shape[constraint]
        if "pattern" in out:
            # The model ends two patterns in `${1,128}`, a repeated end of text that only Java reads.
            out["pattern"] = re.sub(r"\$\{\d+,\d+\}$", "$", out["pattern"])
    return out


def children(shape: dict[str, Any]) -> list[str]:
    if shape["type"] == "structure":
        return [member["shape"] for member in shape["members"].values()]
    if shape["type"] == "list":
        return [shape["member"]["shape"]]
    return [shape["key"]["shape"], shape["value"]["shape"]] if shape["type"] == "map" else []


def closure(shapes: dict[str, Any], roots: list[str]) -> set[str]:
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(children(shapes[name]))
    return seen


def main(argv: list[str]) -> int:
    model = botocore.loaders.Loader().load_service_model("sagemaker", "service-2")
    shapes = model["shapes"]
    asked = closure(shapes, [request for request, _, _ in STEPS.values()])
    answered = closure(shapes, [answer for _, _, answers in STEPS.values() for answer in answers])
    table = {name: reduced(shapes[name], name in asked) for name in sorted(asked | answered)}
    steps = {
        step: {"request": request, "given": given, "answers": answers}
        for step, (request, given, answers) in sorted(STEPS.items())
    }
    source = f"botocore {botocore.__version__}, sagemaker {model['metadata']['apiVersion']}"
    lines = [f"    {json.dumps(name)}: {json.dumps(shape, sort_keys=True)}" for name, shape in table.items()]
    head = f'{{\n  "source": {json.dumps(source)},\n  "steps": {json.dumps(steps, sort_keys=True)},\n  "shapes": {{\n'
    Path(argv[1]).write_text(head + ",\n".join(lines) + "\n  }\n}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
