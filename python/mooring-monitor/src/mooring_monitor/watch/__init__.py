"""The scheduled run: from a window of watched rows to verdicts and metrics."""
