"""Measurements behind the figures this project states; raw results in `results/`."""
