"""Errors of the bias metrics."""


class MetricError(ValueError):
    """A metric has no value on these rows; the message says why and is reported beside the metric."""
