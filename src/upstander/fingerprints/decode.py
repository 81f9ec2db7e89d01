"""From the bytes of a picture to pixels: one decoder, the one the bytes ask for, behind caps."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from PIL import Image, ImageOps

from upstander.fingerprints import heif
from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.pdq import Bytes, luma

LARGEST: Final = 36_000_000  # pixels decoded at once; a larger JPEG is decoded at a half or less
LARGEST_JPEG: Final = 1_000_000_000  # pixels a JPEG may claim
SCREEN: Final = 1024  # pixels: a JPEG is screened at the smallest scale that leaves both sides this long
FRAMES: Final = 32  # of a moving GIF or WebP, or pages of a TIFF; spread evenly
NO_MEMORY: Final = "needs more memory than there is"

Image.MAX_IMAGE_PIXELS = None  # our own caps are checked before anything is decoded

_SEVERAL = ("GIF", "WEBP", "TIFF")
_DECODERS = {"JPEG": ("JPEG", "MPO")}  # phones write several pictures into one JPEG; the first is the picture
_Picture: TypeAlias = Image.Image


@dataclass(frozen=True, slots=True)
class About:
    """What the picture's own details say; empty where they do not. As written by whoever made the file."""

    make: str = ""
    model: str = ""
    taken: str = ""


def frames(data: bytes, kind: str) -> Iterator[int]:
    """The numbers of the pictures in a file that are worth a look. Raises FingerprintError."""
    if kind == "HEIC":
        yield 0
        return
    with _opened(data, kind) as picture:
        count = getattr(picture, "n_frames", 1) if kind in _SEVERAL else 1
    step = max(1, -(-count // FRAMES))
    yield from range(0, count, step)


def grey(data: bytes, kind: str, frame: int = 0) -> Bytes:
    """Brightness for screening, turned as the camera meant it. Raises FingerprintError."""
    if kind == "HEIC":
        return np.round(luma(heif.pixels(data))).astype(np.uint8)
    with _opened(data, kind) as picture:
        return np.asarray(_upright(picture, frame, "L", (SCREEN, SCREEN)))


def colour(data: bytes, kind: str, frame: int = 0) -> Bytes:
    """All pixels, height x width x 3, turned as the camera meant it. Raises FingerprintError."""
    if kind == "HEIC":
        return heif.pixels(data)
    with _opened(data, kind) as picture:
        return np.asarray(_upright(picture, frame, "RGB", None))


def about(data: bytes, kind: str) -> About:
    """Camera and time, from the picture's details. Never raises for bad details: then nothing is said."""
    try:
        with _opened(data, kind) as picture:
            details = picture.getexif()
            taken = details.get_ifd(0x8769).get(0x9003) or details.get(0x0132)
            return About(*(_plain(one) for one in (details.get(0x010F), details.get(0x0110), taken)))
    except Exception:
        return About()


def _opened(data: bytes, kind: str) -> _Picture:
    try:
        picture = Image.open(io.BytesIO(data), formats=_DECODERS.get(kind, (kind,)))
    except Exception:
        raise FingerprintError(f"damaged: begins like {kind} and is not") from None
    pixels = picture.width * picture.height
    if pixels > (LARGEST_JPEG if kind == "JPEG" else LARGEST):
        raise FingerprintError(f"too large to be decoded: it claims {pixels // 1_000_000} million pixels")
    return picture


def _upright(picture: _Picture, frame: int, mode: str, least: tuple[int, int] | None) -> _Picture:
    """Decodes one frame. Where it is clear in places, white shines through, as on the reporter's page."""
    try:
        if picture.format in ("JPEG", "MPO"):
            picture.draft("L" if mode == "L" else None, least or _affordable(picture.size))
            if picture.width * picture.height > LARGEST:
                raise FingerprintError("too large to be decoded, even at an eighth")
        if frame:
            picture.seek(frame)
        if _has_alpha(picture):
            clear = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
        elif picture.mode.startswith(("I", "F")):
            picture = _eight_bits(picture)
        return ImageOps.exif_transpose(picture.convert(mode))
    except FingerprintError:
        raise
    except MemoryError:
        raise FingerprintError(NO_MEMORY) from None
    except Exception:  # whatever a decoder of hostile bytes raises
        raise FingerprintError("damaged or cut short") from None


def _eight_bits(picture: _Picture) -> _Picture:
    """One channel of 16 or more bits, from its darkest to its lightest value; PDQ sees no more of it."""
    values = np.asarray(picture, dtype=np.float64)
    least, most = float(values.min()), float(values.max())
    if not np.isfinite((least, most)).all():
        raise FingerprintError("values that are no brightness")
    scaled = (values - least) * (255 / (most - least) if most > least else 0)
    return Image.fromarray(np.round(scaled).astype(np.uint8))


def _affordable(size: tuple[int, int]) -> tuple[int, int]:
    """What to ask libjpeg for: the largest of 1, 1/2, 1/4, 1/8 that stays below the cap."""
    scale = next((scale for scale in (1, 2, 4, 8) if size[0] * size[1] / scale**2 <= LARGEST), 8)
    return size[0] // scale or 1, size[1] // scale or 1


def _has_alpha(picture: _Picture) -> bool:
    return picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info


def _plain(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
    return "".join(one for one in text if one.isprintable()).strip()[:64]
