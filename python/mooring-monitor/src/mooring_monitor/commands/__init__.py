"""Commands of the monitor, one module each: NAME, add_arguments(parser), run(args) -> exit code."""
