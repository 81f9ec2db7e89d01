"""What `upstander doctor` found: one thing, how it is, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report. `advice` is empty where nothing needs doing."""

    level: Level
    what: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"\n        {self.advice}" if self.advice else ""
        return f"{self.level:<6}  {self.what}{advice}"


def ok(what: str) -> Finding:
    """As it should be."""
    return Finding("ok", what)


def warn(what: str, advice: str) -> Finding:
    """Works, but somebody should look."""
    return Finding("warn", what, advice)


def fail(what: str, advice: str) -> Finding:
    """Must be put right before anybody trusts this installation."""
    return Finding("fail", what, advice)


def report(findings: Sequence[Finding]) -> int:
    """Prints all findings and a sum. Returns how many fail."""
    for finding in findings:
        print(finding)
    counts = {level: sum(f.level == level for f in findings) for level in ("ok", "warn", "fail")}
    print(f"\n{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failing.")
    return counts["fail"]
