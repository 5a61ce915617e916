"""Readers: rows in batches from CSV, Parquet, capture files and merged capture files, local or in S3."""
