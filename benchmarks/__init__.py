"""Benchmarks: the engine against Keras `fit`, the time to the first point, the screen's cost."""
