"""Probabilistic linkage of mentions with Splink: Fellegi and Sunter's model with term frequencies, on
DuckDB.

Nothing is merged by itself in doubt: `strict` joins what is nearly certain, `lenient` what is more likely
than not, and what lies between waits for a person. Figures that rest on links are shown for both.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from upstander.linkage.mentions import Mention

if TYPE_CHECKING:
    import pyarrow as pa

STRICT, LENIENT = 0.95, 0.5
SEED = 1
FIELDS = ("rank", "forename", "initial", "surname", "number", "place")
MISSING = "initial_l IS NULL OR initial_r IS NULL"
SAME = "forename_l = forename_r"
INITIAL = "initial_l = initial_r AND (forename_l IS NULL OR forename_r IS NULL)"
SEVERAL = 1_000  # mentions from which they can tell how often strangers agree, and which names are common
ENOUGH = 5_000  # mentions from which they can tell how often true pairs agree


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mentions and the probability that they mean the same person."""

    one: str
    other: str
    probability: float


@dataclass(frozen=True, slots=True)
class Link:
    """One mention's pseudonyms, by strict and by lenient links, and the surest link that holds it there (1
    if alone).
    """

    mention_id: str
    strict: str
    lenient: str
    probability: float


@dataclass(frozen=True, slots=True)
class Links:
    """All links, the pairs that a person must look at, and how many mentions said too little to be
    compared.
    """

    links: tuple[Link, ...]
    review: tuple[Pair, ...]
    sure: tuple[Pair, ...]
    silent: int


def link(mentions: Sequence[Mention], *, strict: float = STRICT, lenient: float = LENIENT) -> Links:
    """Links mentions. Raises ValueError for two of one id, or thresholds in the wrong order."""
    ids = [one.mention_id for one in mentions]
    if len(set(ids)) != len(ids):
        raise ValueError("Two mentions have the same id.")
    if not 0 < lenient <= strict <= 1:
        raise ValueError("Thresholds are probabilities, the lenient one no higher than the strict one.")
    spoken = [one for one in mentions if one.comparable]
    pairs = _predict(spoken, lenient) if len(spoken) > 1 else []
    sure = tuple(pair for pair in pairs if pair.probability >= strict)
    review = tuple(pair for pair in pairs if pair.probability < strict)
    return assemble(ids, sure, review, silent=len(mentions) - len(spoken))


def assemble(ids: Sequence[str], sure: tuple[Pair, ...], review: tuple[Pair, ...], *, silent: int) -> Links:
    """Pseudonyms from pairs: fresh random ones, which mean nothing outside this result."""
    strict, lenient = _groups(ids, sure), _groups(ids, (*sure, *review))
    best: dict[str, float] = {}
    for pair in (*sure, *review):
        for one in (pair.one, pair.other):
            best[one] = max(best.get(one, 0.0), pair.probability)
    names: dict[tuple[str, str], str] = {}

    def pseudonym(kind: str, group: str) -> str:
        return names.setdefault((kind, group), secrets.token_hex(8))

    links = tuple(
        Link(one, pseudonym("s", strict[one]), pseudonym("l", lenient[one]), best.get(one, 1.0))
        for one in ids
    )
    return Links(links, review, sure, silent)


def _groups(ids: Sequence[str], pairs: Iterable[Pair]) -> dict[str, str]:
    """The first mention of the group each mention belongs to (union-find)."""
    parent = {one: one for one in ids}

    def root(one: str) -> str:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for pair in pairs:
        parent[root(pair.other)] = root(pair.one)
    return {one: root(one) for one in ids}


def _predict(mentions: Sequence[Mention], least: float) -> list[Pair]:
    import duckdb
    from splink import DuckDBAPI, Linker, block_on

    database = duckdb.connect()
    try:
        database.register("given", _table(mentions))
        database.execute("CREATE TABLE mention AS FROM given")
        database.unregister("given")
        backend = DuckDBAPI(connection=database)
        linker = Linker(backend.register("mention"), _settings(len(mentions)), log_level="ERROR")
        if len(mentions) >= SEVERAL:
            linker.training.estimate_u_using_random_sampling(
                max_pairs=1e6, seed=SEED, min_count_per_level=None
            )
        if len(mentions) >= ENOUGH:
            rule = block_on("surname", "initial", "place")
            linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=1e6)
        found = linker.inference.predict(threshold_match_probability=least)
        rows = database.execute(  # the table's name is one that Splink made
            "SELECT unique_id_l, unique_id_r, match_probability "
            f"FROM {found.physical_name} ORDER BY 3 DESC, 1, 2"
        ).fetchall()
    finally:
        database.close()
    return [Pair(str(one), str(other), float(probability)) for one, other, probability in rows]


def _table(mentions: Sequence[Mention]) -> pa.Table:
    import pyarrow as pa

    columns: dict[str, Any] = {"unique_id": [one.mention_id for one in mentions]}
    for name in FIELDS:
        columns[name] = pa.array([getattr(one, name) or None for one in mentions], pa.string())
    return pa.table(columns)


def _settings(count: int) -> Any:
    """How fields are compared.

    Chances of agreement are judgement until there are enough mentions.
    """
    import splink.comparison_library as cl
    from splink import SettingsCreator, block_on

    forename = cl.CustomComparison(
        output_column_name="forename",
        comparison_levels=[
            {"sql_condition": MISSING, "label_for_charts": "none", "is_null_level": True},
            {"sql_condition": SAME, "label_for_charts": "same", "m_probability": 0.6, "u_probability": 0.02},
            {
                "sql_condition": INITIAL,
                "label_for_charts": "initial",
                "m_probability": 0.35,
                "u_probability": 0.05,
            },
            {
                "sql_condition": "ELSE",
                "label_for_charts": "other",
                "m_probability": 0.05,
                "u_probability": 0.93,
            },
        ],
    )
    often = {"term_frequency_adjustments": True} if count >= SEVERAL else {}
    surname = cl.JaroWinklerAtThresholds("surname", [0.93]).configure(
        **often, m_probabilities=[0.9, 0.07, 0.03], u_probabilities=[0.005, 0.01, 0.985]
    )
    place = cl.ExactMatch("place").configure(
        **often, m_probabilities=[0.85, 0.15], u_probabilities=[0.05, 0.95]
    )
    number = cl.ExactMatch("number").configure(m_probabilities=[0.95, 0.05], u_probabilities=[0.0005, 0.9995])
    rank = cl.ExactMatch("rank").configure(m_probabilities=[0.85, 0.15], u_probabilities=[0.5, 0.5])
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[surname, forename, place, number, rank],
        blocking_rules_to_generate_predictions=[
            block_on("number"),
            block_on("surname", "initial"),
            block_on("surname", "place"),
            block_on("initial", "place", "substr(surname, 1, 3)"),
        ],
        probability_two_random_records_match=min(0.01, max(1e-5, 2.0 / count)),
        unique_id_column_name="unique_id",
        retain_matching_columns=False,
    )
