"""The one error of this room: something in a log, or in what somebody says about it, does not hold."""


class LedgerError(ValueError):
    """What failed. The message is a plain sentence that names the entry, hash, tile or signature."""
