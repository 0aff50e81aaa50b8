"""Code that replaces the workbench's own parts in an exported file. Never imported."""
