"""What stands between Textual and the terminal.

Only the modules of this package use private parts of Textual (`tests/test_internals.py`): a driver
for a terminal that reads slowly, paints of what has changed alone, keys in the order in which they
were pressed, and handlers whose errors do not end the app. Each module names its reason.
"""
