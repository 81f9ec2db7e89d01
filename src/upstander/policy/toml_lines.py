"""On which line each value of a TOML file stands. `tomllib` reads the values but forgets the lines.

The text has been read by `tomllib` before, so it is well formed: this walks over it and notes a line
for every table, key and list item, under the same path of keys and positions that leads to the value.
"""

from collections.abc import Callable

Path = tuple[str | int, ...]
_BARE_END = set(" \t\r\n,]}#")


def lines_of(text: str) -> dict[Path, int]:
    """Path of keys and list positions -> line, counted from 1. The empty path is line 1."""
    return _Walk(text).run()


class _Walk:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {(): 1}
        self.tables: dict[Path, int] = {}  # list of tables -> position of its last table

    def run(self) -> dict[Path, int]:
        table: Path = ()
        while self._skip(newlines=True):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _note(self, path: Path) -> None:
        self.lines.setdefault(path, self._line())

    def _skip(self, newlines: bool) -> bool:
        """Passes over blanks and comments; false at the end of the text."""
        blank = " \t\r\n" if newlines else " \t"
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                self.at = self._find("\n")
            elif self.text[self.at] in blank:
                self.at += 1
            else:
                return True
        return False

    def _find(self, mark: str) -> int:
        end = self.text.find(mark, self.at)
        return len(self.text) if end < 0 else end

    def _resolve(self, keys: list[str]) -> Path:
        """The path of a header's keys; in a list of tables, into its last one."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.tables:
                path = (*path, self.tables[path])
        return path

    def _header(self) -> Path:
        double = self.text.startswith("[[", self.at)
        line_start = self.at
        self.at += 2 if double else 1
        keys = self._keys("]")
        self.at = line_start  # the header's own line is the one to note
        if double:
            parent = (*self._resolve(keys[:-1]), keys[-1])
            self._note(parent)
            self.tables[parent] = self.tables.get(parent, -1) + 1
            path: Path = (*parent, self.tables[parent])
        else:
            path = self._resolve(keys)
        self._note(path)
        self.at = self._find("\n")
        return path

    def _keys(self, end: str) -> list[str]:
        """Dotted keys up to `end`, which is passed over."""
        keys: list[str] = []
        while self._skip(newlines=False) and self.text[self.at] != end:
            if self.text[self.at] == ".":
                self.at += 1
            elif self.text[self.at] in "\"'":
                keys.append(self._string())
            else:
                start = self.at
                while self.text[self.at] not in " \t.=]":
                    self.at += 1
                keys.append(self.text[start : self.at])
        self.at += 1
        return keys

    def _pair(self, table: Path) -> None:
        start = self.at
        keys = self._keys("=")
        after, self.at = self.at, start
        for depth in range(len(keys)):
            self._note((*table, *keys[: depth + 1]))
        self.at = after
        self._skip(newlines=False)
        self._value((*table, *keys))

    def _value(self, path: Path) -> None:
        first = self.text[self.at]
        if first in "\"'":
            self._string()
        elif first == "[":
            self._group("]", lambda position: self._item(path, position))
        elif first == "{":
            self._group("}", lambda _position: self._pair(path))
        else:
            while self.at < len(self.text) and self.text[self.at] not in _BARE_END:
                self.at += 1

    def _item(self, path: Path, position: int) -> None:
        self._note((*path, position))
        self._value((*path, position))

    def _group(self, end: str, item: Callable[[int], None]) -> None:
        """The inside of a list or an inline table, item by item; the closing mark is passed over."""
        self.at += 1
        position = 0
        while self._skip(newlines=True) and self.text[self.at] != end:
            if self.text[self.at] == ",":
                self.at += 1
                continue
            item(position)
            position += 1
        self.at += 1

    def _string(self) -> str:
        quote = self.text[self.at]
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(mark)
        start = self.at
        while not self.text.startswith(mark, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        while len(mark) == 3 and self.text.startswith(quote, self.at + 3):
            self.at += 1  # up to two quotes may stand before the closing three
        inside = self.text[start : self.at]
        self.at += len(mark)
        return inside
