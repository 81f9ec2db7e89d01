"""From outside: who signed for a publication and that its hash is in the log, for sites and for reviews."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.logs import Host, TestLog, installation, serve
from tests.publishing.conftest import Published
from tests.publishing.town import hexed, leaves
from upstander.cli.main import main
from upstander.formats import b64
from upstander.ledger.leaf import commitment, digest, leaf_bytes
from upstander.publishing.files import write
from upstander.publishing.review import Review
from upstander.publishing.review_pages import build as build_review
from upstander.publishing.site import manifest

DAY = "2022-02-10"
SALT = b"s" * 32


@dataclass
class Signed:
    """A publication in a folder, the statement beside it, and a mirror of a log that has its entries."""

    folder: Path
    said: dict[str, Any]
    mirror: Path


def leaf(act: str, subject: str) -> tuple[bytes, dict[str, str]]:
    label = hexed(act)
    found = commitment(SALT, digest("admin", act=act, institution="marlshire", subject=subject))
    opened = {"institution": "marlshire", "label": label, "salt": b64.encode(SALT)}
    return leaf_bytes("admin", DAY, label, found), opened


def files_of(published: Published, kind: str) -> dict[str, bytes]:
    if kind == "site":
        return published.files
    release = published.made.release
    first = date(2020, 1, 1)
    one = Review(release, first, tuple(release.figures()), published.check)
    files = build_review(one, published.site.look, {}, demonstration=True)
    files["publication.json"] = manifest(published.site, files, (first, release.cutoff))
    return files


@pytest.fixture(params=["site", "review"])
def signed(request: pytest.FixtureRequest, published: Published, tmp_path: Path) -> Signed:
    files = files_of(published, request.param)
    subject = hashlib.sha256(files["publication.json"]).hexdigest()
    made = {act: leaf(act, subject) for act in ("publish-figures", "sign-off-figures")}
    town = published.town.made.tables
    log = TestLog()
    log.append(leaves(town["report"].to_pylist(), town["event"].to_pylist()))
    log.append([data for data, _ in made.values()])
    mirror = tmp_path / "mirror"
    with serve(Host([log], installation([log]))) as url:
        assert main(["mirror", url, str(mirror)]) == 0
    said = {
        "kind": "upstander/publication-leaf/v1",
        "manifest": subject,
        "published": made["publish-figures"][1],
        "signed": [made["sign-off-figures"][1] | {"body": "Fellmoor Oversight"}],
    }
    write(tmp_path / "out", files)
    return Signed(tmp_path / "out", said, mirror)


def verify(one: Signed, capsys: pytest.CaptureFixture[str], said: object | None = None) -> tuple[int, str]:
    if said is not None:
        (one.folder / "leaf.json").write_text(json.dumps(said))
    code = main(["verify", "publication", str(one.folder), "--log", str(one.mirror)])
    read = capsys.readouterr()
    return code, read.out + read.err


def test_signature_and_hash_are_found(signed: Signed, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verify(signed, capsys, signed.said)
    assert code == 0, said
    assert f"Signed for outside marlshire by Fellmoor Oversight, on {DAY} by the log." in said
    assert f"Published on {DAY} by the log; its hash is {signed.said['manifest']}." in said
    assert "18 published numbers are what the log gives" in said


def test_where_nothing_says_where_it_is_that_is_said(
    signed: Signed, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verify(signed, capsys)
    assert code == 0
    assert "whether somebody signed was not looked at" in said


def without_signature(said: dict[str, Any]) -> object:
    return said | {"signed": []}


def for_another(said: dict[str, Any]) -> object:
    return said | {"signed": [said["signed"][0] | {"institution": "wexhollow"}]}


def other_salt(said: dict[str, Any]) -> object:
    return said | {"published": said["published"] | {"salt": b64.encode(bytes(32))}}


def other_manifest(said: dict[str, Any]) -> object:
    return said | {"manifest": "0" * 64}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (without_signature, "nobody outside signed for marlshire"),
        (for_another, "are not in the log"),
        (other_salt, "are not in the log"),
        (other_manifest, "not about this publication"),
        (lambda _: [], "not about this publication"),
        (lambda said: said | {"signed": [{}]}, "not about this publication"),
        (
            lambda said: said | {"published": {"label": 1, "salt": 2, "institution": 3}},
            "not about this publication",
        ),
    ],
)
def test_a_signature_that_is_not_there_is_seen(
    signed: Signed,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, Any]], object],
    says: str,
) -> None:
    code, said = verify(signed, capsys, change(signed.said))
    assert (code, says in said, "DOES NOT HOLD" in said) == (1, True, True), said
