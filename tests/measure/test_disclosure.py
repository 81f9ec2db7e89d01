"""Disclosure control: the trap first, then the property that no hidden number can be worked out."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.measure.disclosure import Cell, Dimension, Past, Rules, Table, past, release
from upstander.measure.disclosure.audit import Within, audit, intervals, knowledge
from upstander.measure.disclosure.cells import Relation, all_cells, all_relations, cell
from upstander.measure.disclosure.rules import primary
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.disclosure.suppress import suppress
from upstander.measure.errors import DisclosureError
from upstander.measure.estimate import Estimate, NotEstimable

# The test table of the R package sdcTable 0.33 (R/test_problems.R, problemdata()), whose comment works the
# trap out.
TRAP = np.array([[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]])
HIDDEN = ["wa", "wb", "wc", "xa", "xc", "yb", "yd", "zb", "zd"]


def table(counts: object, *, name: str = "t", population: str = "people", **more: object) -> Table:
    array = np.array(counts)
    letters = ["wxyz", "abcd", "klmn"]
    names = [tuple(letters[axis][:size]) for axis, size in enumerate(array.shape)]
    dimensions = tuple(Dimension(f"v{axis}", tuple(one)) for axis, one in enumerate(names))
    return Table(name, "A table", population, dimensions, array, **more)  # type: ignore[arg-type]


def known(one: Table, hidden: set[Cell]) -> object:
    bounds = {c: (0.0, float("inf")) if c in hidden else (n, n) for c, n in one.cells.items()}
    return knowledge(bounds, tuple(one.relations()))


def test_the_trap_keeps_the_rule_of_thumb_and_is_still_open() -> None:
    one = table(TRAP)
    hidden = {cell("people", v0=place[0], v1=place[1]) for place in HIDDEN}
    for relation in one.relations():
        assert len(hidden & {relation.total, *relation.parts}) != 1
    found = intervals(known(one, hidden), hidden)
    assert found[cell("people", v0="w", v1="b")] == (47, 47)
    with pytest.raises(DisclosureError, match="1 of 9 hidden numbers"):
        audit(known(one, hidden), hidden, 5)


def test_one_more_hidden_number_opens_the_trap() -> None:
    one = table(TRAP)
    hidden = {cell("people", v0=place[0], v1=place[1]) for place in [*HIDDEN, "xb"]}
    assert min(found.width for found in audit(known(one, hidden), hidden, 5).values()) >= 5


def test_suppression_finds_a_way_out_of_the_trap() -> None:
    one = table(TRAP)
    hidden = {cell("people", v0=place[0], v1=place[1]) for place in HIDDEN}
    pattern = suppress(one.cells, tuple(one.relations()), hidden, 5)
    assert pattern.hidden > hidden
    assert min(found.width for found in intervals(known(one, set(pattern.hidden)), hidden).values()) >= 5


def test_one_small_cell_takes_the_cheapest_rectangle_with_it() -> None:
    one = table([[3, 40, 9], [60, 50, 80], [7, 30, 8]])
    pattern = suppress(one.cells, tuple(one.relations()), {cell("people", v0="w", v1="a")}, 5)
    assert pattern.optimal
    assert pattern.hidden == {
        cell("people", v0=row, v1=column) for row, column in itertools.product("wy", "ac")
    }


def brute(counts: np.ndarray, protect: tuple[int, int]) -> float:
    """The least cost of all patterns of inner cells that protect one cell of a small table."""
    one = table(counts)
    inner = [c for c in one.cells if len(c.place) == 2]
    target = cell("people", v0="wxyz"[protect[0]], v1="abcd"[protect[1]])
    best = float("inf")
    for size in range(3, 7):
        for chosen in itertools.combinations([c for c in inner if c != target], size):
            hidden = {*chosen, target}
            cost = sum(1 + np.log2(1 + one.cells[c]) for c in hidden)
            if cost < best and intervals(known(one, hidden), [target])[target].width >= 5:
                best = cost
    return best


def test_the_pattern_is_the_cheapest_there_is() -> None:
    counts = np.array([[2, 6, 30], [9, 1, 70], [8, 12, 1]])
    one = table(counts)
    target = cell("people", v0="w", v1="a")
    pattern = suppress(
        one.cells, tuple(one.relations()), {target}, 5, keep={c for c in one.cells if len(c.place) < 2}
    )
    assert sum(1 + np.log2(1 + one.cells[c]) for c in pattern.hidden) == pytest.approx(brute(counts, (0, 0)))


shapes = st.sampled_from([(2, 2), (3, 4), (4, 3), (2, 3, 2)])


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_nothing_hidden_can_be_worked_out(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    size = int(np.prod(shape))
    counts = data.draw(st.lists(st.sampled_from([0, 1, 3, 4, 5, 9, 25, 60]), min_size=size, max_size=size))
    one = table(np.array(counts).reshape(shape))
    made = release("first", [one])
    assert {c for c, n in one.cells.items() if n < 5} <= made.hidden
    bounds = {c: (0.0, np.inf) if c in made.hidden else (n, n) for c, n in one.cells.items()}
    found = intervals(knowledge(bounds, tuple(one.relations())), made.reasons, whole=True)
    assert all(interval.width >= 5 for interval in found.values())
    shown = {row[-1] for row in made.named("t").value.rows}
    assert all(value == "[c]" or value % 5 == 0 for value in shown)


def test_tables_that_share_a_margin_are_judged_together() -> None:
    units = Dimension("unit", ("north", "south"), "unit")
    sex = Dimension("sex", ("women", "men"), "protected")
    role = Dimension("role", ("staff", "officer"))
    by_sex = Table("sex", "", "people", (units, sex), np.array([[3, 60], [40, 50]]))
    by_role = Table("role", "", "people", (units, role), np.array([[30, 33], [45, 45]]))
    made = release("one", [by_sex, by_role])
    all_of = all_cells((by_sex, by_role))
    bounds = {c: (0.0, np.inf) if c in made.hidden else (n, n) for c, n in all_of.items()}
    found = intervals(knowledge(bounds, all_relations((by_sex, by_role))), made.reasons)
    assert found[cell("people", unit="north", sex="women")].width >= 5
    with pytest.raises(DisclosureError, match="different numbers"):
        release("two", [by_sex, Table("role", "", "people", (units, role), np.array([[30, 34], [45, 45]]))])


def test_a_later_table_may_not_give_away_what_an_earlier_one_hid() -> None:
    a, b = Dimension("a", ("p", "q", "r")), Dimension("b", ("s", "t"))
    first = Table("first", "", "people", (a,), np.array([3, 40, 60]))
    one = release("one", [first])
    hidden = cell("people", a="p")
    assert hidden in one.hidden
    second = Table("second", "", "people", (a, b), np.array([[2, 1], [20, 20], [30, 30]]))
    two = release("two", [second], past=one.past)
    assert two.intervals[hidden].width >= 5
    assert not one.past.shown & two.hidden  # what was shown stays shown: hiding it again would only pretend


def test_a_total_that_was_hidden_to_protect_another_number_stays_hidden() -> None:
    a, b = Dimension("a", ("p", "q")), Dimension("b", ("s", "t"))
    first = Table("first", "", "people", (a, b), np.array([[3, 60], [40, 50]]))
    small = cell("people", a="p", b="s")
    hidden = {small, cell("people", a="p"), cell("people", b="s"), cell("people")}
    before = Past((first,), frozenset(first.cells) - hidden, ("first",))
    # Nothing in the new table is small; but its row total less what was shown before would be the small
    # number.
    second = Table("second", "", "people", (a,), np.array([63, 90]))
    made = release("second", [second], past=before)
    assert made.intervals[small].width >= 5
    assert cell("people", a="p") in made.hidden


def test_what_came_in_since_the_last_release_stays_open() -> None:
    a = Dimension("unit", tuple("abcdef"), "unit")
    outcome = Dimension("outcome", ("yes", "no"), "outcome")
    before = np.array([[60, 57], [70, 68], [80, 75], [66, 90], [59, 71], [84, 62]])
    one = release("march", [Table("m", "", "to march", (a, outcome), before, percent_of="outcome")])
    after = before.copy()
    after[0, 0] += 2
    after[3, 1] += 4
    later = Table("j", "", "to june", (a, outcome), after, percent_of="outcome")
    two = release("june", [later], past=one.past, grows=[("to june", "to march")])
    # An outsider does the same with what both pages show.
    bounds, within, sums = {}, [], list(all_relations((later, *one.past.tables)))
    for made, of in ((one, one.past.tables[0]), (two, later)):
        shown = {tuple(row[:-2]): row[-2:] for row in made.tables[0].value.rows}
        for c in of.cells:
            place = dict(c.place)
            count, per_cent = shown[place.get("unit", "All"), place.get("outcome", "All")]
            bounds[c] = (0.0, np.inf) if count == "[c]" else (max(0, count - 2), count + 2)
            base = Cell(c.population, tuple(pair for pair in c.place if pair[0] != "outcome"))
            if base != c and isinstance(per_cent, int):
                within.append(Within(((c, 1.0), (base, -(per_cent + 0.5) / 100)), 1e-9))
                within.append(Within(((c, -1.0), (base, (per_cent - 0.5) / 100)), 1e-9))
    growth = {c: Cell("between", c.place) for c in later.cells}
    bounds |= dict.fromkeys(growth.values(), (0.0, np.inf))
    sums += [type(sums[0])(c, (Cell("to march", c.place), new)) for c, new in growth.items()]
    found = intervals(knowledge(bounds, sums, within), growth.values())
    small = [
        new
        for c, new in growth.items()
        if 0 < later.cells[c] - one.past.tables[0].cells[Cell("to march", c.place)] < 5
    ]
    assert len(small) >= 4
    assert min(found[c].width for c in small) >= 4 - 1e-6


def test_what_became_smaller_is_compared_too() -> None:
    a = Dimension("a", ("p", "q"))
    one = release("one", [Table("x", "", "to march", (a,), np.array([50, 60]))])
    later = Table("y", "", "to june", (a,), np.array([49, 72]))
    two = release("two", [later], past=one.past, grows=[("to june", "to march")])
    assert len(two.hidden) <= 2
    with pytest.raises(DisclosureError, match="no earlier release"):
        release("two", [Table("y", "", "to june", (a,), np.array([49, 70]))], grows=[("to june", "to march")])
    with pytest.raises(DisclosureError, match="already"):
        release("one", [Table("y", "", "to june", (a,), np.array([49, 70]))], past=one.past)


def test_a_release_can_be_made_again_of_the_same_numbers_and_remembers_all_that_was_shown() -> None:
    """A word on its page was wrong: the same numbers under the same name are no second release."""
    a = Dimension("a", ("p", "q"))
    table = Table("x", "", "to march", (a,), np.array([50, 60]))
    one = release("one", [table])
    again = release("one", [table], past=one.past)
    assert again.past.names == ("one",)
    assert again.past.tables == one.past.tables
    assert again.past.shown == one.past.shown
    with pytest.raises(DisclosureError, match="later cut-off"):
        release("two", [Table("x", "", "to march", (a,), np.array([50, 58]))], past=one.past)


def test_a_group_that_is_all_of_one_kind_is_hidden_even_when_it_is_not_small() -> None:
    a, outcome = Dimension("unit", ("p", "q"), "unit"), Dimension("outcome", ("guilty", "not"), "outcome")
    one = Table("t", "", "people", (a, outcome), np.array([[30, 0], [40, 50]]))
    reasons = primary((one,), Rules())
    assert reasons[cell("people", unit="p", outcome="guilty")] == "group"
    assert reasons[cell("people", unit="p", outcome="not")] == "zero"
    assert {cell("people", unit="p", outcome="guilty")} <= release("r", [one]).hidden


def test_a_zero_by_nature_is_printed_and_a_false_one_refused() -> None:
    a, b = Dimension("a", ("mothers", "others")), Dimension("b", ("women", "men"))
    none = cell("people", a="mothers", b="men")
    one = Table("t", "", "people", (a, b), np.array([[60, 0], [70, 80]]), structural=frozenset([none]))
    assert release("r", [one]).hidden == frozenset()
    with pytest.raises(DisclosureError, match="empty by nature"):
        Table("t", "", "people", (a, b), np.array([[60, 1], [70, 80]]), structural=frozenset([none]))


def test_two_characteristics_are_not_crossed_in_a_small_unit() -> None:
    dimensions = (
        Dimension("unit", ("north",), "unit"),
        Dimension("sex", ("women", "men"), "protected"),
        Dimension("age", ("young", "old"), "protected"),
    )
    with pytest.raises(DisclosureError, match="crosses two protected characteristics in 1 units"):
        release("r", [Table("t", "", "p", dimensions, np.full((1, 2, 2), 60), staff=(("north", 499),))])
    assert (
        release(
            "r", [Table("t", "", "p", dimensions, np.full((1, 2, 2), 60), staff=(("north", 500),))]
        ).hidden
        == set()
    )


def test_survey_cells_need_ten_respondents() -> None:
    one = Dimension("a", ("p", "q", "r"))
    counts = np.array([7, 60, 70])
    assert primary((Table("t", "", "people", (one,), counts),), Rules()) == {}
    assert primary((Table("t", "", "people", (one,), counts, survey=True),), Rules()) == {
        cell("people", a="p"): "small"
    }


def test_percentages_need_a_base() -> None:
    a, b = Dimension("unit", ("p", "q")), Dimension("outcome", ("yes", "no"), "outcome")
    one = Table("t", "", "people", (a, b), np.array([[20, 29], [60, 40]]), percent_of="outcome")
    rows = {row[:2]: row[2:] for row in release("r", [one]).tables[0].value.rows}
    assert rows["p", "yes"] == (20, "[x]")
    assert rows["q", "yes"] == (60, 60)
    assert rows["All", "yes"] == (80, 54)


def estimate(**more: object) -> Estimate:
    values = {
        "value": 0.3,
        "lo": 0.25,
        "hi": 0.35,
        "n": 200,
        "n_eff": 200,
        "method": "m",
        "unit": "proportion",
    }
    return Estimate(**(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("result", "mark"),
    [
        (estimate(), ""),
        (estimate(n=49), "[x]"),
        (estimate(events=3), "[c]"),
        (estimate(lo=0.05, hi=0.6), "[u]"),
        (estimate(unit="ratio", events=9), "[x]"),
        (estimate(unit="ratio", events=10), ""),
        (NotEstimable("There are none."), "[z]"),
    ],
)
def test_an_estimate_is_shown_only_on_enough_people(result: object, mark: str) -> None:
    one = Table("t", "", "people", (Dimension("a", ("p", "q")),), np.array([60, 70]))
    backed = Backed("e", "E", ("group",), (Row(("p",), result, (cell("people", a="p"),)),))  # type: ignore[arg-type]
    row = release("r", [one], [backed]).named("e").value.rows[0]
    assert row[6] == mark
    assert (row[1] == mark) == (mark in ("[c]", "[x]", "[z]"))


def test_an_estimate_on_a_hidden_count_is_hidden() -> None:
    one = Table("t", "", "people", (Dimension("a", ("p", "q", "r")),), np.array([4, 70, 80]))
    rows = tuple(Row((name,), estimate(), (cell("people", a=name),)) for name in "pqr")
    made = release("r", [one], [Backed("e", "E", ("group",), rows)])
    marks = [row[6] for row in made.named("e").value.rows]
    assert marks[0] == "[c]"
    assert marks.count("[c]") == sum(len(c.place) == 1 for c in made.hidden) == 2
    with pytest.raises(DisclosureError, match="in no table"):
        release("r", [one], [Backed("e", "E", ("g",), (Row(("p",), estimate(), (cell("others"),)),))])


def test_what_an_estimate_says_is_hidden_with_it() -> None:
    """A verdict tells which side of nought a hidden difference is on, and a test's p rests on hidden counts too."""
    one = table([[3, 70], [80, 90]])
    small, large = cell("people", v0="w", v1="a"), cell("people", v0="x")
    rows = (
        Row(("small",), estimate(unit="days"), (small,), ("worse",)),
        Row(("few",), estimate(unit="days", n=7), (large,), ("worse",)),
        Row(("large",), estimate(unit="days"), (large,), ("better",)),
    )
    findings = (("p = 0.01 among three.", (large, small)), ("p = 0.2 among many.", (large,)))
    backed = Backed("e", "E", ("what", "verdict"), rows, ("A note.",), findings)
    shown = release("r", [one], [backed]).named("e").value
    assert [row[:2] for row in shown.rows] == [("small", "[c]"), ("few", "[x]"), ("large", "better")]
    assert "p = 0.2 among many." in shown.notes
    assert not any("three" in note for note in shown.notes)
    for wrong in ((), (cell("others"),)):
        with pytest.raises(DisclosureError, match="rests on"):
            release("r", [one], [replace(backed, findings=(("p", wrong),))])
    with pytest.raises(DisclosureError, match="labels"):
        release("r", [one], [replace(backed, rows=(Row(("a",), estimate(), (large,)),))])


def test_where_standing_in_a_table_tells_a_hidden_count_only_how_many_is_said() -> None:
    """Units far from what is usual: that a hidden one is among them says that its count is far from it."""
    one = Table("units", "", "people", (Dimension("unit", tuple("pqrs"), "unit"),), np.array([3, 60, 90, 70]))
    rows = tuple(Row((u,), estimate(unit="ratio", events=60), (cell("people", unit=u),)) for u in "pqr")
    made = release("one", [one], [Backed("far", "F", ("unit",), rows, picked=True)])
    shown = made.named("far").value
    hidden = {u for u in "pqr" if cell("people", unit=u) in made.hidden}
    assert "p" in hidden
    assert {row[0] for row in shown.rows} == set("pqr") - hidden
    assert f"{len(hidden)} of 3 estimates are hidden." in shown.notes


def test_a_difference_of_shares_needs_the_base_of_a_share() -> None:
    one = table([[60, 70], [80, 90]])
    row = Row(("p",), estimate(unit="difference", n=49), (cell("people", v0="w"),))
    shown = release("r", [one], [Backed("e", "E", ("g",), (row,))]).named("e").value
    assert shown.rows[0][1:7:5] == ("[x]", "[x]")
    again = replace(row, result=estimate(unit="difference", n=50))
    shown = release("r", [one], [Backed("e", "E", ("g",), (again,))]).named("e").value
    assert shown.rows[0][1] == 0.3


def test_the_history_survives_the_disk(tmp_path: Path) -> None:
    one = release("one", [table(TRAP)])
    one.past.save(tmp_path / "history.json")
    again = past.load(tmp_path / "history.json")
    assert (again.names, again.shown) == (one.past.names, one.past.shown)
    assert all_cells(again.tables) == all_cells(one.past.tables)
    assert past.load(tmp_path / "none.json") == Past()
    (tmp_path / "history.json").write_text('{"kind": "other"}')
    with pytest.raises(DisclosureError, match="backup"):
        past.load(tmp_path / "history.json")


@pytest.mark.parametrize(
    "counts", [[1.5, 2], [-1, 3], [[1, 2]], [float("nan"), 1]], ids=["half", "negative", "shape", "nan"]
)
def test_only_whole_counts_make_a_table(counts: object) -> None:
    with pytest.raises(DisclosureError):
        Table("t", "", "p", (Dimension("a", ("p", "q")),), np.array(counts))


@pytest.mark.parametrize(
    "wrong", [{"threshold": 4}, {"half_width": 11}, {"zeros": False}, {"rounding": 10}, {"width": 5.5}]
)
def test_rules_get_stricter_only(wrong: dict[str, object]) -> None:
    with pytest.raises(DisclosureError):
        Rules(**wrong)  # type: ignore[arg-type]
    assert Rules(threshold=10, width=10).threshold == 10


def by_quarter(counts: object, *, told: bool) -> Table:
    dimensions = Dimension("quarter", ("one", "two", "three")), Dimension("strand", ("vawg", "other"))
    known = {cell("reports"), *(cell("reports", quarter=one) for one in dimensions[0].categories)}
    return Table("t", "", "reports", dimensions, np.array(counts), told=frozenset(known if told else ()))


def test_a_hidden_sum_that_the_log_tells_protects_nothing() -> None:
    """Three of VAWG in a quarter: hiding the quarter's sum would do, could not everybody count it in the log."""
    counts = [[3, 9], [60, 70], [80, 90]]
    quarter = {cell("reports", quarter="one", strand=one) for one in ("vawg", "other")}
    made = release("r", [by_quarter(counts, told=True)])
    assert quarter <= made.hidden
    # the outsider with the log knows every number that is shown, and every sum of a quarter
    one = by_quarter(counts, told=True)
    bounds = {
        c: (float(n), float(n)) if c not in made.hidden or c in one.told else (0.0, float("inf"))
        for c, n in one.cells.items()
    }
    known = knowledge(bounds, all_relations((one,)))
    assert all(one.width >= Rules().width for one in intervals(known, list(quarter)).values())
    with pytest.raises(DisclosureError, match="told that it has not"):
        Table("t", "", "p", (Dimension("a", ("p",)),), np.array([7]), told=frozenset([cell("q")]))


def test_what_is_told_is_remembered(tmp_path: Path) -> None:
    release("one", [by_quarter(np.full((3, 2), 60), told=True)]).past.save(tmp_path / "history.json")
    (again,) = past.load(tmp_path / "history.json").tables
    assert again.told == by_quarter(np.full((3, 2), 60), told=True).told


def grown(counts: list[int], population: str) -> Table:
    return Table("t", "", population, (Dimension("a", ("p", "q", "r")),), np.array(counts))


def test_a_count_that_an_estimate_gives_away_is_not_protected_by_rounding() -> None:
    """160 to 163 rounds to 160 and 165: two cases or seven. With a ratio on each the counts follow: three came."""
    before, after = grown([160, 300, 400], "to march"), grown([163, 340, 460], "to june")

    def ratios(population: str) -> list[Backed]:
        rows = tuple(
            Row((name,), estimate(unit="ratio", events=60), (cell(population, a=name),)) for name in "pqr"
        )
        return [Backed("e", "E", ("group",), rows)]

    grows = [("to june", "to march")]
    plain = release("two", [after], past=release("one", [before]).past, grows=grows)
    assert plain.hidden == frozenset()
    first = release("one", [before], ratios("to march"))
    two = release("two", [after], ratios("to june"), past=first.past, grows=grows)
    assert cell("to june", a="p") in two.hidden
    marks = {row[0]: row[6] for row in two.named("e").value.rows}
    assert marks["p"] == "[c]"


def backed(one: Table) -> Backed:
    """A ratio on every count, the total too, so that each that is shown is known exactly."""
    rows = tuple(Row((str(c),), estimate(unit="ratio", events=60), (c,)) for c in one.cells)
    return Backed("e", "E", ("group",), rows)


@pytest.mark.parametrize(
    ("before", "after"), [([3, 60, 90, 70], [3, 160, 90, 70]), ([3, 60, 90, 70], [3, 160, 300, 71])]
)
def test_a_hidden_number_does_not_follow_from_two_releases_of_what_only_grows(
    before: list[int], after: list[int]
) -> None:
    """Hidden beside q, then beside s: p with s is 73, and s was 70 before, so p could be 3 at most."""
    one = Table("t", "", "to march", (Dimension("a", tuple("pqrs")),), np.array(before))
    two = replace(one, population="to june", counts=np.array(after))
    first = release("one", [one], [backed(one)])
    made = release("two", [two], [backed(two)], past=first.past, grows=[("to june", "to march")])
    bounds = {
        c: (0.0, np.inf) if c in hidden else (float(count), float(count))
        for of, hidden in ((one, first.hidden), (two, made.hidden))
        for c, count in of.cells.items()
    }
    grown = {c: Cell("between", c.place) for c in two.cells}
    bounds |= dict.fromkeys(grown.values(), (0.0, np.inf))
    sums = [*all_relations((one, two))]
    sums += [Relation(c, (Cell("to march", c.place), new)) for c, new in grown.items()]
    hidden = [cell("to march", a="p"), cell("to june", a="p")]
    found = intervals(knowledge(bounds, sums), hidden)
    assert set(hidden) <= first.hidden | made.hidden
    assert min(interval.width for interval in found.values()) >= 5
    assert set(two.cells) - made.hidden  # it stays a table


def test_what_hiding_more_cannot_mend_is_refused() -> None:
    """The later numbers stand there already, in a table of their own: too late for hiding them."""
    one = Table("t", "", "to march", (Dimension("a", tuple("pqrs")),), np.array([3, 60, 90, 70]))
    two = replace(one, population="to june", counts=np.array([3, 160, 90, 70]))
    first = release("one", [one], [backed(one)]).past
    both = release("two", [two], [backed(two)], past=first).past
    with pytest.raises(DisclosureError, match=r"could be worked out too closely .* because counts only grow"):
        release("three", [two], [backed(two)], past=both, grows=[("to june", "to march")])


def test_a_growth_that_the_log_tells_is_not_fought() -> None:
    before = by_quarter([[60, 70], [60, 70], [60, 70]], told=True)
    now = by_quarter([[60, 70], [60, 70], [62, 71]], told=True)
    before = replace(before, population="to march", told=frozenset())
    first = release("one", [before]).past
    # three came in, which anybody can count; which strand they belong to stays open, by rounding alone ...
    assert release("two", [now], past=first, grows=[("reports", "to march")]).hidden == frozenset()
    # ... unless an estimate gives the strand away
    three = cell("reports", quarter="three", strand="vawg")
    ratio = Backed("e", "E", ("g",), (Row(("x",), estimate(unit="ratio", events=60), (three,)),))
    made = release("two", [now], [ratio], past=first, grows=[("reports", "to march")])
    assert three in made.hidden


def outsider(tables: list[Table], hidden: frozenset[Cell], ties: list[Relation]) -> object:
    """Who lays tables side by side although their populations are called otherwise."""
    bounds = {
        one: (0.0, np.inf) if one in hidden else (float(n), float(n))
        for one, n in all_cells(tuple(tables)).items()
    }
    return knowledge(bounds, (*all_relations(tuple(tables)), *ties))


def test_the_same_people_under_another_name_do_not_give_a_hidden_number_away() -> None:
    """Survey cells need ten respondents, those of who was invited five: eight who answered stood in one and not the other."""
    sex, came = Dimension("sex", ("women", "men", "other"), "protected"), Dimension("came", ("yes", "no"))
    said = Dimension("bullied", ("yes", "no"), "outcome")
    answers = Table(
        "answers", "", "answers", (sex, said), np.array([[60, 90], [40, 110], [0, 8]]), survey=True
    )
    invited = Table("invited", "", "invited", (sex, came), np.array([[150, 80], [150, 90], [8, 12]]))
    ties = [
        Relation(cell("answers", sex=one), (cell("invited", sex=one, came="yes"),)) for one in sex.categories
    ]
    eight = cell("answers", sex="other")
    apart = release("r", [answers, invited])
    assert eight in apart.hidden
    assert intervals(outsider([answers, invited], apart.hidden, ties), [eight])[eight] == (8, 8)
    made = release("r", [answers, invited], ties=ties)
    known_ = outsider([answers, invited], made.hidden, ties)
    assert min(one.width for one in intervals(known_, made.reasons).values()) >= 5


def test_what_is_left_of_two_totals_is_protected_although_nobody_prints_it() -> None:
    """97 in 100 reports are in units: the three that are not can be subtracted."""
    unit, strand = (
        Dimension("unit", ("north", "south", "east"), "unit"),
        Dimension("strand", ("vawg", "other")),
    )
    reports = Table("reports", "", "reports", (strand,), np.array([40, 60]))
    units = Table("units", "", "in units", (unit,), np.array([30, 32, 35]))
    tie = Relation(cell("reports"), (cell("in units"),))
    plain = release("r", [reports, units])
    assert not plain.hidden, "each by itself hides nothing"
    made = release("r", [reports, units], ties=[tie])
    left = Cell("the rest", ())
    bounds = {
        **{
            one: (0.0, np.inf) if one in made.hidden else (n, n)
            for one, n in all_cells((reports, units)).items()
        },
        left: (0.0, np.inf),
    }
    sums = (*all_relations((reports, units)), Relation(tie.total, (*tie.parts, left)))
    assert intervals(knowledge(bounds, sums), [left])[left].width >= 5
    assert all(not one.population.startswith("reports without") for one in made.hidden)
    # where both totals stand in the log, nothing is left to protect
    told = [replace(one, told=frozenset({cell(one.population)})) for one in (reports, units)]
    assert not release("r", told, ties=[tie]).hidden


def test_parts_that_are_more_than_their_total_are_refused() -> None:
    a = Dimension("a", ("p", "q"))
    whole, part = (
        Table(n, "", n, (a,), np.array(counts)) for n, counts in (("w", [50, 60]), ("v", [70, 60]))
    )
    with pytest.raises(DisclosureError, match="More is counted within"):
        release("r", [whole, part], ties=[Relation(cell("w"), (cell("v"),))])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_nothing_hidden_follows_from_tables_that_overlap(data: st.DataObject) -> None:
    """A table, and the same again of some of its people under another name."""
    size = data.draw(st.integers(2, 3)), data.draw(st.integers(2, 3))
    cells_ = st.lists(st.integers(0, 60), min_size=size[0] * size[1], max_size=size[0] * size[1])
    inside, outside = (np.array(data.draw(cells_)).reshape(size) for _ in range(2))
    few = data.draw(st.booleans())
    outside = np.where(np.arange(outside.size).reshape(size) < 2, outside % 4, 0) if few else outside
    one, other = table(inside + outside, population="all"), table(inside, name="u", population="some")
    if one.cells[cell("all")] < 50 or other.cells[cell("some")] < 50:
        return
    ties = [Relation(Cell("all", c.place), (c,)) for c in other.cells if len(c.place) <= 1]
    try:
        made = release("r", [one, other], ties=ties)
    except DisclosureError:
        return  # refusing is an answer
    equal = [t for t in ties if one.cells[t.total] == other.cells[t.parts[0]]]
    rests = {
        t: Cell("rest", t.total.place) for t in ties if 0 < one.cells[t.total] - other.cells[t.parts[0]] < 5
    }
    bounds = {c: (0.0, np.inf) if c in made.hidden else (n, n) for c, n in all_cells((one, other)).items()}
    bounds |= dict.fromkeys(rests.values(), (0.0, np.inf))
    sums = (
        *all_relations((one, other)),
        *equal,
        *(Relation(t.total, (*t.parts, r)) for t, r in rests.items()),
    )
    wanted = [c for c in (*made.reasons, *rests.values()) if c in bounds]
    found = intervals(knowledge(bounds, sums), wanted)
    assert all(interval.width >= 5 - 1e-6 for interval in found.values()), found


def test_a_share_does_not_say_of_how_few_it_leaves_out() -> None:
    """No table counts the rest here: the share and its base alone say that it is three."""
    base = Table("t", "", "people", (Dimension("a", ("p",)),), np.array([100]))
    of = (cell("people"),)
    rows = tuple(
        Row((name,), Estimate(k / 100, k / 100 - 0.05, 1.0, 100, 100, "m", "proportion", events=k), of)
        for name, k in (("97", 97), ("95", 95), ("100", 100))
    )
    shown = release("r", [base], [Backed("e", "E", ("g",), rows)]).named("e").value.rows
    assert [row[1] for row in shown] == ["[c]", 0.95, 1.0]
