"""The hred-vhred lesson."""
