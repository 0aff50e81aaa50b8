"""The deep learning workbench: theory, hyperparameters and live training in a terminal."""

__version__ = "0.1.0"
