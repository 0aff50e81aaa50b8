"""The linear regression lesson."""
