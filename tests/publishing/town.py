"""An invented institution with two years of reports, two survey waves, and a log that fits them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.ledger.logs import Host, TestLog, installation, serve
from upstander.ledger.leaf import leaf_bytes
from upstander.measure.extract import write_extract
from upstander.measure.synthetic import Institution, Truth, invent

MARK = "Q7-"
IDENTIFIERS = {"pid", "rid", "mention_id", "unit_id", "resp_id", "stratum", "psu", "decider_unit"}
PLAN = """\
kind = "upstander/plan/v1"
name = "Marlshire 2021"
day = 2020-12-01

[parity]
margin_days = 20
"""
SITE = """\
kind = "upstander/site/v1"
address = "{address}"
published = 2022-02-10
demonstration = true

[[institution]]
name = "Marlshire Police"
slug = "marlshire"
report = "https://speak.example.org/marlshire/"
signed_off = "Fellmoor Oversight"

[[institution.area]]
name = "Oldmarket and the river"
units = ["unit-Q7-4", "unit-Q7-5", "unit-Q7-6", "unit-Q7-7"]

[[institution.area]]
name = "Wexhollow"
units = ["unit-Q7-0", "unit-Q7-1"]

[[institution.revision]]
day = 2021-09-01
reason = "Two reports were counted twice in the first quarter of 2021."

[[institution.news]]
kind = "learning"
day = 2022-01-12
title = "Victims’ wishes are now asked before an investigator is named"
text = "This follows what reporters told us in 2021."
"""


def hexed(*parts: object, length: int = 32) -> str:
    """Hexadecimal digits that look random and are always the same."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:length]


def leaves(
    reports: Iterable[dict[str, Any]], events: Iterable[dict[str, Any]], salt: object = ""
) -> list[bytes]:
    """The public log of these reports: those through Upstander's channels, and their first answers."""
    through = {row["rid"]: row["received"] for row in reports if row["channel"] in ("inside", "outside")}
    found = []
    for rid, day in through.items():
        label = hexed("label", rid, salt)
        found.append((day, leaf_bytes("received", day.isoformat(), label, hexed("c", rid, length=64))))
    for row in events:
        if row["type"] == "answered" and row["rid"] in through:
            of, day = hexed("label", row["rid"], salt), row["t"]
            own = hexed("answer", row["rid"], salt)
            found.append(
                (day, leaf_bytes("answered", day.isoformat(), own, hexed("a", row["rid"], length=64), of))
            )
    return [data for _, data in sorted(found)]


@dataclass
class Town:
    """Extract, plan and site file in a folder, and the host that serves the log."""

    folder: Path
    made: Institution
    host: Host

    @property
    def extract(self) -> Path:
        return self.folder / "extract"

    def serve(self) -> AbstractContextManager[str]:
        return serve(self.host)


def named_ids(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The same with identifiers that would be recognised anywhere: `pid-Q7-12`, `unit-Q7-3` ..."""
    kinds = {"unit_id": "unit", "stratum": "unit", "decider_unit": "unit"}
    found = {}
    for name, table in tables.items():
        for column in IDENTIFIERS & set(table.column_names):
            at = table.column_names.index(column)
            kind = kinds.get(column, column)
            values = [None if one is None else f"{kind}-{MARK}{one}" for one in table[column].to_pylist()]
            table = table.set_column(at, column, pa.array(values, pa.string()))  # noqa: PLW2901
        found[name] = table
    return found


def found_town(
    folder: Path, *, staff: int = 3000, address: str = "https://figures.example.org/", **named: Any
) -> Town:
    """Makes one. Keywords go to `invent`."""
    named = {"units": 8, "months": 24, "seed": 4, "truth": Truth(rate=0.03), "waves": 2} | named
    made = invent(staff=staff, **named)
    made = replace(made, tables=named_ids(made.tables))
    write_extract(folder / "extract", made.tables, institution="Marlshire Police", cutoff=made.cutoff)
    (folder / "plan.toml").write_text(PLAN, "utf-8")
    (folder / "site.toml").write_text(SITE.format(address=address), "utf-8")
    log = TestLog()
    log.append(leaves(made.tables["report"].to_pylist(), made.tables["event"].to_pylist()))
    return Town(folder, made, Host([log], installation([log])))
