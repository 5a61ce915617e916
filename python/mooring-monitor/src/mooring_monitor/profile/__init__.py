"""Profile of a data set: one mergeable state per column, and the files made from it."""
