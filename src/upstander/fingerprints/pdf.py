"""Pictures and attachments inside a PDF, read from its objects; pages are not drawn.

Every object of the file that is a stream is looked at, in the order of the file, whatever its tables say:
what a newer version of the file took away is found too. JPEG and JPEG 2000 come out as they are; pictures
packed with Flate become plain pixels. What is in a form that is not known here is named, never passed over.
Pictures written into the text of a page (inline images, made for icons) are not looked for.
"""

import base64
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
from PIL import Image

from upstander.fingerprints.errors import FingerprintError

OBJECTS: Final = 200_000
LEAST_SIDE: Final = 32  # pixels: rules, bullets and icons are smaller
LARGEST: Final = 36_000_000  # pixels
_DICTIONARY = 64 * 1024  # bytes of one
_DEPTH = 20

_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,10})[\0\t\n\f\r ]+([0-9]{1,5})[\0\t\n\f\r ]+obj\b")
_STREAM = re.compile(rb"[\0\t\n\f\r ]*stream(?:\r\n|\n|\r)")
_TOKEN = re.compile(
    rb"[\0\t\n\f\r ]*(?:%[^\r\n]*[\r\n][\0\t\n\f\r ]*)*"
    rb"(<<|>>|\[|\]|/[^\0\t\n\f\r ()<>\[\]{}/%]*|<[0-9A-Fa-f\0\t\n\f\r ]*>"
    rb"|\(|[-+0-9.]+|[A-Za-z*'\"]+)",
    re.S,
)
_SKIPPED = {"CCITTFaxDecode": "a scan in black and white", "JBIG2Decode": "a scan in black and white"}
_SHORT = {"AHx": "ASCIIHexDecode", "A85": "ASCII85Decode", "Fl": "FlateDecode", "DCT": "DCTDecode"}

Unpack: TypeAlias = "Callable[[bytes], bytes]"


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to another object, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Found:
    """A picture or an attached file: its name in the PDF, and its bytes; or the reason why there are none."""

    name: str
    data: bytes = field(repr=False)
    reason: str = ""


def found_in(data: bytes, largest: int) -> Iterator[Found]:
    """Everything of interest in a PDF. `largest`: bytes that one stream may unpack to.

    Raises FingerprintError for a file with a password, and for more objects than there may be.
    """
    if re.search(rb"/Encrypt[\0\t\n\f\r ]+[0-9<]", data):
        raise FingerprintError("a PDF with a password or restrictions: not opened")
    marks = list(_OBJECT.finditer(data))
    if not marks:
        raise FingerprintError("a PDF that is damaged or cut short")
    if len(marks) > OBJECTS:
        raise FingerprintError("a PDF with too many objects")
    places = {int(mark[1]): mark.end() for mark in marks}
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(data)
        try:
            about, after = _value(data, mark.end(), 0)
            start = _STREAM.match(data, after) if isinstance(about, dict) else None
            if start is None:
                continue
            about = {name: _resolved(data, places, one) for name, one in about.items()}
            kind = _kind(about)
            if not kind:
                continue
            name = f"({kind} {int(mark[1])})"
            stream = data[start.end() : _end(data, about, start.end(), end)]
        except (ValueError, IndexError, RecursionError, OverflowError):
            if b"/Image" in data[mark.end() : min(end, mark.end() + 4096)]:
                yield Found(f"(picture {int(mark[1])})", b"", "damaged or cut short")
            continue
        yield _made(name, kind, about, stream, largest, data, places)


def _kind(about: dict[str, Any]) -> str:
    if about.get("Subtype") == "/Image":
        sides = (about.get("Width", about.get("W", 0)), about.get("Height", about.get("H", 0)))
        too_small = any(isinstance(one, int) and 0 < one < LEAST_SIDE for one in sides)
        return "" if too_small or about.get("ImageMask") == "true" else "picture"
    return "attachment" if about.get("Type") == "/EmbeddedFile" else ""


def _end(data: bytes, about: dict[str, Any], start: int, limit: int) -> int:
    length = about.get("Length")
    if isinstance(length, int) and 0 <= length <= len(data) - start:
        after = data[start + length : start + length + 20]
        if after.lstrip(b"\r\n ").startswith(b"endstream"):
            return start + length
    found = data.find(b"endstream", start, max(limit, start))
    if found < 0:
        found = data.find(b"endstream", start)
    return found if found >= 0 else len(data)


def _made(name: str, kind: str, about: dict[str, Any], stream: bytes, largest: int, *whole: Any) -> Found:
    try:
        names = _names(about.get("Filter", about.get("F", [])))
        given = about.get("DecodeParms", about.get("DP", []))
        options = given if isinstance(given, list) else [given]
        while names and names[0] not in ("DCTDecode", "JPXDecode"):
            first, names = names[0], names[1:]
            if first in _SKIPPED:
                raise FingerprintError(f"{_SKIPPED[first]}: not compared")
            stream = _unpacked(first, stream, largest)
            option = options.pop(0) if options else {}
            if isinstance(option, Ref):
                option = _resolved(whole[0], whole[1], option)
            if first == "FlateDecode" and isinstance(option, dict) and option.get("Predictor", 1) > 1:
                stream = _unpredicted(stream, option)
        if names or kind == "attachment":
            return Found(name, stream)
        return Found(name, _pixels(about, stream, whole))
    except FingerprintError as error:
        return Found(name, b"", str(error))
    except MemoryError:
        return Found(name, b"", "needs more memory than there is")
    except Exception:  # whatever hostile values bring about
        return Found(name, b"", "damaged, or packed in a way that is not known here")


def _names(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    names = [str(one).lstrip("/") for one in listed]
    return [_SHORT.get(one, one) for one in names]


def _unpacked(name: str, stream: bytes, largest: int) -> bytes:
    if name == "FlateDecode":
        opener = zlib.decompressobj()
        made = opener.decompress(stream, largest + 1)
        if len(made) > largest:
            raise FingerprintError("it unpacks to more than may be looked at in memory")
        return made
    if name == "ASCIIHexDecode":
        text = re.sub(rb"[^0-9A-Fa-f]", b"", stream.split(b">")[0])
        return bytes.fromhex((text + b"0" * (len(text) % 2)).decode())
    if name == "ASCII85Decode":
        return base64.a85decode(stream.strip().removeprefix(b"<~").split(b"~>")[0])
    raise FingerprintError("packed in a way that is not known here")


def _unpredicted(data: bytes, option: dict[str, Any]) -> bytes:
    """Undoes PNG's and TIFF's differences between neighbours, for 8 bits a channel."""
    colours, columns = int(option.get("Colors", 1)), int(option.get("Columns", 1))
    if option.get("BitsPerComponent", 8) != 8 or not 1 <= colours <= 4 or columns < 1:
        raise FingerprintError("packed in a way that is not known here")
    length = colours * columns
    if option["Predictor"] == 2:
        rows = np.frombuffer(data, np.uint8)[: len(data) // length * length].reshape(-1, columns, colours)
        return np.cumsum(rows, axis=1, dtype=np.uint8).tobytes()
    # PNG's own filters: Pillow undoes them, if the rows are put into a PNG file.
    height = len(data) // (length + 1)
    return _png_rows(data[: height * (length + 1)], columns, height, colours)


def _png_rows(rows: bytes, width: int, height: int, colours: int) -> bytes:
    if colours == 4:  # four channels as RGBA
        kind, mode = 6, "RGBA"
    else:
        kind, mode = {1: (0, "L"), 2: (4, "LA"), 3: (2, "RGB")}[colours]
    if not 0 < width * height <= LARGEST:
        raise FingerprintError("too large to be decoded, or empty")

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    head = width.to_bytes(4) + height.to_bytes(4) + bytes((8, kind, 0, 0, 0))
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows, 0)), chunk(b"IEND", b""))
    with Image.open(io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(parts)), formats=("PNG",)) as picture:
        return picture.convert(mode).tobytes()


def _pixels(about: dict[str, Any], data: bytes, whole: tuple[Any, ...]) -> bytes:
    """A picture of plain samples, as a file that Pillow opens (PPM)."""
    width, height = about.get("Width", about.get("W")), about.get("Height", about.get("H"))
    if not isinstance(width, int) or not isinstance(height, int) or width < 1 or height < 1:
        raise FingerprintError("damaged: it does not say how large it is")
    if width * height > LARGEST:
        raise FingerprintError(
            f"too large to be decoded: it claims {width * height // 1_000_000} million pixels"
        )
    bits = about.get("BitsPerComponent", about.get("BPC", 8))
    channels, palette = _colours(about.get("ColorSpace", about.get("CS", "/DeviceGray")), whole, 0)
    if bits == 1 and channels == 1:
        raise FingerprintError("a scan in black and white: not compared")
    if bits != 8:
        raise FingerprintError(f"{bits} bits a channel: not compared by this version")
    length = width * height * channels
    if len(data) < length:
        raise FingerprintError("damaged or cut short")
    mode = {1: "P" if palette else "L", 3: "RGB", 4: "CMYK"}[channels]
    picture = Image.frombytes(mode, (width, height), data[:length])
    if palette:
        picture.putpalette(palette)
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PPM")
    return out.getvalue()


def _colours(space: Any, whole: tuple[Any, ...], depth: int) -> tuple[int, bytes]:
    """Channels, and the palette of indexed ones."""
    data, places = whole
    if depth > 4:
        raise FingerprintError("colours of a kind that is not known here")
    if isinstance(space, Ref):
        space = _resolved(data, places, space)
    if isinstance(space, str):
        known = {"/DeviceGray": 1, "/G": 1, "/DeviceRGB": 3, "/RGB": 3, "/DeviceCMYK": 4, "/CMYK": 4}
        if space in known:
            return known[space], b""
    if isinstance(space, list) and space:
        head = space[0]
        if head in ("/CalGray", "/CalRGB", "/Lab"):
            return (1 if head == "/CalGray" else 3), b""
        if head == "/ICCBased" and isinstance(space[1], Ref):
            profile = _resolved(data, places, space[1])
            channels = profile.get("N") if isinstance(profile, dict) else None
            if channels in (1, 3, 4):
                return channels, b""
        if head in ("/Indexed", "/I") and len(space) == 4:
            base, _ = _colours(space[1], whole, depth + 1)
            table = space[3]
            if isinstance(table, Ref):
                table = _resolved(data, places, table)
            if isinstance(table, bytes) and base == 3:
                return 1, table[:768]
    raise FingerprintError("colours of a kind that is not known here")


def _resolved(data: bytes, places: dict[int, int], value: Any) -> Any:
    """What a reference stands for, one step; a table in a stream of its own is not followed."""
    if not isinstance(value, Ref):
        return value
    start = places.get(value.number)
    return _value(data, start, 0)[0] if start is not None else None


def _value(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    """A value and where it ends. Names are text with their slash. Raises ValueError."""
    if depth > _DEPTH:
        raise ValueError("too deep")
    mark = _TOKEN.match(data, at, at + _DICTIONARY)
    if mark is None:
        raise ValueError("no value")
    token, at = mark[1], mark.end()
    if token == b"<<":
        return _dictionary(data, at, depth)
    if token == b"[":
        return _array(data, at, depth)
    if token == b"(":
        end = _closing(data, at)
        return _text(data[at:end]), end + 1
    if token[:1] == b"<":
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", token)
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()), at
    if token[:1] in b"-+.0123456789":
        return _number(data, token, at)
    return token.decode("latin-1"), at


def _number(data: bytes, token: bytes, at: int) -> tuple[Any, int]:
    rest = re.compile(rb"[\0\t\n\f\r ]+[0-9]{1,5}[\0\t\n\f\r ]+R\b").match(data, at)
    if rest is not None and token.isdigit():
        return Ref(int(token[:10])), rest.end()
    return (float(token[:20]) if b"." in token else int(token[:20])), at


def _dictionary(data: bytes, at: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while len(found) <= 1_000:
        mark = _TOKEN.match(data, at, at + _DICTIONARY)
        if mark is None:
            raise ValueError("cut")
        if mark[1] == b">>":
            return found, mark.end()
        if mark[1][:1] != b"/":
            raise ValueError("no name")
        found[mark[1][1:].decode("latin-1")], at = _value(data, mark.end(), depth + 1)
    raise ValueError("too many")


def _array(data: bytes, at: int, depth: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while len(found) <= 10_000:
        mark = _TOKEN.match(data, at, at + _DICTIONARY)
        if mark is None:
            raise ValueError("cut")
        if mark[1] == b"]":
            return found, mark.end()
        one, at = _value(data, at, depth + 1)
        found.append(one)
    raise ValueError("too many")


def _closing(data: bytes, at: int) -> int:
    """Where the bracket that was opened before `at` is closed; brackets inside may be in pairs."""
    open_ = 1
    for mark in re.compile(rb"\\.|[()]", re.S).finditer(data, at, at + _DICTIONARY):
        open_ += {b"(": 1, b")": -1}.get(mark[0], 0)
        if not open_:
            return mark.start()
    raise ValueError("cut")


def _text(raw: bytes) -> bytes:
    """A text in brackets: its escapes undone."""
    simple = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b""}

    def undo(mark: "re.Match[bytes]") -> bytes:
        one = mark[1]
        return bytes((int(one, 8) & 255,)) if one.isdigit() else simple.get(one, one)

    return re.sub(rb"\\([0-7]{1,3}|.)", undo, raw, flags=re.S)
