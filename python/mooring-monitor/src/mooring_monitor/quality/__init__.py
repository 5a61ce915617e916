"""Model quality against ground truth, in Model Monitor's metric names and file format."""
