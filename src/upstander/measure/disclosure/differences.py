"""Subtracting an earlier release from a later one of what has grown or moved on since.

Between two releases few cases come in, and their table is the difference of the two. It is never printed,
yet anybody can work it out as closely as the rounding of both allows; the audit does the same and hides
more where that is too close. What grows also ties a number to its earlier self: hidden beside others each
time, it may follow from the two releases together, so the hidden numbers of both are judged once more with
both in hand. Rounding protects nothing where an estimate rests on a cell (from a ratio and
its limits the counts follow), or where the number stands in public elsewhere: those are taken as known
exactly, in the earlier release as in this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from upstander.measure.disclosure.audit import SLACK, Within, intervals, knowledge
from upstander.measure.disclosure.cells import Cell, Relation, Table, all_cells, all_relations
from upstander.measure.disclosure.past import Past
from upstander.measure.disclosure.rules import Rules, primary
from upstander.measure.disclosure.suppress import Pattern
from upstander.measure.errors import DisclosureError

BETWEEN = " since then"


def check_growth(
    tables: Sequence[Table],
    past: Past,
    grows: Sequence[tuple[str, str]],
    pattern: Pattern,
    rules: Rules,
    *,
    protect: Set[Cell] = frozenset(),
    told: frozenset[Cell] = frozenset(),
    exact: frozenset[Cell] = frozenset(),
) -> Pattern:
    """The pattern, with as much more hidden as the differences need.

    `grows` are pairs of a population and an earlier one. A small difference must stay open by at least the
    rounding less one, a cell of `protect` (and one protected then) by the width of the rules. `told` are
    cells outsiders know, `exact` those that estimates rest on. Raises DisclosureError where an earlier
    population is not known, or where hiding more is not enough.
    """
    for later, earlier in grows:
        now = tuple(table for table in tables if table.population == later)
        before = past.of({earlier})
        if not before:
            raise DisclosureError(f"There is no earlier release of {earlier!r} to compare with.")
        if now:
            pattern = _check(
                *(now, before, past.shown, pattern, rules), protect=protect, told=told, exact=exact
            )
    return pattern


def _check(
    now: tuple[Table, ...],
    before: tuple[Table, ...],
    shown_before: frozenset[Cell],
    pattern: Pattern,
    rules: Rules,
    *,
    protect: Set[Cell],
    told: frozenset[Cell],
    exact: frozenset[Cell],
) -> Pattern:
    counts, old = all_cells(now), all_cells(before)
    pairs = {one: Cell(next(iter(old)).population, one.place) for one in counts}
    pairs = {one: other for one, other in pairs.items() if other in old}
    growth = {
        Cell(one.population + BETWEEN, one.place): counts[one] - old[other] for one, other in pairs.items()
    }
    # Where something became smaller (a case closed, a record put right), nobody can rely on growth.
    least = 0.0 if min(growth.values(), default=0) >= 0 else -float("inf")
    relations = (
        *all_relations(now),
        *all_relations(before),
        *(Relation(one, (pairs[one], Cell(one.population + BETWEEN, one.place))) for one in pairs),
        *_sums_of_growth(now, growth),
    )
    open_ = {Cell(one.population + BETWEEN, one.place) for one in told}
    small = [one for one, count in growth.items() if 0 < abs(count) < rules.threshold and one not in open_]
    wanted = dict.fromkeys(small, rules.rounding - 1.0)
    told_places, exact_places = {one.place for one in told}, {one.place for one in exact}
    if pairs and least == 0:
        tied = (protect & counts.keys()) | (primary(before, rules).keys() - shown_before)
        wanted |= {one: float(rules.width) for one in sorted(tied) if one.place not in told_places}
    within = _percentages(before, old.keys() - shown_before, rules)
    hidden = set(pattern.hidden)
    free = dict.fromkeys((*counts, *old), (0.0, float("inf")))
    free |= {one: (float(n), float(n)) for one, n in (counts | old).items() if one.place in told_places}
    free |= dict.fromkeys(growth, (least, float("inf")))
    # Where the log says that three came in, what each of them was cannot be open by more than three.
    widest = intervals(knowledge(free, relations), wanted) if told else {}
    wanted = {one: min(width, widest[one].width if told else width) for one, width in wanted.items()}
    while wanted:
        bounds = {one: _range(count, one in hidden, rules) for one, count in counts.items()}
        bounds |= {one: _range(count, one not in shown_before, rules) for one, count in old.items()}
        for one, count in (*counts.items(), *old.items()):
            seen = one not in hidden if one in counts else one in shown_before
            if one.place in told_places or (seen and one.place in exact_places):
                bounds[one] = (float(count), float(count))
        bounds |= dict.fromkeys(growth, (least, float("inf")))
        known = knowledge(bounds, relations, [*within, *_percentages(now, frozenset(hidden), rules)])
        found = intervals(known, wanted)
        # Hiding more only widens: what was wide enough stays so.
        wanted = {one: width for one, width in wanted.items() if found[one].width < width - SLACK}
        if not wanted:
            break
        more = _further(now, before, {one.place for one in wanted}, hidden | shown_before)
        if not more:
            raise DisclosureError(
                f"{len(wanted)} hidden numbers, of {min(wanted)} first, could be worked out too closely from "
                "this release and an earlier one together, because counts only grow, whatever more is "
                "hidden here. Join categories, or leave the table out."
            )
        hidden |= more
    return Pattern(frozenset(hidden), pattern.optimal and len(hidden) == len(pattern.hidden))


def _range(count: int, hidden: bool, rules: Rules) -> tuple[float, float]:
    if hidden:
        return 0.0, float("inf")
    half = rules.rounding // 2
    middle = rounded(count, rules.rounding)
    return max(0.0, middle - half), float(middle + half)


def rounded(count: int, to: int) -> int:
    """To the nearest multiple."""
    return (count + to // 2) // to * to


def _percentages(
    tables: tuple[Table, ...], hidden: frozenset[Cell] | set[Cell], rules: Rules
) -> list[Within]:
    """What each shown percentage says.

    Its numerator lies within half a point of it, times its denominator.
    """
    found = []
    for table in tables:
        cells = table.cells
        for one, count in cells.items():
            base = Cell(one.population, tuple(pair for pair in one.place if pair[0] != table.percent_of))
            if (
                not table.percent_of
                or base == one
                or {one, base} & hidden
                or cells[base] < rules.percent_base
            ):
                continue
            shown = percent(count, cells[base])
            found.append(Within(((one, 1.0), (base, -(shown + 0.5) / 100)), 1e-9))
            found.append(Within(((one, -1.0), (base, (shown - 0.5) / 100)), 1e-9))
    return found


def percent(count: int, base: int) -> int:
    """To the nearest whole per cent, halves upwards."""
    return (200 * count + base) // (2 * base)


def _sums_of_growth(tables: tuple[Table, ...], growth: Mapping[Cell, int]) -> list[Relation]:
    found = []
    for relation in all_relations(tables):
        moved = [Cell(one.population + BETWEEN, one.place) for one in (relation.total, *relation.parts)]
        if all(one in growth for one in moved):
            found.append(Relation(moved[0], tuple(moved[1:])))
    return found


def _further(
    now: tuple[Table, ...],
    before: tuple[Table, ...],
    places: Set[tuple[tuple[str, str], ...]],
    settled: Set[Cell],
) -> set[Cell]:
    """What to hide next for the sake of these places, the mildest that there is; none of `settled`.

    The cells themselves; their neighbours in a sum that were hidden the last time (an unchanged pattern
    gives nothing away by being another one); all neighbours; everything.
    """
    cells = set(all_cells(now))
    earlier = {one.place for one in all_cells(before)} - {
        one.place for table in before for one in table.cells if one in settled
    }
    near = _neighbours(now, places)
    steps = (
        {one for one in cells if one.place in places},
        {one for one in near if one.place in earlier},
        near,
        cells,
    )
    return next((step - settled for step in steps if step - settled), set())


def _neighbours(tables: tuple[Table, ...], places: Set[tuple[tuple[str, str], ...]]) -> set[Cell]:
    found: set[Cell] = set()
    for relation in all_relations(tables):
        members = {relation.total, *relation.parts}
        if any(one.place in places for one in members):
            found |= members
    return found
