"""Constants, variables, the gradient tape, and gradient descent on a curve one can see."""
