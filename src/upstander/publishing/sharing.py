"""Work on many institutions at once: one process a core, each with everything that was there when it began.

What came through disclosure control cannot be handed to another process, by design. A fork has it already; so
work goes out as numbers and comes back as finished bytes.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upstander.publishing.site import Site

Work = Callable[["Site", int], dict[str, bytes]]
FEW = 4  # institutions: fewer are made in this process, a fork costs more than it saves


def each(site: Site, work: Work, count: int, tell: Callable[[str], None]) -> Iterator[dict[str, bytes]]:
    """The work for each number below `count`, in their order; whatever it raises is raised here."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if count < FEW or cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
        for at in range(count):
            tell(site.releases[at].name)
            yield work(site, at)
        return
    with ProcessPoolExecutor(
        min(cores, count), multiprocessing.get_context("fork"), _begin, (site, work)
    ) as pool:
        for at, files in enumerate(pool.map(_do, range(count))):
            tell(site.releases[at].name)
            yield files


_given: list[tuple[Site, Work]] = []  # of a process that was forked for this


def _begin(site: Site, work: Work) -> None:
    _given[:] = [(site, work)]


def _do(at: int) -> dict[str, bytes]:
    site, work = _given[0]
    return work(site, at)
