"""A model that is asked during an analysis: behind an endpoint made for it, as Clarify does, or one that exists."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mooring_use_case.use_case import UseCase

from mooring_monitor.aws import client
from mooring_monitor.errors import InputError
from mooring_monitor.explain.endpoint_model import EndpointModel

#: Environment variable in which the check step hands over its ModelName.
MODEL_NAME = "MOORING_MODEL_NAME"


@contextmanager
def queried_model(predictor: Mapping[str, Any], use_case: UseCase) -> Iterator[EndpointModel]:
    """The predictor's model while the block runs; an endpoint that was made for it is deleted afterwards.

    Raises InputError when the predictor names no model, or answers in another way than as CSV.
    """
    for member in ("content_type", "accept_type"):
        if predictor.get(member, "text/csv") != "text/csv":
            raise InputError(f"predictor.{member} {predictor[member]} is not supported; it is text/csv")
    endpoint = predictor.get("endpoint_name")
    if endpoint:
        yield EndpointModel.open(str(endpoint), use_case)
        return
    model = os.environ.get(MODEL_NAME) or predictor.get("model_name")
    if not model:
        raise InputError("the analysis asks a model, but neither the predictor nor the step names one")
    sagemaker = client("sagemaker")
    # Two checks of a model may run at the same time.
    name = f"sm-clarify-{secrets.token_hex(5)}-{model}"[:63].rstrip("-")
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": model,
        "InstanceType": predictor.get("instance_type", "ml.m5.large"),
        "InitialInstanceCount": predictor.get("initial_instance_count", 1),
    }
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    try:
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
        try:
            sagemaker.get_waiter("endpoint_in_service").wait(
                EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
            )
            yield EndpointModel.open(name, use_case)
        finally:
            sagemaker.delete_endpoint(EndpointName=name)
    finally:
        sagemaker.delete_endpoint_config(EndpointConfigName=name)
