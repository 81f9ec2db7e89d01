"""WhatsApp exports: who sent which attachment, and when, as the export's own text says.

Two forms, in words of the phone's language: iOS `[23/11/2026, 21:04:09] Name: <attached: FILE>` and Android
`23/11/2026, 21:04 - Name: FILE (file attached)`. Times are kept as they are written: whether 3/4 is
in March or in April only the phone's settings say.
"""

import re
from dataclasses import dataclass

LARGEST = 64 * 1024 * 1024  # bytes of a chat's text that are read

_MARKS = str.maketrans("", "", "\u200e\u200f\u202a\u202c\ufeff")
_DAY = r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}"
_HOUR = r"[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2})?(?:[ \u00a0\u202f]?[AaPp]\.?[Mm]\.?)?"
_WHEN = rf"(?P<when>{_DAY},? {_HOUR})"
_WHO = r"(?P<who>[^:\n]{1,200})"
_IOS = re.compile(rf"\[{_WHEN}\] {_WHO}: (?:.{{0,200}} )?<[^<>:\n]{{1,40}}: (?P<file>[^<>\n]{{1,255}})>$")
_ANDROID = re.compile(
    rf"{_WHEN} - {_WHO}: (?P<file>[^\n()]{{1,250}}\.[0-9A-Za-z]{{2,5}}) \([^()\n]{{1,40}}\)$"
)
_NAME = re.compile(
    r"(?:_chat|WhatsApp Chat .{1,200}|WhatsApp Chat - .{1,200}|.{0,80}WhatsApp.{0,120})\.txt", re.I
)


@dataclass(frozen=True, slots=True)
class Sent:
    """How an attachment came: sender and time as the export writes them, and the name of its text file."""

    sender: str
    when: str
    chat: str


def is_chat(name: str) -> bool:
    """Could a file of this name (without folders) be the text of an export?"""
    return len(name) <= 255 and _NAME.fullmatch(name) is not None


def attachments(data: bytes, chat: str) -> dict[str, Sent]:
    """Attachments by file name, each as it was sent first. Never raises: other lines are passed over."""
    found: dict[str, Sent] = {}
    for raw in data[:LARGEST].decode("utf-8", "replace").splitlines():
        if len(raw) > 1_000:
            continue
        line = raw.translate(_MARKS).rstrip()
        match = _IOS.match(line) or _ANDROID.match(line)
        if match is not None:
            found.setdefault(match["file"].strip(), Sent(match["who"].strip(), match["when"], chat))
    return found
