"""Curves and payloads as Rich text, for the screen and the command line alike."""
