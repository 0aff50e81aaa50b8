"""The rnn-bptt lesson."""
