"""Values learnt from rewards: Monte Carlo, SARSA and Q-learning on two small worlds."""
