"""Entry point of serving (`SAGEMAKER_PROGRAM: inference.py`); train.py copies it into the artefact under code/."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from mooring_steps.serving import input_fn, model_fn, output_fn, predict_fn

__all__ = ["input_fn", "model_fn", "output_fn", "predict_fn"]
