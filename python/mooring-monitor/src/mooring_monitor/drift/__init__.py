"""Drift of features and of answers: detectors, verdicts, violations, and the report of a comparison."""
