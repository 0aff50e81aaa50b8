"""The bidirectional_rnn lesson."""
