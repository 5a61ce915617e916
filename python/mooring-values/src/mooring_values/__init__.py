"""What a cell of a data set means: one definition for preprocessing, training, serving, monitor and label join.

`packages/use-case/src/values.json` holds the constants and a table of examples; Python and TypeScript are both tested
against it.
Nothing here reads files or knows of the steps or the monitor, and nothing beyond numpy is needed (`arrow` needs
pyarrow).
"""

__version__ = "0.1.0"
