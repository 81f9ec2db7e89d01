"""How far two people who coded the same things agree, beyond what chance would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Cohen's kappa of pairs of codes, the same thing coded by two people; 1 is full agreement, 0 is chance.

    None without a pair, and where both gave every thing one and the same code: chance explains that.
    Source: Cohen (1960), A coefficient of agreement for nominal scales, Educ. Psychol. Meas. 20(1).
    """
    rows = list(pairs)
    if not rows:
        return None
    n = len(rows)
    first, second = Counter(a for a, _ in rows), Counter(b for _, b in rows)
    observed = sum(a == b for a, b in rows) / n
    chance = sum(first[code] * second[code] for code in first) / n**2
    return None if chance == 1 else (observed - chance) / (1 - chance)
