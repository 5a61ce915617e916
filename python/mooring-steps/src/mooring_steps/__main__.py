"""Entry of the code bundle: `python3 code.zip <command> ...`, the same as `python3 -m mooring_steps <command> ...`."""

import sys

from mooring_steps.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
