"""The layer between Textual and the terminal.

Only the modules of this package use private parts of Textual (`tests/test_internals.py`), for a
driver that copes with a slow terminal, painting of changed cells only, keys handled in the order
in which they were pressed, and handlers whose errors do not end the app. Each states its reason.
"""
