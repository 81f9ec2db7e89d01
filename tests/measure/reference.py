"""Where published data lie that are read and never copied in, and a few small published tables."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


def shared(name: str) -> Path:
    """A file of published data beside the project. Skips, saying so, where it is not there."""
    for folder in (ROOT.parent / "shared/data", ROOT.parents[1] / "shared/data"):
        if (folder / name).is_file():
            return folder / name
    pytest.skip(f"the published data set {name} is not on this machine")


def columns(name: str) -> dict[str, list[str]]:
    """The columns of a CSV file of published data, as text."""
    with shared(name).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {key: [row[key] for row in rows] for key in rows[0]}


# Graduate admissions at Berkeley, autumn 1973, six departments: admitted and rejected men, admitted and
# rejected women
# (Bickel, Hammel and O'Connell, Science 187, 1975; R's data set UCBAdmissions).
BERKELEY = np.array(
    [
        [[512, 313], [89, 19]],
        [[353, 207], [17, 8]],
        [[120, 205], [202, 391]],
        [[138, 279], [131, 244]],
        [[53, 138], [94, 299]],
        [[22, 351], [24, 317]],
    ]
)

# Acute myelogenous leukaemia, weeks to relapse (Miller, Survival Analysis, 1981, page 49; R's survival::aml).
AML_TIME = np.array([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45])
AML_EVENT = np.array([1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1], dtype=bool)
AML_MAINTAINED = np.arange(23) < 11
