"""Past one machine: the same profiles, made from partitions and merged."""
