"""The widgets of the workbench; they do not know the engine."""
