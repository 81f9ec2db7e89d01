"""What a beneficiary believes of the keepers' answers, and of the report she opens."""

from dataclasses import replace

import pytest

from tests.keeper.reports import Held
from tests.keepers import scene
from tests.keepers.scene import NAMES, RECIPIENTS, TRANSPORT, warrant
from tests.vectors import scene as vectors
from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.keepers import handed, linked, notes, shares
from upstander.keepers.errors import WrongEpochError
from upstander.keepers.unlocked import NoGrantError, unlock
from upstander.sealing.errors import SealingError

NAME, OTHER, THIRD = warrant("PW1234"), warrant("77"), warrant("88")
LABEL, OTHER_LABEL = "a" * 26, "b" * 25 + "a"


def held(text, *names, **more):
    return Held(
        text,
        [("warrant", one) for one in names],
        scene.ROSTER,
        dict(RECIPIENTS),
        scene.DAY,
        scene.EXPIRES,
        **more,
    )


ANNA = held("what Anna saw", NAME, OTHER, sheet="where she sits")


def release(holding, name, **more):
    share = notes.open_note(holding.notes[name], [TRANSPORT[name]], name).share
    body = {
        "kind": "match",
        "links": [LABEL],
        "pledge": holding.pledge.body(),
        "released": scene.DAY,
        "share": b64.encode(share),
        "wish": "",
    }
    return {**body, **more}


def answered(name, *releases):
    return handed.read_handed(name, {"releases": list(releases)}, scene.ROSTER)


def gathered(**more):
    """ANNA's pledge from three keepers; `more` is what the college says otherwise."""
    said = [
        one
        for name in NAMES
        for one in answered(name, release(ANNA.held, name, **(more if name == "college" else {})))
    ]
    (found,) = handed.gather(said)
    return found


def test_one_keepers_word_about_the_reason_counts_for_nothing_and_of_two_it_does():
    assert gathered().kind == "match"
    assert gathered().links == (LABEL,)
    one_lies = gathered(kind="after", links=[OTHER_LABEL])
    assert (one_lies.kind, one_lies.links) == ("match", (LABEL,))
    two = handed.gather(
        [
            *answered("charity", release(ANNA.held, "charity", links=[OTHER_LABEL])),
            *answered("college", release(ANNA.held, "college", kind="after")),
        ]
    )[0]
    assert (two.kind, two.links) == ("", ())
    assert gathered(wish="stop").wish == "stop"


def test_a_wrong_share_names_its_keeper_and_the_others_are_enough():
    found = gathered(share=b64.encode(b"\1" * 33))
    assert (found.good, found.liars) == (["charity", "union"], ["college"])
    assert shares.open_release(found.releases, ANNA.held.parcel).liars == ("college",)


def test_nonsense_from_a_keeper_is_refused():
    good = release(ANNA.held, "union")
    body = ANNA.held.pledge.body()
    for wrong in (
        {**good, "kind": "because"},
        {**good, "links": ["b", "a"]},
        {**good, "released": "yesterday"},
        {**good, "wish": "all"},
        {**good, "extra": 1},
        {**good, "pledge": {**body, "needs": 1}},
    ):
        with pytest.raises(FormatError):
            answered("union", wrong)
    with pytest.raises(WrongEpochError):
        answered("union", {**good, "pledge": {**body, "epoch": "2032"}})
    with pytest.raises(WrongEpochError):
        answered("union", {**good, "pledge": {**body, "needs": 3}})


def opened(held=ANNA):
    releases = [
        shares.Release(
            name, held.held.pledge, notes.open_note(held.held.notes[name], [TRANSPORT[name]], name).share
        )
        for name in NAMES[:2]
    ]
    return shares.open_release(releases, held.held.parcel)


def unlocked(found, who=vectors.ROWAN, pledge=None):
    return unlock(found, pledge or ANNA.held.pledge, [who.identity], [who.key])


def test_a_handler_reads_report_and_sheet_a_stranger_nothing():
    read = unlocked(opened())
    assert read.bodies["report"]["answers"][0]["text"] == "what Anna saw"
    assert read.bodies["sheet"]["answers"][0]["text"] == "where she sits"
    assert (read.faults, read.case) == ({}, ANNA.body["case"])
    assert "AGE-SECRET" not in repr(read)
    assert unlocked(opened(), vectors.HAZEL).bodies.keys() == {"report"}
    with pytest.raises(NoGrantError):
        unlocked(opened(), vectors.BIRCH)
    with pytest.raises(SealingError):
        unlock(opened(), ANNA.held.pledge, [vectors.BIRCH.identity], [vectors.ROWAN.key])


def test_a_report_by_somebody_else_than_who_pledged_it_is_refused():
    other = held("a forgery", NAME)
    with pytest.raises(FormatError, match="not by the person who pledged it"):
        unlocked(opened(), pledge=replace(ANNA.held.pledge, verify=other.receipt.sign))
    mixed = replace(opened(), report={**opened(other).report, "reporter": opened().report["reporter"]})
    with pytest.raises(FormatError):
        unlocked(mixed)


@pytest.mark.parametrize(
    "change",
    [
        {"case": "x"},
        {"reporter": {}},
        {"epochs": []},
        {"envelopes": []},
        {"envelopes": [{}]},
        {"recipients": {"case": "", "sheet": ""}},
        {"epochs": "x"},
    ],
)
def test_a_report_that_does_not_hold_together_is_refused_in_words(change):
    found = opened()
    with pytest.raises(FormatError):
        unlocked(replace(found, report={**found.report, **change}))


def test_an_envelope_that_was_changed_is_named_and_the_report_still_reads():
    found = opened()
    report, sheet = found.report["envelopes"]
    spoilt = {**sheet, "sealed": report["sealed"]}
    read = unlocked(replace(found, report={**found.report, "envelopes": [report, spoilt]}))
    assert read.bodies.keys() == {"report"}
    assert read.faults == {"sheet": ("forged",)}


def of(holding, *links):
    said = [one for name in NAMES for one in answered(name, release(holding, name, links=sorted(links)))]
    return handed.gather(said)[0]


def test_groups_are_of_two_or_more_and_reach_through_a_third():
    holdings = [held(str(i), NAME).held for i in range(5)]
    a, b, c, d, e = (
        of(holdings[0], LABEL),
        of(holdings[1], LABEL, OTHER_LABEL),
        of(holdings[2], OTHER_LABEL),
        of(holdings[3], "c" * 25 + "a"),
        of(holdings[4]),
    )
    groups = handed.linked([d, c, a, e, b])
    assert [{one.pledge.id for one in group} for group in groups] == [{one.pledge.id for one in (a, b, c)}]
    bodies = {
        a.pledge.id: [{"kind": "warrant", "link": LABEL}],
        b.pledge.id: [{"kind": "email", "link": LABEL}, {"kind": "nonsense", "link": OTHER_LABEL}],
        c.pledge.id: "x",
    }
    group = linked.group_of(groups[0], bodies)
    assert group.reports == tuple(sorted(group.reports))
    assert [(one.label, one.kinds, len(one.reports)) for one in group.common] == [
        (LABEL, ("warrant",), 2),
        (OTHER_LABEL, (), 2),
    ]
    assert linked.group_of(list(reversed(groups[0])), bodies) == group
    assert group.readers == ()
    sealed_to = {a.pledge.id: {"k1", "k2", "k3"}, b.pledge.id: {"k3", "k2"}, c.pledge.id: ["k2", "k3", "k4"]}
    assert linked.group_of(groups[0], bodies, sealed_to).readers == ("k2", "k3")
    del sealed_to[c.pledge.id]  # it did not open, so nobody is known to read it
    assert linked.group_of(groups[0], bodies, sealed_to).readers == ()
