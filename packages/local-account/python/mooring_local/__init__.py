"""Python side of the local account: the warm interpreter, its jobs and the model server."""
