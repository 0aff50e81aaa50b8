"""The perceptron lesson."""
