"""A policy network learns to balance a pole from its returns alone: REINFORCE with a baseline."""
