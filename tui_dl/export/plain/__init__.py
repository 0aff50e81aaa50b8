"""What stands in an exported file in the place of the workbench's own parts. Never imported."""
