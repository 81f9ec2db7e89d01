"""Places for requests that make the server ask somebody else: few at a time, and nobody waits in line."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from upstander.server.errors import busy


class Places:
    """How many requests of one kind are served at the same time; who comes when all are taken is told so.

    Nobody waits in line, so that a flood holds no threads and no memory, and no address is counted.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.taken = 0
        self._lock = threading.Lock()

    def fullness(self) -> float:
        """How many places are taken, from 0 to 1: from half of them on, who asks does some work first."""
        return self.taken / self.number

    @contextmanager
    def one(self) -> Iterator[None]:
        """A place while the block lasts. Raises `busy`."""
        with self._lock:
            if self.taken >= self.number:
                raise busy()
            self.taken += 1
        try:
            yield
        finally:
            with self._lock:
                self.taken -= 1
