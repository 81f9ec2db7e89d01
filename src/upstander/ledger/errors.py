"""The one error of this room: something in a log, or in what somebody says about it, does not hold."""


class LedgerError(ValueError):
    """What failed. The message is a plain sentence that names the entry, hash, tile or signature."""


class NotYetError(LedgerError):
    """Nothing is wrong, and nothing is shown either: what was asked for is not due or not known yet."""
