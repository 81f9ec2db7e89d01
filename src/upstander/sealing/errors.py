"""What can go wrong with sealed bytes, in words a person can be shown."""


class SealingError(Exception):
    """A file cannot be sealed or opened, or what opened is not what it claims to be."""


class WrongKeyError(SealingError):
    """The file is in order as far as anyone can see, but none of the identities given opens it."""


class WordsError(ValueError):
    """These are not seven words of a receipt. `index` (from 0) is the word to look at, if it is one word."""

    def __init__(self, message: str, index: int | None = None) -> None:
        super().__init__(message)
        self.index = index
