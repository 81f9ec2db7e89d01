"""The whole way of a name: sealed in two cases that nobody opens together, linked, counted, a range on a page."""

from __future__ import annotations

import argparse
import csv
import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from tests.server.casework.taken_out import take_out, whole_file
from upstander.cli.environment import StopError
from upstander.cli.extract import links_of, make
from upstander.cli.main import main
from upstander.formats import canonical, ids
from upstander.linkage.mentions import mention_of
from upstander.measure.errors import ExtractError
from upstander.measure.estimate import Span
from upstander.measure.extract import open_extract
from upstander.measure.extract.personnel import read_service, read_staff
from upstander.measure.plan import Plan
from upstander.measure.standard import measure
from upstander.sealing import age
from upstander.server.cases.models import Case
from upstander.server.casework import facts as f
from upstander.server.casework.export_people import staff_of
from upstander.server.casework.models import Fact

pytestmark = [pytest.mark.django_db]


def written(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def case_about(
    force: people.Force, who: people.Colleague, name: str, **said: Any
) -> tuple[Desk, dict[str, Any]]:
    """A case whose subject a handler recorded under this sealed name."""
    desk = Desk.of(force, who, report(force, people.reporter(), channels=[force.inside]))
    desk.declare()
    subject = coded.party(unit="east", **said)
    desk.work(subject, coded.allegation(subject, "overbearing"), words={subject["item"]: name})
    return desk, subject


def many(force: people.Force, whos: Sequence[str], day: date) -> list[str]:
    """Cases as rows, one for each pseudonym, received on a day; answers their mentions."""
    found = []
    cases = [
        Case(
            id=ids.new_id(),
            institution=force.institution,
            state=Case.State.OPEN,
            day=day,
            mailbox=secrets.token_hex(32),
            reporter_seal="",
            reporter_sign="",
            reporter_key="",
        )
        for _ in whos
    ]
    Case.objects.bulk_create(cases)
    facts = []
    for case, who in zip(cases, whos, strict=True):
        item = ids.new_id()
        said = coded.party(who=who, unit="east", item=item)
        data = f.Party.model_validate(said).model_dump(mode="json")
        facts.append(
            Fact(
                case=case,
                item=item,
                kind="party",
                number=2,
                by=force.handler.key,
                day=day,
                data=data,
                who=who,
            )
        )
        found.append(mention_of(case.id, item))
    Fact.objects.bulk_create(facts)
    return found


def asked(folder: Path, **files: Any) -> argparse.Namespace:
    return argparse.Namespace(
        **{"links": [], "personnel": None, "service": None, "out": folder / "extract", **files}
    )


def by_links(path: Path) -> dict[str, dict[str, str]]:
    """The last row of each kind of links in a table of estimates."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["links"]: row for row in csv.DictReader(file)}


def test_a_name_goes_all_the_way_to_a_range_on_a_page(
    force: people.Force, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [
        "PC 4711 Dave Smithson, Lewisham",
        "PC 4711 David Smithson, Lewisham",
        "Sgt D Smithson",
        "Sgt Ruth Okonkwo, Brixton",
    ]
    desks = [case_about(force, force.handler, name) for name in names]
    identity = age.new_identity()
    (tmp_path / "key.txt").write_text(identity + "\n")
    files = [
        take_out(desk, tmp_path / f"case-{n}.age", age.recipient_of(identity))
        for n, (desk, _) in enumerate(desks)
    ]
    ask = ["link", "--cases", *map(str, files), "--identity", str(tmp_path / "key.txt")]
    assert main([*ask, "--out", str(tmp_path / "links")]) == 0
    links = links_of(tmp_path / "links/links.csv")
    named = [links[mention_of(desk.case, subject["item"])] for desk, subject in desks]
    assert len(links) == 4
    assert named[0].strict == named[1].strict != named[3].strict
    assert named[2].strict != named[0].strict, "an initial and another rank are not nearly certain"
    assert named[2].lenient == named[0].lenient != named[3].lenient, "and likelier than not"
    told = "".join(one.read_text() for one in (tmp_path / "links").iterdir()) + capsys.readouterr().out
    assert not any(name in told.casefold() for name in ("smithson", "okonkwo", "lewisham", "4711"))
    assert not any(desk.case in told for desk, _ in desks)

    # 90 more people, 30 of them met twice by casework; another machine finds 20 of the others likely to be 10
    today = force.today()
    whos = [ids.new_id() for _ in range(90)]
    mentions = many(force, [*whos, *whos[:30]], today)
    doubtful = [(one, f"s{n}", f"l{n // 2}", "0.7") for n, one in enumerate(mentions[40:60])]
    other = written(tmp_path / "other.csv", ("mention_id", "strict", "lenient", "link_prob"), doubtful)
    make(asked(tmp_path, links=[tmp_path / "links/links.csv", other]), force.institution, today)
    assert "Links say something of 24 of 124 mentions" in capsys.readouterr().out
    extract = open_extract(tmp_path / "extract")
    tables = {one.name: one.counts.tolist() for one in measure(extract, Plan()).tables}
    # 1, 2, 3 to 5, 6 or more reports: Smithson is two people by strict links, and one with three by lenient ones
    assert tables["repeat_subjects_strict"] == [60 + 2, 30 + 1, 0, 0]
    assert tables["repeat_subjects_lenient"] == [60 - 20 + 1, 30 + 10, 1, 0]
    assert main(["measure", str(tmp_path / "extract"), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/report.md").read_text("utf-8")
    assert "**reported more than once**: Between " in page
    assert (
        "depending on how sure one must be that two names are one person; with chance as well, from " in page
    )
    by = by_links(tmp_path / "out/tables/repeated.csv")
    assert float(by["strict"]["value"]) < float(by["lenient"]["value"])
    assert by["range"]["value"] == "[l]"
    assert float(by["range"]["low"]) <= float(by["strict"]["value"])
    assert by["range"]["why"] in page


STAFF = ("ref", "role", "grade", "unit_id", "sex", "ethnicity5", "age_band", "disability", "religion",
         "sexual_orientation", "start", "end")  # fmt: skip


def personnel(folder: Path, count: int, today: date) -> Path:
    rows = [
        (f"hr{n}", "officer", "junior", ("east", "west")[n % 4 == 0], ("female", "male")[n % 2], "white", "25_34",
         "no", "none", "straight", "2015-01-01", "")
        for n in range(count)
    ]  # fmt: skip
    return written(folder / "staff.csv", STAFF, rows)


def test_personnel_records_bring_rates_for_who_is_linked_to_them(force: people.Force, tmp_path: Path) -> None:
    """Names find records on the handler's machine; the installation only ever sees the record's pseudonym."""
    listed = [("hr1", "PC 4711 David Smithson, Lewisham"), ("hr2", "PC 4712 Dave Smithson, Croydon")]
    spoken = [("m1", "PC 4711 Dave Smithson, Lewisham"), ("m2", "PC Smithson")]
    named = written(tmp_path / "named.csv", ("ref", "text"), listed)
    ask = [
        "link",
        str(written(tmp_path / "m.csv", ("mention_id", "text"), spoken)),
        "--personnel",
        str(named),
    ]
    assert main([*ask, "--out", str(tmp_path / "links")]) == 0
    links = links_of(tmp_path / "links/links.csv")
    assert links["m1"].strict == "hr1"
    assert links["m2"].lenient not in ("hr1", "hr2"), "of two namesakes neither is chosen"

    day = force.today()
    mentions = many(force, [ids.new_id() for _ in range(90)], day)
    # 60 surely, 45 of them men; 25 in doubt, all of them men; five have no record
    rows = [
        (one, f"hr{2 * n + (n < 45)}", f"hr{2 * n + (n < 45)}", "0.98") for n, one in enumerate(mentions[:60])
    ]
    rows += [(one, f"s{n}", f"hr{201 + 2 * n}", "0.8") for n, one in enumerate(mentions[60:85])]
    given = written(tmp_path / "links.csv", ("mention_id", "strict", "lenient", "link_prob"), rows)
    staff = personnel(tmp_path, 400, day)
    make(asked(tmp_path, links=[given], personnel=staff), force.institution, day)
    extract = open_extract(tmp_path / "extract")
    assert extract.rows["exposure"] == 400, "a month each: the first report came this month"
    assert not extract.database.execute("SELECT pid FROM person WHERE pid LIKE 'hr%'").fetchall()
    (gaps,) = [one for one in measure(extract, Plan()).backed if one.name == "gaps_sex"]
    found = {
        row.labels[3]: row.result for row in gaps.rows if row.labels[:3] == ("female", "reported", "all")
    }
    assert found["strict"].value == pytest.approx(15 / 45)
    assert found["lenient"].value == pytest.approx(15 / 70)
    assert isinstance(found["range"], Span)
    assert (found["range"].lo, found["range"].hi) == (found["lenient"].lo, found["strict"].hi)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ref": "hr 1"}, "ref is not an identifier"),
        ({"sex": "F"}, "sex is not one of the extract's codes"),
        ({"start": "1.1.2015"}, "start is not a day"),
        ({"end": "2014-01-01"}, "end lies before start"),
        ({"ref": "hr2"}, "this ref is there already"),
        ({"name": "Dave Smithson"}, "a column too many"),
    ],
)
def test_a_personnel_file_that_is_wrong_is_told_by_line(
    tmp_path: Path, change: dict[str, str], said: str
) -> None:
    good = dict(
        zip(
            STAFF,
            next(csv.reader(personnel(tmp_path, 3, date.today()).read_text().splitlines()[1:])),
            strict=True,
        )
    )
    row = {**good, **change}
    path = written(
        tmp_path / "bad.csv", tuple(row), [tuple({**row, "ref": "hr2"}.values()), tuple(row.values())]
    )
    with pytest.raises(ExtractError, match=said) as told:
        read_staff(path)
    assert "Smithson" not in str(told.value)


def test_months_on_duty_are_read_and_judged(tmp_path: Path) -> None:
    staff = staff_of(read_staff(personnel(tmp_path, 2, date.today())), lambda kind, ref: f"{kind}-{ref}")
    head = ("ref", "month", "unit_id", "duty_fte", "contact_hours")
    good = [("hr0", "2026-01-01", "east", "0.5", ""), ("hr1", "2026-02-01", "west", "1", "120")]
    table = read_service(written(tmp_path / "s.csv", head, good), staff, date(2026, 1, 31))
    assert table.to_pylist() == [
        {
            "pid": "staff-hr0",
            "month": date(2026, 1, 1),
            "unit_id": "east",
            "duty_fte": 0.5,
            "contact_hours": None,
        }
    ]
    for bad, said in (
        (("hr9", "2026-01-01", "east", "1", ""), "not in the personnel file"),
        (("hr0", "2026-01-02", "east", "1", ""), "month is not the first day of a month"),
        (("hr0", "2026-01-01", "east", "3", ""), "duty_fte is not a number within its limits"),
        (("hr0", "2014-12-01", "east", "1", ""), "before start or after end"),
        (good[0], "there already"),
    ):
        with pytest.raises(ExtractError, match=said):
            read_service(written(tmp_path / "s.csv", head, [good[0], bad]), staff, date(2026, 1, 31))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("m1", "", "l", "0.9"), "not a line that `upstander link` writes"),
        (("m1", "s", "l", "nan"), "not a line"),
        (("m1", "s", "l", "much"), "not a line"),
        (("m0", "s", "l", "0.9"), "there already"),
    ],
)
def test_links_that_are_wrong_are_told_by_line(tmp_path: Path, row: tuple[str, ...], said: str) -> None:
    path = written(
        tmp_path / "l.csv", ("mention_id", "strict", "lenient", "link_prob"), [("m0", "s", "l", "1"), row]
    )
    with pytest.raises(StopError, match=f"line 3: .*{said}"):
        links_of(path)


def test_a_case_that_was_changed_or_given_twice_is_not_linked(
    force: people.Force, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, _ = case_about(force, force.handler, "PC Example")
    identity = age.new_identity()
    (tmp_path / "key.txt").write_text(identity + "\n")
    one = take_out(desk, tmp_path / "one.age", age.recipient_of(identity))
    ask = ["link", "--identity", str(tmp_path / "key.txt"), "--out", str(tmp_path / "links"), "--cases"]
    assert main([*ask, str(one), str(one)]) == 1
    assert "given already" in capsys.readouterr().err
    said = whole_file(desk)
    said["acts"] = said["acts"][:-1]
    (tmp_path / "two.age").write_bytes(age.seal(canonical.encode(said), [age.recipient_of(identity)]))
    assert main([*ask, str(tmp_path / "two.age")]) == 1
    assert "does not hold" in capsys.readouterr().err
    assert not (tmp_path / "links").exists()
