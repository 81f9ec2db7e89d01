"""A linked group: reports that name one person, and what they have in common. Never who came first.

Keepers know labels and no kinds. What kind of identifier a label stands for is said by the reports, sealed to
those who may read them: `named` in a report's body lists `{"kind","link"}`, one for each identifier.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upstander.formats import canonical, ids, shape
from upstander.formats import kinds as kinds_
from upstander.formats.errors import FormatError
from upstander.keepers.handed import Gathered
from upstander.keepers.identifiers import KINDS
from upstander.sealing import padding

FIRST = (
    "Could one of these be the subject, or a friend of the subject?",
    "Do they share one source: one rumour, one post, one conversation?",
)


MARKS = {
    "could-be-subject": "One of these could be the subject, or a friend of the subject.",
    "not-subject": "Nothing says that one of these is the subject or a friend.",
    "one-source": "These go back to one source.",
    "several-sources": "These do not go back to one source.",
    "same-reporter": "These are by the same reporter.",
    "not-same-person": "These do not name the same person after all.",
    "independent": "These are independent of each other.",
}
"""What a handler can say of a group or a part of it. Coded, so that it can be counted; reasons are sealed."""

_FIRST = (("could-be-subject", "not-subject"), ("one-source", "several-sources"))


@dataclass(frozen=True, slots=True)
class Common:
    """One identifier that reports have in common: its label, its kinds as the reports say, which reports."""

    label: str
    kinds: tuple[str, ...]
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Reports (pledge ids, in an order that says nothing) and what they have in common."""

    id: str
    reports: tuple[str, ...]
    common: tuple[Common, ...]


def group_of(gathered: Sequence[Gathered], bodies: Mapping[str, Mapping[str, Any]]) -> Group:
    """The group of some linked pledges; `bodies` are those reports that opened, by pledge id."""
    reports = tuple(sorted(one.pledge.id for one in gathered))
    labels = sorted({label for one in gathered for label in one.links})
    named = {pledge: kinds_in(body) for pledge, body in bodies.items()}
    common = []
    for label in labels:
        carrying = tuple(sorted(one.pledge.id for one in gathered if label in one.links))
        kinds = sorted({named[pledge][label] for pledge in carrying if label in named.get(pledge, {})})
        common.append(Common(label, tuple(kinds), carrying))
    return Group(ids.fingerprint("\n".join(reports)), reports, tuple(common))


def check_mark(code: str, before: Iterable[str]) -> None:
    """Raises FormatError for a mark there is not, and for any other before both questions are answered."""
    if code not in MARKS:
        raise FormatError("There is no such mark.")
    said = set(before)
    if any(code in answers for answers in _FIRST):
        return
    if not all(said & set(answers) for answers in _FIRST):
        raise FormatError(
            "First say whether one could be the subject or a friend, and whether they share one source."
        )


def kinds_in(body: Mapping[str, Any]) -> dict[str, str]:
    """Kind of identifier by label, as a report says; nothing where it does not, or not in known words."""
    try:
        named = [shape.exactly(one, "kind", "link") for one in shape.items(body.get("named", []))]
        return {ids.check_id(one["link"]): shape.one_of(one["kind"], KINDS) for one in named}
    except FormatError:
        return {}


def encode(groups: Sequence[Group], cases: Mapping[str, str]) -> bytes:
    """What is sealed for the desk: groups, and the case id of each report by its pledge's id."""
    body: dict[str, Any] = {
        "cases": dict(cases),
        "format": kinds_.header("linked"),
        "groups": [_body(group) for group in groups],
    }
    return padding.pad(canonical.encode(body) + b"\n")


def decode(padded: bytes) -> tuple[list[Group], dict[str, str]]:
    """Groups and case ids by pledge id, from what `encode` made. Raises FormatError."""
    body = canonical.decode_object(padding.unpad(padded).removesuffix(b"\n"))
    shape.exactly(body, "cases", "format", "groups")
    shape.one_of(body["format"], kinds_.headers("linked", "document"))
    if not isinstance(body["cases"], dict):
        raise FormatError("Expected an object.")
    return [_group(one) for one in shape.items(body["groups"])], body["cases"]


def _group(value: object) -> Group:
    body = shape.exactly(value, "common", "group", "reports")
    return Group(
        body["group"], shape.sorted_texts(body["reports"]), tuple(map(_common, shape.items(body["common"])))
    )


def _common(value: object) -> Common:
    body = shape.exactly(value, "kinds", "label", "reports")
    return Common(
        ids.check_id(body["label"]), shape.sorted_texts(body["kinds"]), shape.sorted_texts(body["reports"])
    )


def _body(group: Group) -> dict[str, Any]:
    return {
        "common": [
            {"kinds": list(one.kinds), "label": one.label, "reports": list(one.reports)}
            for one in group.common
        ],
        "group": group.id,
        "reports": list(group.reports),
    }
