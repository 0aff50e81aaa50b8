"""`python -m tui_dl`: the same as `dlworkbench`."""

from tui_dl.cli import main

if __name__ == "__main__":
    main()
