"""Attributions of predictions to features (SHAP), their drift, and reason codes."""
