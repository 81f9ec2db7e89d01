"""Who a mention is: casework's own pseudonyms, and what handlers' machines returned."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.linkage.groups import Pair, assemble
from upstander.linkage.link import among_records, link
from upstander.linkage.mentions import Mention, mention_of, parse
from upstander.linkage.persons import Given, Known, persons


def test_without_links_a_person_is_who_casework_says() -> None:
    found, against = persons([("m1", "w2"), ("m2", "w2"), ("m3", "w1")], [])
    assert found == {
        "m1": Known("w2", "w2", None),
        "m2": Known("w2", "w2", None),
        "m3": Known("w1", "w1", None),
    }
    assert against == 0


def test_links_join_what_casework_keeps_apart_and_say_how_surely() -> None:
    parties = [("m1", "a"), ("m2", "b"), ("m3", "c"), ("m4", "d")]
    rows = {
        "m1": Given("s", "l", 0.97),
        "m2": Given("s", "l", 0.97),
        "m3": Given("t", "l", 0.6),  # only leniently the same
        "m4": Given("u", "k", 1.0),
    }
    found, _ = persons(parties, [rows])
    assert found["m1"] == found["m2"] == Known("a", "a", 0.97)
    assert found["m3"] == Known("c", "a", None)
    assert found["m4"] == Known("d", "d", None)


def test_two_machines_meet_in_what_both_could_open() -> None:
    """Their pseudonyms are random: the same one on two machines means nothing."""
    parties = [("m1", "a"), ("m2", "b"), ("m3", "c"), ("m4", "d")]
    one = {"m1": Given("x", "x", 0.99), "m2": Given("x", "x", 0.99)}
    other = {"m2": Given("y", "y", 0.96), "m3": Given("y", "y", 0.96), "m4": Given("x", "x", 1.0)}
    found, _ = persons(parties, [one, other])
    assert {found[name].strict for name in ("m1", "m2", "m3")} == {"a"}
    assert found["m4"].strict == "d"


def test_a_record_names_its_person_and_two_records_stay_two_people() -> None:
    parties = [("m1", "a"), ("m2", "a"), ("m3", "b")]
    one = {"m1": Given("r1", "r1", 0.98), "m3": Given("z", "r2", 0.7)}
    other = {"m2": Given("r2", "r2", 0.96)}
    found, against = persons(parties, [one, other], ["r1", "r2"])
    assert found["m1"].strict == found["m2"].strict == "r1", "casework says that they are one person"
    assert found["m3"] == Known("b", "r2", None)
    assert against == 1


@settings(max_examples=100)
@given(st.data())
def test_lenient_groups_hold_strict_ones_whole(data: st.DataObject) -> None:
    names = [f"m{n}" for n in range(8)]
    parties = [(name, data.draw(st.sampled_from("abcdef"))) for name in names]
    machines = [
        {
            name: Given(
                data.draw(st.sampled_from(["s", "t", "r1"])), data.draw(st.sampled_from(["l", "r2"])), 0.9
            )
            for name in data.draw(st.lists(st.sampled_from(names), unique=True))
        }
        for _ in range(2)
    ]
    found, _ = persons(parties, machines, ["r1", "r2"])
    for one in names:
        for other in names:
            if found[one].strict == found[other].strict:
                assert found[one].lenient == found[other].lenient
    assert persons(parties, machines, ["r1", "r2"])[0] == found


def test_a_mention_id_is_the_same_on_both_machines_and_says_nothing() -> None:
    made = mention_of("case-a", "item-b")
    assert made == mention_of("case-a", "item-b") != mention_of("case-ai", "tem-b")
    assert len(made) == 32
    assert "case" not in made


def test_of_two_namesakes_in_the_records_neither_is_likelier_than_not() -> None:
    pairs = [Pair("m", "r1", 0.99), Pair("r2", "m", 0.99), Pair("r1", "r2", 0.999), Pair("m", "n", 0.8)]
    assert among_records(pairs, frozenset({"r1", "r2"}), 0.5) == [Pair("m", "n", 0.8)]
    (alone,) = among_records([Pair("r1", "m", 0.99)], frozenset({"r1"}), 0.5)
    assert (alone.one, alone.other) == ("m", "r1")
    assert abs(alone.probability - 0.99) < 1e-9


def test_no_group_holds_two_records_and_one_is_named_by_its_record() -> None:
    sure = (Pair("a", "r1", 0.99), Pair("b", "r2", 0.98), Pair("a", "b", 0.97))
    made = assemble(["a", "b", "c"], sure, (), silent=0, records=("r1", "r2"))
    assert [one.strict for one in made.links[:2]] == ["r1", "r2"]
    assert made.dropped == (Pair("a", "b", 0.97),)
    assert made.links[2].strict not in ("r1", "r2")


def test_mentions_find_their_record_and_what_a_handler_recorded_holds() -> None:
    records = [
        parse("hr1", "PC 4711 David Smithson, Lewisham"),
        parse("hr2", "Sgt 812 Ruth Okonkwo, Brixton"),
    ]
    mentions = [
        parse("m1", "PC 4711 Dave Smithson, Lewisham"),
        parse("m2", "Sgt 812 Okonkwo, Brixton"),
        Mention("m3"),
        parse("m4", "PC Nobody, Ealing"),
    ]
    found = link(mentions, records=records, same=[("m2", "m3")])
    who = {one.mention_id: one.strict for one in found.links}
    assert (who["m1"], who["m2"], who["m3"]) == ("hr1", "hr2", "hr2")
    assert who["m4"] not in ("hr1", "hr2")
    assert not {"hr1", "hr2"} & {one.mention_id for one in found.links}
