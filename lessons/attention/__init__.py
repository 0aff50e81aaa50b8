"""The attention lesson."""
