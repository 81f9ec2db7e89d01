"""Who reports are about, by strict and by lenient links of names: the two ends of every figure on people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upstander.measure.disclosure.cells import Cell
from upstander.measure.disclosure.show import Row
from upstander.measure.estimate import Result, span
from upstander.measure.plan import Plan

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

LINKS = ("strict", "lenient")
RANGE = "range"
RESTS = (
    "Names do not always say who is meant. Strict links join what is nearly certainly one person, lenient "
    "ones also what is more likely than not. The truth may lie between; repeat subjects are likelier too few."
)


def mentioned(extract: Extract, plan: Plan) -> None:
    """Makes the tables `about_strict` and `about_lenient`: each report with each person it is about, once.

    Who is meant by lenient links alone stands in `lenient_pid`, whatever the probability: there it was judged
    when names were linked. Elsewhere the plan's probabilities decide.
    """
    wanted = {
        "strict": ("pid::VARCHAR", f"coalesce(link_prob, 1) >= {plan.strict!r}"),
        "lenient": (
            "coalesce(lenient_pid::VARCHAR, pid::VARCHAR)",
            f"lenient_pid IS NOT NULL OR coalesce(link_prob, 1) >= {plan.lenient!r}",
        ),
    }
    for name, (who, when) in wanted.items():
        extract.database.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE about_{name} AS SELECT DISTINCT rid, person.pid
            FROM (SELECT rid, {who} AS meant FROM involvement
              WHERE role = 'subject' AND pid IS NOT NULL AND ({when}))
            JOIN person ON meant = person.pid::VARCHAR
            """
        )


def ranged(
    found: dict[str, Result], labels: tuple[str, ...], cells: dict[str, tuple[Cell, ...]]
) -> list[Row]:
    """A row for strict links, one for lenient ones, and the range they leave. The last label says which."""
    rows = [Row((*labels, name), found[name], cells[name]) for name in LINKS]
    both = tuple(dict.fromkeys((*cells["strict"], *cells["lenient"])))
    return [*rows, Row((*labels, RANGE), span(found["strict"], found["lenient"]), both)]
