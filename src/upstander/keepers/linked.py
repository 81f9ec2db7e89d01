"""A linked group: reports that name one person, and what they have in common. Never who came first.

Keepers know labels and no kinds. What kind of identifier a label stands for is said by the reports, sealed to
those who may read them: `named` in a parcel's report lists `{"kind","link"}` of its identifiers.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
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
    """Reports (pledge ids, in an order that says nothing) and what they have in common.

    `readers` are the keys (ids) that every one of them was sealed to: whoever a reporter of one shut out is
    not told of the group, nor is anybody told who was shut out.
    """

    id: str
    reports: tuple[str, ...]
    common: tuple[Common, ...]
    readers: tuple[str, ...] = ()


def group_of(
    gathered: Sequence[Gathered],
    named: Mapping[str, object],
    sealed_to: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Group:
    """The group of some linked pledges.

    `named` of those reports that opened, and the keys each is sealed to, by pledge id; of a report that did
    not open nobody is known to read it.
    """
    reports = tuple(sorted(one.pledge.id for one in gathered))
    labels = sorted({label for one in gathered for label in one.links})
    by_pledge = {pledge: kinds_in(said) for pledge, said in named.items()}
    common = []
    for label in labels:
        carrying = tuple(sorted(one.pledge.id for one in gathered if label in one.links))
        kinds = sorted({by_pledge[one][label] for one in carrying if label in by_pledge.get(one, {})})
        common.append(Common(label, tuple(kinds), carrying))
    readers = set.intersection(*(set(sealed_to.get(one, ())) for one in reports)) if reports else set()
    return Group(ids.fingerprint("\n".join(reports)), reports, tuple(common), tuple(sorted(readers)))


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


def kinds_in(named: object) -> dict[str, str]:
    """Kind of identifier by label, as a report says; nothing where it does not, or not in known words."""
    try:
        read = [shape.exactly(one, "kind", "link") for one in shape.items(named)]
        return {ids.check_id(one["link"]): shape.one_of(one["kind"], KINDS) for one in read}
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
    readers: tuple[str, ...] = ()
    if isinstance(value, dict) and "readers" in value:  # since version 2
        value = dict(value)
        readers = shape.sorted_texts(value.pop("readers"))
    body = shape.exactly(value, "common", "group", "reports")
    common = tuple(map(_common, shape.items(body["common"])))
    return Group(body["group"], shape.sorted_texts(body["reports"]), common, readers)


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
        "readers": list(group.readers),
        "reports": list(group.reports),
    }
