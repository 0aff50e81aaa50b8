"""One-line errors that a person can fix. Every command loads this, so it imports nothing."""


class LessonError(Exception):
    """An error that a person can fix: unreadable data, an unknown name. The text is one line."""


class ParameterError(ValueError):
    """An invalid hyperparameter; `name` is the field, the text says what is allowed."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def in_one_line(error: Exception) -> str:
    """Return the type of an error and the first line of its text, at most 300 characters."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"{type(error).__name__}: {first}"[:300]
