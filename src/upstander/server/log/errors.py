"""Why this installation does not sign."""


class BehindError(Exception):
    """Somebody has seen more of the log, or another one, than this database holds. The message says who."""
