"""`python -m mooring_monitor <command> ...`, the same as `mooring-monitor <command> ...`."""

import sys

from mooring_monitor.cli import main


def start() -> int:
    """Entry point of the installed package: the command line of this process."""
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(start())
