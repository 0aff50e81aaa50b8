"""The screens and widgets, drawn from a run's events."""

import os

# Textual paints on a grid of frames and often skips one: at its own 60 a second, a key waits up to
# 33 ms for its paint. A quarter more is painted (fewer changes share a frame), not four times.
# Read once, when Textual is imported.
os.environ.setdefault("TEXTUAL_FPS", "240")
