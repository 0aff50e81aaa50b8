"""From Textual's strips to a terminal: what changed, in few bytes, and never waiting for it."""
