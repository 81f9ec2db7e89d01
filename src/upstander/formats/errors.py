"""The one error of this room: something that came from outside does not have the form it must have."""


class FormatError(ValueError):
    """Malformed input. The message is a plain sentence that says what was expected, never the input."""
