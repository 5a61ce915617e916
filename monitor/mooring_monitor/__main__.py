"""`python -m mooring_monitor <command> ...`."""

import sys

from mooring_monitor.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
