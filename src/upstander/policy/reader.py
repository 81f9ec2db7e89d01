"""Reads one TOML file of a pack with checks: each error names the file, the line and what was expected."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

from upstander.policy import toml_lines
from upstander.policy.errors import PackError, Place

T = TypeVar("T")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NAMES = {str: "text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table"}


def read_text(folder: Path, file: str) -> str:
    """The text of a pack's file. Raises PackError when it is missing or not UTF-8."""
    try:
        data = (folder / file).read_bytes()
    except FileNotFoundError:
        raise PackError(Place(file, 1), "a file of this name in the pack", "no such file") from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PackError(Place(file, line), "UTF-8 text", f"the byte 0x{data[error.start]:02x}") from None


def read_toml(folder: Path, file: str) -> "Table":
    """The top table of a pack's TOML file. Raises PackError."""
    text = read_text(folder, file)
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise PackError(Place(file, line), "valid TOML", str(error)) from None
    return Table(file, value, toml_lines.lines_of(text), ())


def shown(value: object) -> str:
    """A value as an author would recognise it in an error, cut short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value[:40]}"'
    if isinstance(value, list | dict):
        return _NAMES[type(value)]
    return str(value)


class Table:
    """One TOML table, its place, and typed ways to take values out of it."""

    def __init__(
        self, file: str, value: dict[str, object], lines: dict[toml_lines.Path, int], path: toml_lines.Path
    ) -> None:
        self.file = file
        self._value = value
        self._lines = lines
        self._path = path

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def __iter__(self) -> Iterator[str]:
        return iter(self._value)

    def place(self, *path: str | int) -> Place:
        """Where a key stands, or the nearest thing around it that has a line."""
        full = (*self._path, *path)
        while full not in self._lines:
            full = full[:-1]
        return Place(self.file, self._lines[full])

    def wrong(self, expected: str, found: str, *path: str | int) -> PackError:
        """The error to raise about the value at `path`."""
        return PackError(self.place(*path), expected, found)

    def only(self, *keys: str) -> None:
        """Refuses keys that mean nothing here, so that a typing slip is not lost in silence."""
        for key in self._value:
            if key not in keys:
                raise self.wrong(f"one of the keys {', '.join(sorted(keys))}", f'"{key}"', key)

    def _take(self, key: str, kind: type[T], default: T | None) -> T:
        if key not in self._value:
            if default is None:
                raise self.wrong(f'the key "{key}"', "no such key")
            return default
        value = self._value[key]
        if type(value) is not kind:
            raise self.wrong(f'{_NAMES[kind]} for "{key}"', shown(value), key)
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """A string, never blank unless a default allows for it."""
        value = self._take(key, str, default).strip()
        if not value and default is None:
            raise self.wrong(f'words for "{key}"', "nothing", key)
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        return self._take(key, bool, default)

    def number(self, key: str, least: int, most: int) -> int:
        """A whole number within bounds, both included."""
        value = self._take(key, int, None)
        if not least <= value <= most:
            raise self.wrong(f'a number from {least} to {most} for "{key}"', str(value), key)
        return value

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """A string out of a fixed list."""
        value = self._take(key, str, default)
        if value not in allowed:
            raise self.wrong(f'one of {", ".join(allowed)} for "{key}"', f'"{value}"', key)
        return value

    def id(self, key: str = "id") -> str:
        """A name for use in data: small letters, digits and single hyphens."""
        value = self.text(key)
        if not _ID.fullmatch(value):
            raise self.wrong(f'small letters, digits and hyphens for "{key}"', f'"{value}"', key)
        return value

    def day(self, key: str) -> str:
        """A day as YYYY-MM-DD in quotes, or empty. Kept as text: packs are data, not a calendar."""
        value = self._value.get(key, "")
        try:
            if type(value) is str and (value == "" or date.fromisoformat(value).isoformat() == value):
                return value
        except ValueError:
            pass
        raise self.wrong(f'a day such as "2026-11-23", or "", for "{key}"', shown(value), key)

    def strings(self, key: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of strings."""
        value = self._take(key, list, None if default is None else list(default))
        for position, item in enumerate(value):
            if type(item) is not str:
                raise self.wrong("text", shown(item), key, position)
        return tuple(value)

    def numbers(self, key: str, least: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers within bounds, both included."""
        value = self._take(key, list, None)
        for position, item in enumerate(value):
            if type(item) is not int or not least <= item <= most:
                raise self.wrong(f"a number from {least} to {most}", shown(item), key, position)
        return tuple(value)

    def table(self, key: str) -> "Table":
        """A table inside this one."""
        value = self._take(key, dict, None)
        return Table(self.file, value, self._lines, (*self._path, key))

    def tables(self, key: str, required: bool = False) -> "list[Table]":
        """A list of tables, written as `[[key]]` or as a list of `{ ... }`."""
        value = self._take(key, list, None if required else [])
        found: list[Table] = []
        for position, item in enumerate(value):
            if type(item) is not dict:
                raise self.wrong("a table", shown(item), key, position)
            found.append(Table(self.file, item, self._lines, (*self._path, key, position)))
        return found
