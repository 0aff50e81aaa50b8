"""What a person can mend, told in one line: known to every command, so nothing is loaded for it."""


class LessonError(Exception):
    """Something a person can mend: unreadable data, an unknown name. The text is one line."""


class ParameterError(ValueError):
    """A hyperparameter that cannot be used; `name` is the field, the text says what is allowed."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def in_one_line(error: Exception) -> str:
    """The kind of an error and the first line of its text, at most 300 characters."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"{type(error).__name__}: {first}"[:300]
