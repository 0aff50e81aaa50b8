"""Theory pages: Markdown with formulas, for the command line and the screen."""
