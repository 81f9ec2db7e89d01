"""Data that begin later than what was released before are refused, with the reason; longer ones are not."""

from __future__ import annotations

import numpy as np
import pytest

from upstander.measure.disclosure import Dimension, Past, Table
from upstander.publishing.errors import PublishError
from upstander.publishing.making import check_begins


def quarters(*names: str, cut: str = "2021-12-31") -> Table:
    return Table(
        "quarters", "Q", f"reports, data to {cut}", (Dimension("quarter", names),), np.full(len(names), 20)
    )


YEAR = tuple(f"2021 Q{number}" for number in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ((), (quarters(*YEAR),)),  # the first release may be of any time
        ((quarters(*YEAR),), (quarters(*YEAR, "2022 Q1", cut="2022-03-31"),)),  # it grew
        ((quarters(*YEAR),), (quarters("2020 Q4", *YEAR, "2022 Q1", cut="2022-03-31"),)),  # both ways
        ((quarters(*YEAR),), (quarters(*YEAR),)),  # made again
        ((quarters(*YEAR, "2022 Q1", cut="2022-03-31"),), (quarters(*YEAR),)),  # an earlier one, made again
        ((quarters(*YEAR),), ()),
    ],
)
def test_what_begins_no_later_may_be_released(before: tuple[Table, ...], now: tuple[Table, ...]) -> None:
    check_begins(now, Past(before))


def test_what_begins_later_is_refused_with_the_reason() -> None:
    for cut in ("2021-12-31", "2022-03-31"):
        with pytest.raises(PublishError) as refused:
            check_begins((quarters(*YEAR[2:], "2022 Q1", cut=cut),), Past((quarters(*YEAR),)))
        said = str(refused.value)
        assert "begins with 2021 Q1, and these data with 2021 Q3" in said
        assert "subtraction" in said
