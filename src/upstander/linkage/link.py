"""Probabilistic linkage of mentions with Splink: Fellegi and Sunter's model with term frequencies.

Splink's backend is a setting: DuckDB on one machine, Spark where a national body has a cluster of its own.

Nothing is merged by itself in doubt: `strict` joins what is nearly certain, `lenient` what is more likely
than not, and what lies between waits for a person. Figures that rest on links are shown for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from upstander.linkage.groups import Link, Links, Pair, assemble
from upstander.linkage.mentions import Mention

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BackendError", "Link", "Links", "Pair", "assemble", "link"]

Backend = Literal["duckdb", "spark"]
STRICT, LENIENT = 0.95, 0.5
SEED = 1
FIELDS = ("rank", "forename", "initial", "surname", "number", "place")
MISSING = "initial_l IS NULL OR initial_r IS NULL"
SAME = "forename_l = forename_r"
INITIAL = "initial_l = initial_r AND (forename_l IS NULL OR forename_r IS NULL)"
SEVERAL = 1_000  # mentions from which they can tell how often strangers agree, and which names are common
ENOUGH = 5_000  # mentions from which they can tell how often true pairs agree


class BackendError(Exception):
    """The backend that was asked for is not installed, or does not start. The message says what to do."""


def link(
    mentions: Sequence[Mention],
    *,
    strict: float = STRICT,
    lenient: float = LENIENT,
    backend: Backend = "duckdb",
    records: Sequence[Mention] = (),
    same: Sequence[tuple[str, str]] = (),
) -> Links:
    """Links mentions with each other, and with `records`: one for each member of staff, nobody twice.

    `same` are pairs of mentions that a handler already recorded as one person. Raises ValueError for two of
    one id, or thresholds in the wrong order; BackendError.
    """
    ids = [one.mention_id for one in mentions]
    staff = tuple(one.mention_id for one in records)
    if len({*ids, *staff}) != len(ids) + len(staff):
        raise ValueError("Two mentions have the same id.")
    if not 0 < lenient <= strict <= 1:
        raise ValueError("Thresholds are probabilities, the lenient one no higher than the strict one.")
    spoken = [one for one in mentions if one.comparable]
    known = [one for one in records if one.comparable]
    pairs = _predict([*spoken, *known], lenient, backend) if spoken and len(spoken) + len(known) > 1 else []
    pairs = among_records(pairs, frozenset(staff), lenient) if staff else pairs
    said = tuple(Pair(one, other, 1.0) for one, other in same)
    settled = {frozenset(pair) for pair in same}
    pairs = [pair for pair in pairs if frozenset((pair.one, pair.other)) not in settled]
    sure = (*said, *(pair for pair in pairs if pair.probability >= strict))
    review = tuple(pair for pair in pairs if pair.probability < strict)
    return assemble(ids, sure, review, silent=len(mentions) - len(spoken), records=staff)


def among_records(pairs: Sequence[Pair], records: frozenset[str], least: float) -> list[Pair]:
    """The pairs with each mention's probabilities over records made to compete, and none of two records.

    A mention means at most one member of staff. With odds o for each record it could mean, the chance that it
    means one of them is its o over one and the sum of all (Bayes' rule, where at most one is right): of two
    namesakes at one place neither is likelier than not, however well both fit. Pairs below `least` are gone.
    """
    odds: dict[str, float] = {}
    turned = []
    for pair in pairs:
        if pair.one in records and pair.other in records:
            continue
        mention, record = (pair.other, pair.one) if pair.one in records else (pair.one, pair.other)
        turned.append((mention, record, pair.probability))
        if record in records:
            odds[mention] = odds.get(mention, 0.0) + _odds(pair.probability)
    found = [
        Pair(one, other, _odds(p) / (1 + odds[one]) if other in records else p) for one, other, p in turned
    ]
    kept = (pair for pair in found if pair.probability >= least)
    return sorted(kept, key=lambda pair: (-pair.probability, pair.one, pair.other))


def _odds(probability: float) -> float:
    return probability / max(1 - probability, 1e-9)


def _predict(mentions: Sequence[Mention], least: float, backend: Backend) -> list[Pair]:
    from splink import Linker, block_on

    with _engine(backend) as engine, _in_memory():
        given = engine.register(_table(mentions))
        linker = Linker(given, _settings(len(mentions)), log_level="ERROR")
        if len(mentions) >= SEVERAL:
            linker.training.estimate_u_using_random_sampling(
                max_pairs=1e6, seed=SEED, min_count_per_level=None
            )
        if len(mentions) >= ENOUGH:
            rule = block_on("surname", "initial", "place")
            linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=1e6)
        found = linker.inference.predict(threshold_match_probability=least).as_dict()
    columns = (found["unique_id_l"], found["unique_id_r"], found["match_probability"])
    pairs = [Pair(str(one), str(other), float(p)) for one, other, p in zip(*columns, strict=True)]
    return sorted(pairs, key=lambda pair: (-pair.probability, pair.one, pair.other))


@contextmanager
def _engine(backend: Backend) -> Iterator[Any]:
    """Splink's interface to what does the work; ended with the block. Raises BackendError."""
    if backend == "spark":
        with _spark() as session:
            from splink.backends.spark import SparkAPI

            # kept in memory: Splink's usual way writes tables, with names in them, into a folder that stays
            yield SparkAPI(spark_session=session, break_lineage_method="persist")  # type: ignore[no-untyped-call]
        return
    import duckdb
    from splink import DuckDBAPI

    # Intermediate tables hold names: what does not fit into memory fails rather than go to the disk.
    database = duckdb.connect(config={"temp_directory": ""})
    try:
        yield DuckDBAPI(connection=database)
    finally:
        database.close()


@contextmanager
def _in_memory() -> Iterator[None]:
    """Says in plain words that memory was not enough. Raises BackendError."""
    import duckdb
    from splink.internals.exceptions import SplinkException

    try:
        yield
    except (duckdb.OutOfMemoryException, SplinkException) as error:
        cause = error.__cause__ if isinstance(error, SplinkException) else error
        if not isinstance(cause, duckdb.OutOfMemoryException):
            raise
        raise BackendError(
            "this machine has too little memory for so many mentions, and names are not put on its disk. "
            "Link fewer at once (by area, or by year), or on a bigger machine."
        ) from None  # what it was working on stands in the other error


@contextmanager
def _spark() -> Iterator[Any]:
    """A session of the cluster that the machine's own configuration names; a local one where it names none.

    It is stopped afterwards: what a session keeps has names in it.
    """
    try:
        from pyspark.sql import SparkSession
        from splink.backends.spark import similarity_jar_location
    except ImportError as error:
        raise BackendError(
            f"linking on Spark needs {error.name}, which is not installed here (and Java). "
            "Without it, leave the backend at duckdb."
        ) from error
    try:
        session = SparkSession.builder.config("spark.jars", similarity_jar_location()).getOrCreate()
    except Exception as error:  # Java missing, no cluster: Spark has a class of its own for each
        raise BackendError("Spark does not start here: is Java installed, and the cluster there?") from error
    try:
        yield session
    finally:
        session.stop()


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
