"""Linkage of 5 x 10^5 mentions: `python -m tests.load.linkage [MENTIONS]`. Writes its part of benchmarks-measure.md.

The mentions are invented: as many surnames, forenames and places as a country's police would have, common ones
common; an eighth of the people are mentioned often. Nothing in the tests runs it.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from upstander.linkage import Mention, link
from upstander.linkage.review import quality

PAGE = Path(__file__).parents[2] / "docs/reference/benchmarks-measure.md"
SURNAMES, FORENAMES, PLACES = 20_000, 400, 400


def invented(people: int, count: int, seed: int = 1) -> tuple[list[Mention], dict[str, str]]:
    """Mentions with the person behind each. A third give a number, two thirds a forename or an initial."""
    rng = np.random.default_rng(seed)

    def drawn(kinds: int, size: int, spread: float) -> np.ndarray:
        weight = 1 / (np.arange(1, kinds + 1) + spread)
        return rng.choice(kinds, size, p=weight / weight.sum())

    surname, forename = drawn(SURNAMES, people, 100), drawn(FORENAMES, people, 10)
    place = drawn(PLACES, people, 30)
    who = np.minimum((people * rng.beta(0.8, 2.0, count)).astype(np.int64), people - 1)
    says, tail, numbered = rng.integers(0, 3, count), rng.random(count) < 0.8, rng.random(count) < 0.33
    found, truth = [], {}
    for at in range(count):
        one = int(who[at])
        first = _word(int(forename[one]), "f")
        found.append(
            Mention(
                f"m{at}",
                "constable",
                first if says[at] == 0 else "",
                first[0] if says[at] < 2 else "",
                _word(int(surname[one]), "s"),
                str(10_000 + one) if numbered[at] else "",
                _word(int(place[one]), "p") if tail[at] else "",
            )
        )
        truth[f"m{at}"] = str(one)
    return found, truth


def _word(number: int, kind: str) -> str:
    """A name for a number: letters only, near numbers not alike."""
    mixed = (number * 2_654_435_761 + ord(kind)) % 2**32
    letters = "".join(chr(97 + (mixed >> (5 * at)) % 26) for at in range(6))
    return f"{letters}{chr(97 + number % 26)}"


def main() -> None:
    """Measures and writes the section."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500_000
    load = os.getloadavg()[0]
    mentions, truth = invented(count // 4, count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    began = time.monotonic(), time.process_time()
    found = link(mentions)
    wall, processor = time.monotonic() - began[0], time.process_time() - began[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    precision, recall = quality(found, truth)
    verdict = "Held" if wall <= 100 else "Missed by the clock"
    said = (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}. Load average when it began: {load:.1f}. One run, by "
        f"`python -m tests.load.linkage {count}`.\n\n"
        f"{count:,} invented mentions of {count // 4:,} people, Splink on DuckDB: {wall:.1f} s by the clock, "
        f"{processor:.1f} of a processor (all threads together). Budget: 100 s. {verdict}.\n"
        f"{len(found.sure) + len(found.review):,} pairs at a probability of a half or more. Strict links: "
        f"precision {precision:.3f}, recall {recall:.3f}. Most memory: {peak:.1f} GB, of which the mentions "
        f"themselves {before:.1f}.\n"
    )
    print(said, flush=True)
    if len(sys.argv) < 3:
        page = PAGE.read_text("utf-8").split("## Linkage\n")[0]
        PAGE.write_text(f"{page}## Linkage\n\n{said}", "utf-8")


if __name__ == "__main__":
    main()
