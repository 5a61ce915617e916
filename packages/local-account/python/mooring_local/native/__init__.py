"""What the closed images of Model Monitor and Clarify do in a check step, done with the open monitor."""
