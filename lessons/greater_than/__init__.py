"""The greater-than lesson."""
