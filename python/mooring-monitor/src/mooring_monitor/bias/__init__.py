"""Bias metrics before and after training, in Clarify's names, signs and file format."""
