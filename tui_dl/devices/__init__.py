"""What the machine's CPU, memory and GPUs are doing; knows neither TensorFlow nor the screen."""
