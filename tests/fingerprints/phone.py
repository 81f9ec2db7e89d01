"""A synthetic phone: a folder as an extraction leaves it, with a known answer. All pictures are made here."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from tests.fingerprints.archives import flate, image, pdf, rar
from tests.fingerprints.heic import heic
from tests.fingerprints.pictures import Pixels, scene
from upstander.fingerprints import libarchive

HAS_LIBRARY = libarchive._loaded() is not None

CHAT_IOS = (
    "[23/11/2026, 21:04:01] D. Marsh: look at this\r\n"
    "\u200e[23/11/2026, 21:04:09] D. Marsh: \u200e<attached: 00000042-PHOTO-2026-11-23.jpg>\r\n"
    "[23/11/2026, 21:05:10] Jo: no\r\n"
)
CHAT_ANDROID = (
    "01/02/2026, 09:15 - Messages are end-to-end encrypted.\n"
    "01/02/2026, 09:16 - Sgt Pike: IMG-20260201-WA0007.jpg (file attached)\n"
)


def encoded(picture: Pixels, kind: str = "JPEG", **how: object) -> bytes:
    """A file of this picture."""
    out = io.BytesIO()
    if kind == "JPEG":
        how = {"quality": 75, **how}
    Image.fromarray(picture).save(out, kind, **how)
    return out.getvalue()


def resized(picture: Pixels, width: int) -> Pixels:
    image = Image.fromarray(picture)
    return np.asarray(image.resize((width, round(image.height * width / image.width))))


def screenshot(picture: Pixels) -> Pixels:
    """On a phone's screen, letterboxed on black."""
    shown = resized(picture, 540)
    screen = np.zeros((1170, 540, 3), np.uint8)
    top = (1170 - shown.shape[0]) // 2
    screen[top : top + shown.shape[0]] = shown
    return screen


def captioned(picture: Pixels) -> Pixels:
    """With a white bar and words below."""
    height, width = picture.shape[:2]
    image = Image.new("RGB", (width, height + height // 8), "white")
    image.paste(Image.fromarray(picture))
    ImageDraw.Draw(image).text(
        (20, height + 12), "words that somebody put under it", fill="black", font_size=22
    )
    return np.asarray(image)


def film(pictures: list[Pixels]) -> bytes:
    """A film that shows each picture for a second."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.gop_size = 560, 420, 5
        stream.bit_rate = 4_000_000
        for picture in pictures:
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            for _ in range(5):
                for packet in stream.encode(frame):
                    container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def mailed(name: str, data: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "fwd"
    message.set_content("see attached")
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def build(folder: Path) -> dict[str, str]:
    """Writes the phone. Returns the answer: the end of every place that holds picture 1 of the bank, and how."""
    one = scene(1)
    copy = encoded(one, quality=60)
    files: dict[str, bytes] = {
        "DCIM/IMG_0001.jpg": encoded(scene(101)),
        "DCIM/IMG_0002.png": encoded(scene(102), "PNG"),
        "DCIM/notes.txt": b"milk, eggs",
        "DCIM/mislabelled.txt": encoded(np.ascontiguousarray(one[:, ::-1])),
        "DCIM/screenshot.png": encoded(screenshot(one), "PNG"),
        "DCIM/caption.jpg": encoded(captioned(one)),
        "DCIM/small.webp": encoded(resized(one, 240), "WEBP", quality=70),
        "DCIM/moving.gif": encoded(scene(103), "GIF"),
        "DCIM/paper.tif": encoded(one, "TIFF"),
        "DCIM/new.avif": encoded(one, "AVIF"),
        "DCIM/blank.png": encoded(np.full((300, 400, 3), 200, np.uint8), "PNG"),
        "DCIM/cut.jpg": copy[: len(copy) // 2],
        "DCIM/claims.jpg": b"\xff\xd8\xff\xe0" + b"nothing of the kind" * 50,
        "Film/clip.mp4": film([scene(104), one, scene(105)]),
        "WhatsApp/_chat.txt": CHAT_IOS.encode(),
        "WhatsApp/00000042-PHOTO-2026-11-23.jpg": encoded(resized(one, 480), quality=60),
        "Exports/WhatsApp Chat with Pike.zip": zipped(
            {
                "WhatsApp Chat with Pike.txt": CHAT_ANDROID.encode(),
                "IMG-20260201-WA0007.jpg": encoded(np.ascontiguousarray(np.rot90(one))),
                "IMG-20260201-WA0008.jpg": encoded(scene(106)),
            }
        ),
        "Deep/outer.zip": zipped({"in.zip": zipped({"in.tar.gz": gzip.compress(tarred({"x/pic": copy}))})}),
        "Mail/fwd.eml": mailed("holiday.bin", encoded(one[10:410, 12:548])),
        "Docs/letter.docx": zipped({"[Content_Types].xml": b"<x/>", "word/media/image1.jpeg": copy}),
        "Docs/paper.pdf": b"%PDF-1.7 something",
        "Docs/report.pdf": pdf([("<</Type/Page>>", None), (image(one, "/Filter/DCTDecode"), copy)]),
        "Docs/flat.pdf": pdf([(image(one, "/ColorSpace/DeviceRGB/Filter/FlateDecode"), flate(one))]),
        "Docs/locked.pdf": pdf([(image(one, "/Filter/DCTDecode"), copy)], trailer="/Encrypt 9 0 R"),
        "Docs/old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "DCIM/IMG_0100.heic": heic(one, tile=128, turn=1),
        "DCIM/IMG_0101.heic": heic(scene(107)),
        "Film/long.mp4": film([scene(number) for number in range(140, 148)] + [one]),
        "Film/cut.mp4": film([one, scene(108)])[:9000],
        "Backup/all.rar": rar({"old/pic.jpg": copy, "notes.txt": b"x"}),
    }
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for number in range(6):
        (folder / f"DCIM/other_{number:02}.jpg").write_bytes(encoded(scene(110 + number)))
    Path(os.fsdecode(os.fsencode(folder) + b"/DCIM/caf\xe9.jpg")).write_bytes(copy)
    (folder / "DCIM/loop").symlink_to(folder)
    (folder / "DCIM/out.jpg").symlink_to("/etc/hostname")
    return {
        "DCIM/mislabelled.txt": "mirrored",
        "DCIM/screenshot.png": "even borders cut off",
        "DCIM/caption.jpg": "bars cut off",
        "DCIM/small.webp": "as it is",
        "DCIM/paper.tif": "as it is",
        "DCIM/new.avif": "as it is",
        "DCIM/caf\\xe9.jpg": "as it is",
        "Film/clip.mp4": "as it is",
        "WhatsApp/00000042-PHOTO-2026-11-23.jpg": "as it is",
        "WhatsApp Chat with Pike.zip > IMG-20260201-WA0007.jpg": "turned 90 degrees",
        "Deep/outer.zip > in.zip > in.tar.gz > (unpacked) > x/pic": "as it is",
        "Mail/fwd.eml > holiday.bin": "cropped by about",
        "Docs/letter.docx > word/media/image1.jpeg": "as it is",
        "Docs/report.pdf > (picture 2)": "as it is",
        "Docs/flat.pdf > (picture 1)": "as it is",
        "DCIM/IMG_0100.heic": "turned 90 degrees left",
        "Film/long.mp4": "as it is",
        **({"Backup/all.rar > old/pic.jpg": "as it is"} if HAS_LIBRARY else {}),
    }


NOT_ASSESSED = {
    "Docs/paper.pdf": "a PDF that is damaged",
    "DCIM/cut.jpg": "damaged or cut short",
    "DCIM/claims.jpg": "damaged",
    "Docs/locked.pdf": "a PDF with a password",
    "Docs/old.doc": "not opened by this version",
    "Film/cut.mp4": "a film that is damaged",
    **({} if HAS_LIBRARY else {"Backup/all.rar": "libarchive"}),
    "DCIM/loop": "links are not followed",
    "DCIM/out.jpg": "links are not followed",
}
