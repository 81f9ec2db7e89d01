"""`upstander link`, as a handler would run it."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from upstander.cli.link import summary
from upstander.cli.main import main
from upstander.linkage import Decision, apply
from upstander.linkage.link import Pair, assemble

TEXTS = [
    "PC 4711 Dave Smithson, Lewisham",
    "PC 4711 D Smithson, Lewisham",
    "PC David Smithson, Lewisham",
    "Sgt Okonkwo, Brixton",
    "Sgt Ruth Okonkwo, Brixton",
    "somebody",
]


def written(folder: Path, texts: list[str]) -> Path:
    path = folder / "mentions.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [("mention_id", "text"), *((f"m{n}", text) for n, text in enumerate(texts))]
        )
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_pseudonyms_come_out_and_no_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, TEXTS)
    assert main(["link", str(path), "--out", str(tmp_path / "out"), "--own-place", "Brixton"]) == 0
    links = {row["mention_id"]: row for row in rows(tmp_path / "out/links.csv")}
    assert len(links) == len(TEXTS)
    assert links["m0"]["lenient"] == links["m1"]["lenient"] != links["m3"]["lenient"]
    every = "".join(one.read_text("utf-8") for one in (tmp_path / "out").iterdir()) + capsys.readouterr().out
    assert not any(name in every.casefold() for name in ("smithson", "okonkwo", "brixton", "4711"))
    assert all(
        {row["one"], row["other"]}.isdisjoint({"m3", "m4"}) for row in rows(tmp_path / "out/review.csv")
    )
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert main(["link", str(path), "--out", str(tmp_path / "out")]) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"mention_id\nm1\n", "no column 'text'"),
        (b"\xff\xfe\x00", "not a CSV file"),
        (b"mention_id,text\na,x\na,y\n", "same id"),
    ],
)
def test_bad_files_are_told(
    tmp_path: Path, content: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mentions.csv"
    path.write_bytes(content)
    assert main(["link", str(path), "--out", str(tmp_path / "out")]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_the_extra_it_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    assert main(["link", str(tmp_path / "x.csv"), "--out", str(tmp_path / "out")]) == 1
    assert "make analytics" in capsys.readouterr().err


def test_what_is_in_doubt_goes_out_and_comes_back_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file a reviewer is given is the file she gives back, with yes or no in it."""
    path = written(tmp_path, [*TEXTS, "PC D Smithsen, Lewisham", "Sgt D Smithson, Lewisham"])
    first = ["link", str(path), "--out", str(tmp_path / "one"), "--by", "rowan", "--own-place", "Brixton"]
    assert main(first) == 0
    review = rows(tmp_path / "one/review.csv")
    assert review and all(row["by"] == "rowan" for row in review)
    answered = tmp_path / "answered.csv"
    with answered.open("w", newline="") as file:
        out = csv.DictWriter(file, review[0].keys())
        out.writeheader()
        out.writerows(row | {"same": "yes"} for row in review)
    again = ["link", str(path), "--by", "rowan", "--own-place", "Brixton", "--decisions", str(answered)]
    assert main([*again, "--out", str(tmp_path / "two")]) == 0
    assert rows(tmp_path / "two/review.csv") == []
    joined = {row["mention_id"]: row["strict"] for row in rows(tmp_path / "two/links.csv")}
    assert all(joined[row["one"]] == joined[row["other"]] for row in review)
    # a pair of her own place is not hers to decide, however the file came to hold it
    capsys.readouterr()
    other = ["link", str(path), "--by", "rowan", "--own-place", "Lewisham", "--decisions", str(answered)]
    assert main([*other, "--out", str(tmp_path / "three")]) == 1
    assert "somebody else has to" in capsys.readouterr().err
    assert not (tmp_path / "three").exists()


def test_the_summary_counts_links_dropped_for_a_decision() -> None:
    sure = (Pair("a", "c", 0.99), Pair("b", "c", 0.96))
    links = assemble(["a", "b", "c"], sure, (Pair("a", "b", 0.7),), silent=0)
    assert "dropped" not in summary([], links, 1, 0)
    done = apply(links, [Decision("a", "b", False, "rowan")])
    assert "\n1 links were dropped" in summary([], done, 0, 0)


def test_without_spark_it_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    path = written(tmp_path, TEXTS)
    assert main(["link", str(path), "--out", str(tmp_path / "out"), "--backend", "spark"]) == 1
    assert "needs pyspark" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_spark_links_as_duckdb_does(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed, so linking on Spark was not tried")
    path = written(tmp_path, TEXTS)
    for backend in ("duckdb", "spark"):
        assert main(["link", str(path), "--out", str(tmp_path / backend), "--backend", backend]) == 0
    one, other = (rows(tmp_path / backend / "review.csv") for backend in ("duckdb", "spark"))
    assert [(row["one"], row["other"]) for row in one] == [(row["one"], row["other"]) for row in other]
