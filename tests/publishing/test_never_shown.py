"""What no page, file, feed or interface may ever show: a test for each line of the list, over a whole publication.

Identifiers of the invented extract carry a mark (`pid-Q7-12`, `unit-Q7-3`), so that one of them anywhere is found.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.publishing.conftest import Published
from tests.publishing.town import MARK
from upstander.measure.disclosure import Cell, Dimension, Safe, Table, opened, release
from upstander.measure.disclosure.published import Published as Shown
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.errors import DisclosureError
from upstander.measure.estimate import Estimate
from upstander.publishing import downloads, making, told_people
from upstander.publishing.beside import EVERY, LOG
from upstander.publishing.figures import Figure, Tables
from upstander.publishing.page import figure
from upstander.publishing.review import Review
from upstander.publishing.review_pages import build as build_review
from upstander.publishing.review_pdf import _said
from upstander.publishing.rows import Line, mark_of
from upstander.publishing.settings import Place

OFFENCES = (
    r"\b(?:rapist|criminals?|offenders?|perpetrators?|guilty|offences? (?:were|was) committed|crimes?)\b"
)


@pytest.fixture(scope="module")
def everything(published: Published) -> dict[str, str]:
    """All text of the site and of the review, by file: pages, files, feeds, workbooks, the PDF's words."""
    release_ = published.made.release
    review = Review(release_, date(2020, 1, 1), tuple(release_.figures()), published.check)
    made = dict(published.files)
    made |= {
        f"review/{name}": data
        for name, data in build_review(review, published.site.look, {}, demonstration=True).items()
    }
    found = {"review.pdf, its words": repr(_said(review))}
    for name, data in made.items():
        if name.endswith(".xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as book:
                found[name] = " ".join(
                    book.read(one).decode() for one in book.namelist() if one.endswith(".xml")
                )
        elif name.endswith(".parquet"):
            found[name] = data.decode("latin-1")
        elif not name.endswith((".woff2", ".pdf", ".css", ".svg")):
            found[name] = data.decode()
    return found


def words(everything: dict[str, str]) -> dict[str, str]:
    """What people read: text without tags."""
    return {
        name: unescape(re.sub(r"<[^>]+>", " ", text))
        for name, text in everything.items()
        if name.endswith((".html", ".atom", "words", ".csv"))
    }


def tables(everything: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """Every CSV, as rows."""
    return {
        name: list(csv.DictReader(io.StringIO(text)))
        for name, text in everything.items()
        if name.endswith(".csv")
    }


def test_a_person_a_pseudonym_or_a_report_is_nowhere(everything: dict[str, str]) -> None:
    """Also: free text by unit (there is none), and a unit's name."""
    assert [name for name, text in everything.items() if MARK in text] == []


def test_no_score_rank_or_prediction_of_anybody(everything: dict[str, str]) -> None:
    for name, text in words(everything).items():
        said = re.findall(
            r"(?i)\b(?:risk score|ranked|ranking|league|predicts? |likely to offend|top \d+ officers)\b", text
        )
        assert said == [], name


def test_no_order_from_best_to_worst(published: Published) -> None:
    """Rows stand in the order of their codes in every figure; units are in no file at all."""
    codes = {
        safe: [str(row[0]) for row in opened(safe).rows] for safe in published.made.release.publishable()
    }
    for one in published.made.release.figures():
        rows = [mark.label for panel in one.panels for mark in panel.marks]
        numbers = [mark.value for panel in one.panels for mark in panel.marks if mark.value is not None]
        if len(numbers) > 4:
            assert rows, one.name
            assert numbers not in (sorted(numbers), sorted(numbers, reverse=True)), one.name
    assert codes
    names = {opened(safe).name for safe in published.made.release.publishable()}
    assert names.isdisjoint({"units", "units_outside"})


def test_units_are_crossed_with_no_characteristic(published: Published) -> None:
    """Retaliation, or anything else, by unit: no published table has a unit among its labels."""
    for safe in published.made.release.publishable():
        table = opened(safe)
        labels = table.columns[: table.columns.index("value")] if "value" in table.columns else table.columns
        assert {"unit", "unit_id", "stratum"}.isdisjoint(labels)


def test_an_area_has_totals_and_no_topic(everything: dict[str, str], published: Published) -> None:
    rows = tables(everything)["i/marlshire/data/areas.csv"]
    assert set(rows[0]) == {"area", "year", "count"}
    for area in published.made.release.areas:
        text = words(everything)[f"i/marlshire/areas/{area.slug}/index.html"]
        for topic in ("Sexual conduct", "Discriminatory", "Gross", "No action", "bullied"):
            assert topic not in text


def test_an_area_with_few_reports_is_only_named(published: Published) -> None:
    table = Table(
        "areas", "A", "r by area",
        (Dimension("area", ("Wexhollow", "elsewhere"), "unit"), Dimension("year", ("2021",))),
        np.array([[3], [500]]),
    )  # fmt: skip
    (safe,) = (one for one in release("r", (table,)).tables if opened(one).name == "areas")
    assert making._shown(safe, Place("wexhollow", "Wexhollow", ("u",))) is None


def test_no_count_from_one_to_four_is_anywhere(everything: dict[str, str]) -> None:
    looked = 0
    for name, rows in tables(everything).items():
        for row in rows:
            if (row.get("count") or "").isdigit():
                looked += 1
                assert int(row["count"]) % 5 == 0, name
                assert int(row["count"]) == 0 or int(row["count"]) >= 5, name
            if (row.get("n") or "").isdigit():
                assert int(row["n"]) % 5 == 0, name
    assert looked > 300


def test_what_is_hidden_in_a_table_is_hidden_on_its_page(
    published: Published, everything: dict[str, str]
) -> None:
    figures = {one.name: one for one in published.made.release.figures()}
    outcomes = figures["outcomes"]
    hidden = sum("[c]" in row for row in outcomes.matrix)
    assert hidden
    page = everything["i/marlshire/handling/index.html"]
    assert page.count("[c]") >= sum(cell == "[c]" for row in outcomes.matrix for cell in row)


def test_an_earlier_release_cannot_be_subtracted() -> None:
    """Two more reports of one kind come in; the next release does not let them be seen."""
    kinds, ends = Dimension("kind", ("a", "b", "c")), Dimension("end", ("x", "y"), "outcome")
    before = Table(
        "t", "T", "reports, data to 2021-01-01", (kinds, ends), np.array([[40, 60], [52, 31], [23, 44]])
    )
    after = Table(
        "t", "T", "reports, data to 2021-04-01", (kinds, ends), np.array([[40, 60], [52, 31], [25, 44]])
    )
    first = release("one", (before,))
    second = release("two", (after,), past=first.past, grows=[(after.population, before.population)])
    old, new = (opened(one.named("t")).rows for one in (first, second))
    for then, now in zip(old, new, strict=True):
        if isinstance(then[2], int) and isinstance(now[2], int):
            assert (now[2] - then[2]) % 5 == 0  # only the rounding shows


def test_no_percentage_of_fewer_than_fifty(everything: dict[str, str]) -> None:
    for name, rows in tables(everything).items():
        wholes = {
            tuple(value for key, value in row.items() if key not in ("count", "percent")): row.get(
                "count", ""
            )
            for row in rows
        }
        for row in rows:
            if not (row.get("percent") or "").isdigit():
                continue
            labels = [value for key, value in row.items() if key not in ("count", "percent")]
            whole = wholes.get((*labels[:-1], "All"), "")
            assert not whole.isdigit() or int(whole) >= 50, (name, row)


def test_the_share_of_the_top_never_stands_without_chance(published: Published) -> None:
    tables_ = Tables(published.made.release.tables)
    found = told_people.few(tables_)
    assert found is not None
    assert "Chance alone would give" in found.finding
    safe = tables_.by_name["concentration"]
    rows = opened(safe).rows

    class Fewer:
        def get(self, _: str) -> Safe[Shown]:
            cells = (Cell("p", ()),)
            table = Table("p", "P", "p", (Dimension("x", ("a",)),), np.array([500]))
            share = Estimate(0.3, 0.2, 0.4, 500, 500, "m", "proportion", events=100)
            backed = Backed(
                "concentration",
                opened(safe).title,
                ("number",),
                tuple(Row((str(row[0]),), share, cells) for row in rows[:3]),
            )
            return release("r", (table,), (backed,)).named("concentration")

    assert told_people.few(Fewer()) is None  # type: ignore[arg-type]  # four numbers or none


def test_no_p_value_stands_alone_and_none_says_no_difference(everything: dict[str, str]) -> None:
    for name, text in words(everything).items():
        said = re.findall(
            r"(?i)\b(?:no (?:significant )?difference|not significant|statistically significant)\b", text
        )
        allowed = 1 if name.endswith(("how/index.html", "words")) or name in ("review/index.html",) else 0
        assert len(said) <= allowed, (name, said)  # once, to say that it is not what we mean
    for name, text in words(everything).items():
        for found in re.finditer(r"\bp (?:=|below|o dan) ?0?\.\d+", text):
            near = text[max(0, found.start() - 4000) : found.start()]
            assert any(word in near for word in ("likely", "days", "tebygol", "ddyddiau")), name


def test_where_both_directions_fit_no_direction_is_told() -> None:
    line = Line(("x",), 12.0, -3.0, 27.0, "extra days", "", "100", "")
    mark = mark_of(line, "x")
    assert mark.cannot
    assert mark.said == "We cannot tell"
    assert "12" not in f"{mark.said}{mark.more}"


def test_competing_endings_are_never_one_less_kaplan_meier(everything: dict[str, str]) -> None:
    for name, rows in tables(everything).items():
        for row in rows:
            if "ended with" in " ".join(str(one) for one in row.values()):
                assert "Aalen-Johansen" in row["method"], name


def test_before_and_after_is_a_series_and_never_two_points(everything: dict[str, str]) -> None:
    for name, rows in tables(everything).items():
        if name.endswith("data/change.csv"):
            assert {row["method"] for row in rows if row["value"]} and all(
                "two" not in row["method"] for row in rows
            )
    text = words(everything)["i/marlshire/change/index.html"]
    assert "a month before and after" in text


def test_no_survey_result_without_who_answered(published: Published) -> None:
    for one in published.made.release.figures():
        if one.name.startswith("prevalence_"):
            assert "people answered" in one.sub
            bare = [
                safe
                for safe in published.made.release.tables
                if not opened(safe).name.startswith("response_")
            ]
            told = told_people.prevalence(Tables(bare), one.name.removeprefix("prevalence_"))
            assert told is not None
            assert "not known" in told.sub


def test_an_allegation_is_never_called_an_offence(everything: dict[str, str]) -> None:
    for name, text in words(everything).items():
        assert re.findall(f"(?i){OFFENCES}", text) == [], name
    front = words(everything)["index.html"]
    assert "A report is not a finding" in front


def test_nothing_is_by_day(everything: dict[str, str], published: Published) -> None:
    """The only days are those of the publication itself, the plan, the cut-off, news and corrections."""
    release_ = published.made.release
    allowed = {
        release_.cutoff,
        release_.published,
        date(2020, 12, 1),
        *(one.day for one in (*release_.revisions, *release_.news)),
    }
    for name, text in everything.items():
        if name.endswith((".xlsx", ".parquet")):
            continue
        days = {date.fromisoformat(one) for one in re.findall(r"\b20\d\d-[01]\d-[0-3]\d\b", text)}
        assert days <= allowed | {date(2020, 1, 1)}, name
    for safe in release_.publishable():
        assert not any(
            re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) for row in opened(safe).rows for value in row
        )


def test_no_live_case_stands_by_itself(everything: dict[str, str]) -> None:
    """Open reports are counted together; the smallest group of them that is shown has five."""
    for name, rows in tables(everything).items():
        for row in rows:
            if {"open", "open in time", "open overdue"} & set(row.values()) and (
                row.get("count") or ""
            ).isdigit():
                assert int(row["count"]) >= 5, name


def test_nothing_points_to_a_victim_or_a_child(everything: dict[str, str], published: Published) -> None:
    for safe in published.made.release.publishable():
        assert {"complainant_group", "anonymous"}.isdisjoint(opened(safe).columns)
    for name, text in words(everything).items():
        assert re.findall(r"(?i)\b(?:victims?|child(?:ren)?)\b", text) == [], name


def test_nought_reports_are_no_good_news(everything: dict[str, str]) -> None:
    for name, text in words(everything).items():
        assert re.findall(r"(?i)\b(?:0|no|zero) (?:new )?reports\b(?! ended)", text) == [], name


def test_colours_are_no_judgement(published: Published) -> None:
    style = published.files.get("assets/public.css", b"").decode()
    for name in ("red", "green", "#f00", "#0f0"):
        assert not re.search(rf"(?:fill|stroke|background|color):\s*{name}\b", style)


def test_only_safe_values_reach_a_page() -> None:
    table = Shown("x", "X", "counts", ("a", "count"), (("b", 3),))

    class Fake:
        value = table

    for evil in (table, Fake(), None, "x", {"name": "x"}):
        with pytest.raises(DisclosureError):
            Figure("x", "reports", "X.", "x", evil)  # type: ignore[arg-type]
        with pytest.raises(DisclosureError):
            Tables([evil])  # type: ignore[list-item]
        with pytest.raises(DisclosureError):
            downloads.parquet(evil)  # type: ignore[arg-type]


def test_a_table_changed_after_the_door_is_refused(published: Published) -> None:
    """Whoever writes into a Safe table from within, to show a small number, gets no page."""
    one = next(one for one in published.made.release.figures() if one.name == "standing")
    table = opened(one.safe)
    kept = table.rows
    object.__setattr__(table, "rows", ((*kept[0][:2], 1, 1), *kept[1:]))
    try:
        with pytest.raises(DisclosureError):
            replace(one, finding="x")
        with pytest.raises(DisclosureError):
            figure(one, "../data/")
        with pytest.raises(DisclosureError):
            downloads.parquet(one.safe)
    finally:
        object.__setattr__(table, "rows", kept)
    assert opened(one.safe).rows == kept


def test_the_log_beside_a_figure_gives_no_hidden_number_away(
    published: Published, everything: dict[str, str]
) -> None:
    """Only periods that are over, and only where the published cell is shown."""
    text = everything["check/index.html"]
    assert published.check.compared
    for one in published.check.compared:
        if one.published is None:
            assert one.log is None
    last = published.made.release.cutoff - timedelta(days=28)
    assert "October to December 2021" in text
    answered = [one.period for one in published.check.compared if one.what == "answered in time"]
    assert all(int(one[:4]) <= last.year for one in answered)
    assert "2021 Q4" not in answered


def test_the_columns_beside_the_claims_give_no_small_number_away(everything: dict[str, str]) -> None:
    """Not in the data either: what the log gives has a number only where the institution's own is shown."""
    looked = 0
    for name, rows in tables(everything).items():
        for row in rows:
            if LOG not in row:
                continue
            looked += 1
            assert name.endswith("claims.csv")
            for column in (EVERY, LOG):
                assert row[column] not in ("1", "2", "3", "4"), name
                assert row["value"].isdigit() or not row[column].isdigit(), name
    assert looked > 10


def test_no_rank_role_or_number_stands_beside_anything(
    everything: dict[str, str], published: Published
) -> None:
    """Rank with unit and type points at one person. Nothing public has any of the three as a label."""
    for safe in published.made.release.publishable():
        assert {"role", "grade", "rank", "collar", "warrant", "unit_id", "decider_unit"}.isdisjoint(
            opened(safe).columns
        )
    for name, text in words(everything).items():
        assert re.findall(r"(?i)\b(?:PC|PS|sergeant|inspector|constable) [A-Z0-9]", text) == [], name


def test_no_raw_rate_stands_anywhere(everything: dict[str, str]) -> None:
    """With little time on duty a raw rate is chance: what is shown are shares, ratios with intervals, days, counts."""
    known = {"proportion", "difference", "ratio", "share ratio", "E-value", "days", "extra days", "count", ""}
    looked = 0
    for name, rows in tables(everything).items():
        for row in rows:
            assert row.get("unit", "") in known, name
            assert {"rate", "per_hour", "exposure", "duty_fte"}.isdisjoint(row), name
            if row.get("unit") == "ratio" and row["value"][:1].isdigit():
                looked += 1
                assert row["low"] != "", name
    assert looked > 5


def test_an_outsider_with_a_linear_program_finds_no_hidden_number(
    everything: dict[str, str], published: Published
) -> None:
    """From the CSV alone: rows and columns add up, numbers are rounded to 5, and no hidden cell gets narrow."""
    looked = 0
    for name, rows in tables(everything).items():
        labels = [one for one in rows[0] if one not in ("count", "percent")]
        if name.startswith("review/") or len(labels) != 2 or "count" not in rows[0]:
            continue
        shown = {(row[labels[0]], row[labels[1]]): row["count"] for row in rows}
        for low, high in hidden_cells(shown).values():
            looked += 1
            assert high - low >= published.made.release.width, name
    assert looked > 30


def hidden_cells(shown: dict[tuple[str, str], str]) -> dict[tuple[str, str], tuple[float, float]]:
    """The least and the most each hidden cell can be, as anybody can work it out."""
    at = {cell: number for number, cell in enumerate(shown)}
    bounds: list[tuple[float, float | None]] = [
        (max(0.0, int(value) - 2.0), int(value) + 2.0) if value.isdigit() else (0.0, None)
        for value in shown.values()
    ]
    sums = []
    for axis in (0, 1):
        names = {cell[1 - axis] for cell in shown}
        for name in names:
            line = [cell for cell in shown if cell[1 - axis] == name]
            if not any(cell[axis] == "All" for cell in line):
                continue
            row = np.zeros(len(at))
            for cell in line:
                row[at[cell]] = -1.0 if cell[axis] == "All" else 1.0
            sums.append(row)
    if not sums:
        return {}
    found = {}
    for cell, value in shown.items():
        if value.isdigit():
            continue
        ends = []
        for sign in (1.0, -1.0):
            aim = np.zeros(len(at))
            aim[at[cell]] = sign
            solved = linprog(aim, A_eq=np.array(sums), b_eq=np.zeros(len(sums)), bounds=bounds)
            ends.append(sign * solved.fun if solved.status == 0 else sign * -np.inf)
        found[cell] = (ends[0], ends[1])
    return found


WELSH = (
    r"\b(?:troseddwyr?|treisiwyr?|cyflawnwyr?|euog|dioddefwyr?|plentyn|plant|0 adroddiad|dim adroddiadau newydd"
    r"|tabl cynghrair|y gorau o|dim gwahaniaeth (?:arwyddocaol|ystadegol))\b"
)


def test_the_same_words_are_kept_out_of_the_welsh_pages(everything: dict[str, str]) -> None:
    """Offender, guilty, victim, child, nought as good news, no significant difference: in no Welsh sentence either."""
    looked = 0
    for name, text in words(everything).items():
        if "cy/" in name:
            looked += 1
            assert re.findall(f"(?i){WELSH}", text) == [], name
    assert looked > 40
    assert "Nid canfyddiad yw adroddiad" in words(everything)["cy/index.html"]
    assert "na allwn ddweud" in words(everything)["cy/how/index.html"]
