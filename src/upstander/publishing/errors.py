"""What publishing refuses, in words for whoever publishes."""


class PublishError(Exception):
    """Nothing was published. The message says why and what to do."""
