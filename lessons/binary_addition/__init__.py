"""The binary-addition lesson."""
