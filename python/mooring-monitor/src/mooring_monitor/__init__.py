"""The open monitor: statistics, drift, model quality, bias and explanations of a deployed model.

Files follow the formats of SageMaker Model Monitor and Clarify. The core needs numpy, pandas, scipy, scikit-learn,
pyarrow and boto3, nothing else, and installs nothing at run time.
"""

__version__ = "0.1.0"
