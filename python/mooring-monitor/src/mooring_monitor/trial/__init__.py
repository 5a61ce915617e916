"""Two models on live traffic: A/B tests and shadow comparisons."""
