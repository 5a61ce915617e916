"""One HTML file per run that opens offline: for people, from the JSON files of the run."""
