"""Bech32 (BIP 173) without its limit of 90 characters: how age writes identities and recipients."""

from upstander.sealing.errors import SealingError

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(prefix: str, data: bytes) -> str:
    """The lower-case bech32 text of some bytes under a lower-case prefix."""
    values = _regroup(data, 8, 5, fill=True)
    rest = _checksum(_spread(prefix) + values + [0] * 6) ^ 1
    values += [(rest >> (5 * (5 - place))) & 31 for place in range(6)]
    return prefix + "1" + "".join(_ALPHABET[value] for value in values)


def decode(prefix: str, text: str) -> bytes:
    """The bytes of a lower-case bech32 text with exactly this prefix. Raises SealingError."""
    head, separator, tail = text.rpartition("1")
    if head != prefix or not separator or len(tail) < 6:
        raise SealingError(f"Expected a text that begins with {prefix}1.")
    values = [_VALUES.get(character, -1) for character in tail]
    if -1 in values or _checksum(_spread(prefix) + values) != 1:
        raise SealingError("This key is damaged: its check does not fit.")
    return bytes(_regroup(values[:-6], 5, 8, fill=False))


def _spread(prefix: str) -> list[int]:
    return [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]


def _checksum(values: list[int]) -> int:
    rest = 1
    for value in values:
        top = rest >> 25
        rest = (rest & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            if top >> place & 1:
                rest ^= generator
    return rest


def _regroup(values: bytes | list[int], source: int, target: int, *, fill: bool) -> list[int]:
    held = bits = 0
    out = []
    for value in values:
        held = (held << source | value) & 0xFFFF
        bits += source
        while bits >= target:
            bits -= target
            out.append(held >> bits & ((1 << target) - 1))
    rest = held & ((1 << bits) - 1)
    if fill and bits:
        out.append(rest << (target - bits))
    elif not fill and (bits >= source or rest):
        raise SealingError("This key is damaged: it ends with stray bits.")
    return out
