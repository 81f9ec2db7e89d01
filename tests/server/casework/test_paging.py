"""Long lists in parts: nothing is lost and nothing is there twice, whatever comes meanwhile; and what is not the
reader's is in no part and no count."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests import people
from tests.many import many_cases
from tests.server.casework.desk import Desk, report
from tests.server.casework.test_pages import CLOCKS
from tests.server.oversight.seers import overseer_of
from tests.server.reporting.browser import message, send, token
from upstander.sealing.words import ReceiptKeys
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case, Grant
from upstander.server.casework import access
from upstander.server.casework.models import Docket, ShutOut

pytestmark = [pytest.mark.django_db, pytest.mark.db]
LINK = re.compile(r'class="case-no" href="/desk/(?:oversight/)?cases/([a-z0-9]{26})/')
NEXT = re.compile(r'href="(\?[^"]+)" rel="next"')


def walk(client: Client, path: str, meanwhile: Callable[[], None] = lambda: None) -> list[str]:
    """Ids of the cases of a list, part after part; `meanwhile` happens between two parts."""
    found: list[str] = []
    address = path
    while True:
        text = client.get(address).content.decode()
        found += LINK.findall(text)
        assert len(set(found)) == len(found)  # and so this ends
        following = NEXT.search(text)
        if following is None:
            return found
        address = path.split("?", maxsplit=1)[0] + following[1].replace("&amp;", "&")
        meanwhile()


def come(force: people.Force) -> Callable[[], None]:
    """Between two parts three cases come, anywhere in the list."""
    seeds = iter(range(10, 100))

    def meanwhile() -> None:
        many_cases(force, 3, seed=next(seeds))

    return meanwhile


@pytest.mark.parametrize(
    ("path", "cases", "size"),
    [("/desk/", 90, 25), ("/desk/queue/", 140, 25), ("/desk/oversight/list/silent/", 390, 100)],
)
def test_nothing_is_lost_or_there_twice_while_cases_arrive(
    force: people.Force, path: str, cases: int, size: int
) -> None:
    client = overseer_of(force) if "oversight" in path else force.handler.client()
    many_cases(force, cases)
    there = walk(client, path)
    assert len(there) > 2 * size and len(set(there)) == len(there)
    found = walk(client, path, come(force))
    assert len(set(found)) == len(found)
    assert set(there) <= set(found)
    assert [one for one in found if one in set(there)] == there  # in the same order


def test_the_parts_together_are_the_whole_list(force: people.Force) -> None:
    made = many_cases(force, 130)
    Docket.objects.filter(case__in=made[:20]).delete()  # nobody has worked on them, and no beat came yet
    client = force.handler.client()
    assert sorted(walk(client, "/desk/")) == sorted(made)
    open_ = set(Case.objects.filter(state="open").values_list("id", flat=True))
    text = client.get("/desk/queue/").content.decode()
    assert f"All open cases ({len(open_)})" in text
    assert set(walk(client, "/desk/queue/")) == open_
    for view in ("mine", "late", "soon", "unopened", "nobody", "referral"):
        [count] = re.findall(rf'\?view={view}"[^>]*>[^(]+\((\d+)\)', text)
        assert len(walk(client, f"/desk/queue/?view={view}")) == int(count) > 0, view


def test_of_what_is_not_hers_nothing_is_in_a_part_or_a_count(force: people.Force) -> None:
    made = many_cases(force, 120)
    colleague, keys = force.colleague, {"key": force.colleague.key, "live": True}
    hers = set(Grant.objects.filter(**keys).values_list("case_id", flat=True))
    about, taken = sorted(hers)[:2]
    ShutOut.objects.create(case_id=about, person=colleague.person, why="subject")
    Grant.objects.filter(case_id=taken, **keys).update(live=False)
    hers -= {about, taken}
    client = colleague.client()
    assert set(walk(client, "/desk/")) == hers
    assert f"You hold {len(hers)} cases." in client.get("/desk/").content.decode()
    open_ = hers & set(Case.objects.filter(state="open").values_list("id", flat=True))
    assert set(walk(client, "/desk/queue/")) == open_
    assert f"All open cases ({len(open_)})" in client.get("/desk/queue/").content.decode()
    for case in (about, taken):
        for page in ("", "file/", "file/short/", "file/decisions/"):
            assert client.get(f"/desk/cases/{case}/{page}").status_code == 404
    # a place in the list is only a place: with somebody else's it shows her own cases and no other
    for other in (about, taken, min(set(made) - hers)):
        assert set(walk(client, f"/desk/?after=0~False~2000-01-01~{other}")) <= hers


def test_an_overseer_counts_no_case_about_herself(force: people.Force) -> None:
    client = overseer_of(force)
    many_cases(force, 130)
    before = walk(client, "/desk/oversight/list/silent/")
    person = Person.objects.get(username="carys-marlshire")
    ShutOut.objects.create(case_id=before[0], person=person, why="subject")
    Case.objects.get(id=before[1]).exclusions.create(person=person)
    assert walk(client, "/desk/oversight/list/silent/") == before[2:]
    text = client.get("/desk/oversight/").content.decode()
    assert "128 cases." in text
    assert f'<td data-k="Cases">{len(before) - 2}</td>' in text


@pytest.mark.parametrize(
    "after",
    ["nonsense", "~~~", "0~True~2026-13-01~a", "9~True~2026-01-01~a", "0~True~2026-01-01~%00", "9" * 400],
)
def test_a_place_that_is_none_is_the_top(force: people.Force, after: str) -> None:
    made = many_cases(force, 3)
    client = force.handler.client()
    for path in ("/desk/", "/desk/queue/"):
        text = client.get(f"{path}?after={after}")
        assert text.status_code == 200
    assert set(LINK.findall(client.get(f"/desk/?after={after}").content.decode())) == set(made)


def test_the_list_knows_who_wrote_last(force: people.Force, receipt: ReceiptKeys) -> None:
    """By the acts themselves: the row beside the case changes with each of them."""
    desk = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside]))

    def state() -> tuple[int, bool, bool, bool]:
        (row,) = access.listed(force.handler.person, CLOCKS, force.today())
        return row.rank, row.opened is not None, row.told is not None, row.wrote is not None

    def writes() -> None:
        letter = message(force, receipt, desk.case, desk.epochs.of("case")[1])
        answer = send("POST", f"{force.slug}/mailbox/messages", letter, token(force, receipt))
        assert answer.status_code == 200, answer.content
        desk.load()

    assert state() == (access.NEEDS, False, False, False)
    assert desk.post("steps", desk.stepping("opened")).status_code == 200
    desk.load()
    assert state() == (access.LATER, True, False, False)
    writes()
    assert state() == (access.NEEDS, True, False, True)
    assert desk.post("envelopes", desk.writing("A note.", "note")).status_code == 200  # is no answer
    desk.load()
    assert state() == (access.NEEDS, True, False, True)
    assert desk.post("envelopes", desk.writing("Thank you.")).status_code == 200
    desk.load()
    assert state() == (access.WAITING, True, True, False)
    writes()
    assert state() == (access.NEEDS, True, True, True)
    assert desk.post("steps", desk.stepping("acknowledged", reasons="We look into it.")).status_code == 200
    assert state() == (access.WAITING, True, True, False)
    Docket.objects.update(told=force.today() - timedelta(days=CLOCKS.write_days))
    assert state()[0] == access.NEEDS
