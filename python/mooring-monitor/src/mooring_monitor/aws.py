"""Clients of AWS services, in the one region that a job knows."""

from __future__ import annotations

import os
from typing import Any, Final

from mooring_monitor.errors import InputError

#: What SageMaker sets in jobs and hosts. boto3 itself looks at AWS_DEFAULT_REGION only, which they do not have.
REGION_VARIABLE: Final = "AWS_REGION"


def client(service: str) -> Any:
    """A client of an AWS service in the region of the job; at a terminal, where the profile's is good enough, in that.

    boto3 is imported late, because most runs on a laptop need none.

    Raises InputError when there is no region at all.
    """
    import boto3
    from botocore.exceptions import NoRegionError

    sdk: Any = boto3
    try:
        return sdk.client(service, region_name=os.environ.get(REGION_VARIABLE) or None)
    except NoRegionError:
        raise InputError(f"the region of {service} is not known; set {REGION_VARIABLE}, e.g. to eu-west-1") from None
