"""What a keeper, or who asks one, can be told. Every refusal has its own class and a plain sentence."""

from upstander.formats.errors import FormatError


class GroupError(FormatError):
    """Bytes are not an element or a scalar of ristretto255 that may be used."""


class ProofError(ValueError):
    """A keeper's answer does not carry a proof that it used the key it published."""
