"""Mergeable summaries of columns whose size does not grow with the rows."""
