"""What a hosted page asks the keepers, bounded: what all show is remembered for a minute, the rest asks work.

The institution's server does so for its own page (`server/pledges/relay.py`, `server/limits.py`). Nothing is
known or kept about who asks.
"""

import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from upstander.formats import hashes
from upstander.keepers.roster import Keeper

FRESH = 60.0  # seconds until what keepers show is asked for again
SECONDS = 600.0  # time to do the work in
EASIEST, HARDEST = 14, 20  # bits of work at half of the places and at all of them

One = Callable[[Keeper, str, str | None], str]
"""What a keeper answers at a path to a body, or (None) to a GET; empty where it gave none."""


class Others:
    """The keepers, as a hosted page reaches them. `one` asks one of them."""

    def __init__(self, keepers: Mapping[str, Keeper], one: One) -> None:
        self._keepers = keepers
        self._one = one
        self._shown: dict[str, tuple[float, dict[str, str]]] = {}
        self._asking = {path: threading.Lock() for path in ("/v1/keeper", "/v1/passes")}

    def shown(self, path: str) -> dict[str, str]:
        """What each keeper shows; one that is away, what it showed last. One at a time asks, others wait."""
        with self._asking[path]:
            asked, known = self._shown.get(path, (-FRESH, {}))
            if time.monotonic() - asked < FRESH:
                return known
            now = self.send(path, dict.fromkeys(self._keepers))
            found = {name: text or known.get(name, "") for name, text in now.items()}
            # While somebody is away it is asked for sooner: it may be back in a moment.
            at = time.monotonic() - (0.0 if all(now.values()) else FRESH * 0.9)
            self._shown[path] = (at, found)
            return found

    def send(self, path: str, bodies: Mapping[str, str | None]) -> dict[str, str]:
        """What these keepers answer, all asked at once."""
        with ThreadPoolExecutor(max_workers=max(1, len(bodies))) as pool:
            answers = pool.map(lambda name: self._one(self._keepers[name], path, bodies[name]), bodies)
            return dict(zip(bodies, answers, strict=True))


class Work:
    """Work that is asked for once half of the places are taken: whoever does it is let in, once each time."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def needed(self, work: str, fullness: float) -> dict[str, object] | None:
        """What has to be done first (`challenge`, `bits`), or nothing. `fullness` from 0 to 1."""
        if fullness < 0.5 or self._is_done(work):
            return None
        bits = EASIEST + round((min(fullness, 1.0) - 0.5) * 2 * (HARDEST - EASIEST))
        head = f"{bits}.{int(time.time() + SECONDS)}.{secrets.token_hex(8)}"
        return {"challenge": f"{head}.{self._mac(head)}", "bits": bits}

    def _is_done(self, work: str) -> bool:
        challenge, _, counter = work.partition(":")
        head, _, mac = challenge.rpartition(".")
        if not (counter.isascii() and counter.isdigit() and len(counter) <= 20):
            return False
        if not hmac.compare_digest(self._mac(head).encode(), mac.encode("utf-8", "replace")):
            return False
        bits, ends = int(head.split(".")[0]), float(head.split(".")[1])
        digest = int.from_bytes(hashes.sha256(work.encode()), "big")
        if ends < time.time() or 256 - digest.bit_length() < bits:
            return False
        with self._lock:
            self._used = {one: until for one, until in self._used.items() if until >= time.time()}
            if challenge in self._used:
                return False
            self._used[challenge] = ends
        return True

    def _mac(self, head: str) -> str:
        return hmac.new(self._secret, head.encode("utf-8", "replace"), "sha256").hexdigest()


def transports(text: str) -> list[str]:
    """The keys that a keeper shows; none where it says nothing that can be read."""
    try:
        return [str(one) for one in json.loads(text)["transports"]]
    except (ValueError, KeyError, TypeError):
        return []
