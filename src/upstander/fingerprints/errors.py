"""The one error of this room: a picture, a bank, an authority or a file that cannot be used."""


class FingerprintError(ValueError):
    """The message is a sentence for the person at the machine; it never holds a hash or a picture."""
