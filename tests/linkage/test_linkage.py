"""Mentions, links, and the reviewer who must not see her own unit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.linkage import BackendError, Decision, Mention, apply, link, parse, queue
from upstander.linkage.link import Pair, assemble
from upstander.linkage.review import quality


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PC Dave Smith, 4th floor, Lewisham", ("constable", "david", "d", "smith", "", "lewisham")),
        ("Sgt O'Neill at Brixton police station", ("sergeant", "", "", "oneill", "", "brixton")),
        ("Smith D.", ("", "", "d", "smith", "", "")),
        ("DC 1234 Smith (Croydon)", ("constable", "", "", "smith", "1234", "croydon")),
        (
            "Detective Chief Inspector Jan van der Berg",
            ("chief inspector", "jan", "j", "van der berg", "", ""),
        ),
        (
            "Inspector Kate Jones, collar 77AB, Ealing",
            ("inspector", "katherine", "k", "jones", "77ab", "ealing"),
        ),
        ("José Núñez", ("", "jose", "j", "nunez", "", "")),
        ("PC Smith", ("constable", "", "", "smith", "", "")),
        ("some bloke", ("", "some", "s", "bloke", "", "")),
        ("", ("", "", "", "", "", "")),
    ],
)
def test_mentions_are_read(text: str, said: tuple[str, ...]) -> None:
    found = parse("m", text)
    assert (found.rank, found.forename, found.initial, found.surname, found.number, found.place) == said


@settings(max_examples=200)
@given(st.text(max_size=400))
def test_any_text_is_read_without_a_fuss(text: str) -> None:
    found = parse("m", text)
    assert found.initial == found.forename[:1] or not found.forename
    assert len(found.surname) <= 300


def invented(people: int, mentions: int, seed: int = 1) -> tuple[list[Mention], dict[str, str]]:
    """Mentions of people with common and rare names; a third give a collar number."""
    rng = np.random.default_rng(seed)
    surnames = [f"{a}{b}" for a in ("sm", "br", "tay", "will", "ev", "pat", "kh", "rob", "wri", "gre") for b in
                ("ith", "own", "lor", "iams", "ans", "el", "an", "inson", "ght", "en")]  # fmt: skip
    forenames = [
        "dave",
        "david",
        "sarah",
        "tom",
        "thomas",
        "kate",
        "ali",
        "priya",
        "john",
        "emma",
        "mo",
        "ruth",
    ]
    places = [f"place{letter}" for letter in "abcdefghij"]
    who = [
        (
            rng.choice(forenames),
            rng.choice(surnames, p=_zipf(len(surnames))),
            rng.choice(places),
            str(1000 + one),
        )
        for one in range(people)
    ]
    found, truth = [], {}
    for number in range(mentions):
        one = int(rng.integers(people))
        forename, surname, place, collar = who[one]
        first = {0: forename, 1: forename[0], 2: ""}[int(rng.integers(3))]
        tail = f", {place}" if rng.random() < 0.8 else ""
        text = f"PC {collar if rng.random() < 0.33 else ''} {first} {surname}{tail}"
        found.append(parse(f"m{number}", text))
        truth[f"m{number}"] = str(one)
    return found, truth


def _zipf(count: int) -> np.ndarray:
    weight = 1 / np.arange(1, count + 1)
    return weight / weight.sum()


def test_strict_links_are_seldom_wrong_and_lenient_ones_find_more() -> None:
    mentions, truth = invented(300, 1200)
    found = link(mentions)
    precision, recall = quality(found, truth)
    assert precision > 0.97
    assert recall > 0.03  # strict links of such mentions are a lower bound, and a low one
    assert found.review
    strict = len({one.strict for one in found.links})
    lenient = len({one.lenient for one in found.links})
    assert lenient < strict
    assert strict >= len(set(truth.values()))


def test_links_come_out_the_same_twice_under_other_pseudonyms() -> None:
    mentions, _ = invented(60, 200)
    one, other = link(mentions), link(mentions)
    assert {one.review, one.sure} == {other.review, other.sure}
    assert not {a.strict for a in one.links} & {b.strict for b in other.links}


def test_no_name_leaves() -> None:
    mentions, _ = invented(60, 200)
    said = repr(link(mentions))
    assert not any(one.surname in said for one in mentions if len(one.surname) > 3)


def test_who_says_too_little_is_counted_and_stays_alone() -> None:
    found = link(
        [Mention("a", rank="constable"), Mention("b", place="ealing"), Mention("c", surname="smith")]
    )
    assert found.silent == 2
    assert len({one.strict for one in found.links}) == 3
    assert link([]).links == ()
    with pytest.raises(ValueError, match="same id"):
        link([Mention("a"), Mention("a")])
    with pytest.raises(ValueError, match="Thresholds"):
        link([], strict=0.4, lenient=0.5)


MENTIONS = [Mention("a", surname="x", place="ealing"), Mention("b", surname="x", place="croydon"),
            Mention("c", surname="x", place="croydon"), Mention("d", surname="x")]  # fmt: skip
DOUBT = (Pair("a", "b", 0.8), Pair("b", "c", 0.55), Pair("c", "d", 0.6))


def test_a_reviewer_never_sees_her_own_unit() -> None:
    links = assemble([one.mention_id for one in MENTIONS], (), DOUBT, silent=0)
    seen, kept = queue(links, MENTIONS, frozenset({"ealing"}))
    assert seen == (Pair("b", "c", 0.55),)
    assert kept == 2  # hers, and one whose place nobody knows
    assert queue(links, MENTIONS, frozenset({"croydon"})) == ((), 3)


IDS = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("ways", "weakest"),
    [((0.99, 0.96), Pair("b", "c", 0.96)), ((0.96, 0.99), Pair("a", "c", 0.96))],
)
def test_two_found_not_to_be_the_same_do_not_meet_by_way_of_a_third(
    ways: tuple[float, float], weakest: Pair
) -> None:
    sure = (Pair("a", "c", ways[0]), Pair("b", "c", ways[1]))
    before = assemble(IDS, sure, (Pair("a", "b", 0.7),), silent=0)
    assert len({one.strict for one in before.links}) == 1
    done = apply(before, [Decision("b", "a", False, "r1")])
    for kind in ("strict", "lenient"):
        group = {one.mention_id: getattr(one, kind) for one in done.links}
        assert group["a"] != group["b"]
        assert group["c"] == (group["a"] if weakest.one == "b" else group["b"])
    assert done.dropped == (weakest,)
    assert apply(done, []).dropped == (weakest,)  # decided stays decided


def test_her_yes_outlasts_a_link_as_sure_and_a_circle_is_refused() -> None:
    doubt = (Pair("a", "b", 0.7), Pair("b", "c", 0.6))
    links = assemble(IDS, (Pair("a", "c", 1.0),), doubt, silent=0)
    done = apply(links, [Decision("a", "b", False, "r1"), Decision("b", "c", True, "r1")])
    assert done.dropped == (Pair("a", "c", 1.0),)
    circle = assemble(IDS, (), (*doubt, Pair("a", "c", 0.8)), silent=0)
    said = [Decision("a", "b", True, "r1"), Decision("b", "c", True, "r1"), Decision("a", "c", False, "r1")]
    with pytest.raises(ValueError, match="third mention"):
        apply(circle, said)


@settings(max_examples=100)
@given(st.data())
def test_nobody_apart_is_together_whatever_the_links(data: st.DataObject) -> None:
    ids = list("abcdef")
    every = [(one, other) for one in ids for other in ids if one < other]
    apart = tuple(data.draw(st.lists(st.sampled_from(every), max_size=5, unique=True)))
    ways = data.draw(st.lists(st.sampled_from(every), max_size=12, unique=True))
    sure = tuple(Pair(*one, data.draw(st.sampled_from([0.95, 0.97, 1.0]))) for one in ways)
    made = assemble(ids, sure, (), silent=0, apart=apart)
    group = {one.mention_id: one.strict for one in made.links}
    assert all(group[one] != group[other] for one, other in apart)
    assert all((group[p.one] == group[p.other]) == (p not in made.dropped) for p in sure)


def test_decisions_join_and_part() -> None:
    links = assemble([one.mention_id for one in MENTIONS], (), DOUBT, silent=0)
    done = apply(links, [Decision("a", "b", True, "r1"), Decision("c", "b", False, "r1")])
    strict = {one.mention_id: one.strict for one in done.links}
    lenient = {one.mention_id: one.lenient for one in done.links}
    assert strict["a"] == strict["b"] != strict["c"]
    assert lenient["c"] == lenient["d"] != lenient["b"]
    assert done.review == (Pair("c", "d", 0.6),)
    with pytest.raises(ValueError, match="not up for review"):
        apply(links, [Decision("a", "d", True, "r1")])
    with pytest.raises(ValueError, match="contradict"):
        apply(links, [Decision("a", "b", True, "r1"), Decision("b", "a", False, "r2")])


def test_names_never_go_to_the_disk_when_memory_is_short(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A database in memory would spill into a folder where it was started; this one says what to do instead."""
    real, asked = duckdb.connect, []

    def small(*given: Any, config: dict[str, Any] | None = None) -> duckdb.DuckDBPyConnection:
        asked.append(config)
        return real(*given, config={**(config or {}), "memory_limit": "24MB", "threads": 1})

    monkeypatch.setattr(duckdb, "connect", small)
    monkeypatch.chdir(tmp_path)
    mentions, _ = invented(2_000, 20_000)
    with pytest.raises(BackendError, match="too little memory"):
        link(mentions)
    assert {"temp_directory": ""} in asked
    assert list(tmp_path.iterdir()) == []
