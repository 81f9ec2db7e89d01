"""What the reporters of the journeys have to say. All of it is made up."""

from __future__ import annotations

import struct
import zlib

from tests.browser.reporter import Act, File, both, pick, write

STORY = "On nights a phone was passed round in the parade room. It had pictures of a colleague's partner."

FULL: dict[str, Act] = {
    "danger": pick("No"),
    "Who else can see this phone": pick("Only me"),
    "Which police force": pick("Marlshire Police"),
    "Which is nearest": pick("I saw it or heard it"),
    "How do you know": pick("I am a police officer"),
    "18 or over": pick("Yes"),
    "Tell us what you saw": write(STORY),
    "part of it": pick("Sexual talk", "Bullying"),
    "When did it happen": both(pick("A few times"), write("2026", "Year")),
    "Where did it happen": pick("A parade room"),
    "Who did it": both(write("Sergeant Invented", "Name"), write("Custody team", "Station or team")),
    "have power over": pick("They have a higher rank"),
    "Who else was there": write("Two people from the other shift", "Names, or who they are"),
    "Who was hurt": write("Her partner", "Name, or who they are"),
    "How sure": pick("I saw it myself"),
    "anything that could show": write("The chat group of the shift", "What is there, and who has it?"),
    "told anyone": pick("No"),
    "treated you badly": pick("Not yet. I am afraid they will"),
    "Who must not see": pick("Inspector Holt"),
    "point to you": pick("Ask before using this part"),
    "like to happen": pick("Look into it"),
    "give your name": pick("No name"),
    "Who should get it": pick("Professional Standards"),
    "What should happen": pick("Send it now"),
}

SHORT: dict[str, Act] = {
    "danger": pick("No"),
    "Tell us": write("A short account."),
    "Who should get it": pick("Professional Standards"),
}

NOTES = File("what I remember.txt", "text/plain", b"A note I made on the night.\n")


def picture(width: int = 64, height: int = 48) -> File:
    """A real PNG: red to blue from left to right, with a comment that says where it was taken."""
    rows = b"".join(
        b"\x00" + b"".join(bytes([255 - x * 255 // width, 40, x * 255 // width]) for x in range(width))
        for _ in range(height)
    )
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"tEXt", b"Comment\x00taken at Marlshire station"),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return File("board in the corridor.png", "image/png", b"\x89PNG\r\n\x1a\n" + body)
