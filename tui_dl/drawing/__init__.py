"""Curves and payloads drawn as Rich text, for the screen and the command line."""
