"""Trains a lesson's model and reports it as events. Knows TensorFlow, but no screen."""
