"""A polynomial fitted by gradient descent: the learning rate, the noise, underfitting."""
