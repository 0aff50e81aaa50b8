"""Widgets that know Textual and numbers, but neither lessons nor the engine."""
