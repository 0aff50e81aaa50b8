"""The gru lesson."""
