"""Entry point of serving (`SAGEMAKER_PROGRAM: inference.py`); training copies it into the artefact under code/."""

import os
import sys
from pathlib import Path

# The images' toolkit installs this file as a module of its own, away from the package beside it.
sys.path.insert(0, os.environ.get("SAGEMAKER_SUBMIT_DIRECTORY", ""))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from mooring_steps import serving
from mooring_steps.request_error import returning

model_fn = serving.model_fn
input_fn = returning(serving.input_fn)
predict_fn = returning(serving.predict_fn)
output_fn = returning(serving.output_fn)
