"""Jobs of the closed images of Model Monitor and Clarify: same environment, same folders, same files."""
