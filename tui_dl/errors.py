"""What a person can mend, told in one line: known to every command, so nothing is loaded for it."""


class LessonError(Exception):
    """Something a person can mend: unreadable data, an unknown name. The text is one line."""


class ParameterError(ValueError):
    """A hyperparameter that cannot be used; `name` is the field, the text says what is allowed."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name
