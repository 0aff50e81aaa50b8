"""The built-in lesson pack: one folder a lesson, with lesson.py and theory.en.md."""
