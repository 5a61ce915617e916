"""Ground truth: labels that arrive late, joined with the captured rows they belong to."""
