"""Trains a lesson's model and says what happens as events. Knows TensorFlow, knows no screen."""
