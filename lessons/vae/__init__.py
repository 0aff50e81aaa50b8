"""The vae lesson."""
