"""The built-in lesson pack: one folder a lesson."""
