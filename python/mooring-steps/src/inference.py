"""Entry point of serving (`SAGEMAKER_PROGRAM: inference.py`); train.py copies it into the artefact under code/."""

import os
import sys
from pathlib import Path

# The toolkit of the XGBoost image installs this file as a module of its own, away from the package beside it.
sys.path.insert(0, os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY", ""))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from mooring_steps.serving import input_fn, model_fn, output_fn, predict_fn

__all__ = ["input_fn", "model_fn", "output_fn", "predict_fn"]
