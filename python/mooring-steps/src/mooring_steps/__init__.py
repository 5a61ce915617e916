"""Steps of the standard pipeline. They run unchanged in SageMaker's scikit-learn and XGBoost images and on a laptop.

Every step has `main(argv)`, takes its paths as arguments and reads no clock and no environment; script-mode training
and serving (`inference.py`) is a thin entry point over the same modules.
"""

__version__ = "0.1.0"
