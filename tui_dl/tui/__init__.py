"""The screens and widgets, drawn from a run's events."""

import os

# Textual paints at fixed frame times and often skips one: at its default of 60 frames a second, a
# key waits up to 33 ms for its paint. At 240 the app paints a quarter more often (fewer changes
# share a frame), not four times as often. Textual reads this once, when it is imported.
os.environ.setdefault("TEXTUAL_FPS", "240")
