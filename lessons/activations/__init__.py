"""The activation functions and their slopes: curves that follow the weight and the bias."""
