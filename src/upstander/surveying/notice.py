"""The notice of a wave: who asks, who issues passes under which key, until when, and what is collected.

Signed by the issuing body and public. Everybody must see the same one: its hash is a leaf in the log, because
a body that showed each person another key could tell them apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, canonical, shape, statements
from upstander.formats.hashes import hash_of
from upstander.formats.ids import fingerprint
from upstander.keepers import group
from upstander.surveying.collection import Shares, Tree, check_tree, from_thousandths, thousandths
from upstander.surveying.errors import SurveyError
from upstander.surveying.instrument import instrument_hash

KIND = "survey-wave"
LARGEST = 512 * 1024  # bytes of a notice; the page loads it
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


@dataclass(frozen=True, slots=True)
class Notice:
    """A wave as it was announced.

    `key` is the public key of passes (32 bytes), `opens` and `closes` the first and last day answers are
    taken, `areas` the names of areas by id, `shares` what the plan rests on beside staff totals,
    `issuer` and `address` who issues passes and where, `sign` its
    signing key.
    """

    wave: str
    institution: str
    issuer: str
    address: str
    sign: str
    key: bytes
    opens: str
    closes: str
    areas: Mapping[str, str]
    tree: Tree
    shares: Shares
    text: str

    @property
    def digest(self) -> str:
        """Names the notice: what the log's leaf commits to."""
        return hash_of(self.text.encode())


def make_notice(
    signing: Ed25519PrivateKey,
    *,
    wave: str,
    institution: str,
    issuer: str,
    address: str,
    key: bytes,
    opens: str,
    closes: str,
    areas: Mapping[str, str],
    tree: Tree,
    shares: Shares,
) -> str:
    """The text of a notice. `shares`: what the tree rests on beside the totals. Raises SurveyError."""
    body = {
        "address": address,
        "areas": dict(areas),
        "assumed": thousandths(shares),
        "closes": closes,
        "institution": institution,
        "instrument": instrument_hash(),
        "issuer": {"name": issuer, "sign": statements.public_of(signing)},
        "key": b64.encode(key),
        "opens": opens,
        "tree": tree,
        "wave": wave,
    }
    text = statements.sign(KIND, body, signing)
    read_notice(text)
    return text


def read_notice(text: str) -> Notice:
    """A notice that its issuing body signed. Raises FormatError.

    Which body that is has to be known from elsewhere (`check_body`): `sign` is only what the notice says.
    """
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise SurveyError("The notice is too long. Ask fewer characteristics, or put areas together.")
    body = statements.peek(text, KIND)
    shape.exactly(
        body,
        *("address", "areas", "assumed", "closes", "institution", "instrument"),
        *("issuer", "key", "opens", "tree", "wave"),
    )
    issuer = shape.exactly(body["issuer"], "name", "sign")
    sign = shape.text(issuer["sign"])
    statements.verify(text, KIND, sign)
    key = b64.decode(shape.text(body["key"]), group.SIZE)
    group.decode(key)
    wave, address = shape.text(body["wave"]), shape.text(body["address"])
    opens, closes = shape.day(body["opens"]), shape.day(body["closes"])
    if not _NAME.fullmatch(wave):
        raise SurveyError("A wave has a name of small letters, digits and hyphens, such as 2026-spring.")
    if not re.fullmatch(r"https?://[\w.:\[\]-]+(/[\w./-]*)?", address):
        raise SurveyError("Expected the web address of the body that issues passes.")
    if opens > closes:
        raise SurveyError("The survey closes before it opens.")
    areas = body["areas"]
    if not isinstance(areas, dict) or not all(isinstance(name, str) and name for name in areas.values()):
        raise SurveyError("Expected the names of areas.")
    canonical.encode(areas)
    return Notice(
        wave=wave,
        institution=shape.text(body["institution"]),
        issuer=shape.text(issuer["name"]),
        address=address.rstrip("/"),
        sign=sign,
        key=key,
        opens=opens,
        closes=closes,
        areas=areas,
        tree=check_tree(body["tree"]),
        shares=from_thousandths(body["assumed"]),
        text=text,
    )


def check_body(notice: Notice, sign: str) -> None:
    """Raises SurveyError for a notice of another body than the one whose signing key is known."""
    if notice.sign != sign:
        raise SurveyError(
            f"The notice is signed with the key {key_letters(notice.sign)}, and the body that is known "
            f"here has {key_letters(sign)}. Ask that body, by another way than this file came."
        )


def key_letters(sign: str) -> str:
    """A signing key as people compare it: 26 letters and digits in groups of four."""
    letters = fingerprint(sign)
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def check_instrument(notice: Notice) -> None:
    """Raises SurveyError for a notice of other questions than this version of Upstander asks."""
    if statements.peek(notice.text, KIND)["instrument"] != instrument_hash():
        raise SurveyError("The notice is for other questions: both sides need the same version of Upstander.")
