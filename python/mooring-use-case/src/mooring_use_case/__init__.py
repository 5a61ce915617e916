"""use-case.json read by Python: the one description of a use case that the steps and the monitor share.

The document was validated, and its defaults filled in, when it was synthesized (`packages/use-case`). Here what Python
reads is checked again, all problems at once, so that a file made by hand fails with a message and not with a KeyError.
"""

__version__ = "0.1.0"
