"""Sizes that say little: buckets for what is written, Padmé for files (formats, sections 4 and 5)."""

from upstander.formats.errors import FormatError

BUCKETS = tuple(size * 1024 for size in (4, 16, 64, 256, 1024, 4096))
PADME_LEAST = 4096


def bucket(length: int) -> int:
    """The smallest bucket, in bytes, that holds `length` bytes. Raises FormatError above 4 MiB."""
    for size in BUCKETS:
        if length <= size:
            return size
    raise FormatError("This is too long to be sealed in one piece (4 MiB).")


def pad(data: bytes) -> bytes:
    """The bytes followed by zero bytes up to their bucket."""
    return data.ljust(bucket(len(data)), b"\0")


def unpad(padded: bytes) -> bytes:
    """What was padded (it holds no zero byte). Raises FormatError for other padding."""
    data, _, rest = padded.partition(b"\0")
    if rest.strip(b"\0"):
        raise FormatError("The padding is not empty.")
    if bucket(len(data)) != len(padded):
        raise FormatError("The padding has the wrong length.")
    return data


def padme(length: int) -> int:
    """The Padmé length of a file of `length` bytes: at most 12 % longer, and few bits leak.

    Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs" (2019).
    """
    if length <= PADME_LEAST:
        return PADME_LEAST
    exponent = length.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-length // step) * step
