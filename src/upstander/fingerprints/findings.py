"""What a distance means: bands, the second look, and which fingerprints hit too much to mean anything.

One fingerprint is never enough to say anything about anyone (docs/explanation/fingerprints.md). A *match*
needs the second look to agree too: the colour layout, or the very same file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from upstander.fingerprints import colour

Band: TypeAlias = Literal["match", "possible", "weak"]

ORDER: Final[tuple[Band, ...]] = ("match", "possible", "weak")
MATCH: Final = 31  # bits: ThreatExchange's advice; the nearest unrelated pair measured is at 102
POSSIBLE: Final = 40
WEAK: Final = 60
AGREEING: Final = 2  # crops of one picture that must both be within WEAK
COMMON: Final = 50  # different files that one picture of the bank may hit before it is set aside


@dataclass(frozen=True, slots=True)
class Lead:
    """A place where a picture of the bank may be. Nothing in it shows the picture or its fingerprint."""

    where: tuple[str, ...]
    sha256: str
    size: int
    modified: str
    picture: int
    case: str
    band: Band
    distance: int
    quality: int
    changed: str
    second: str
    sender: str = ""
    sent: str = ""
    chat: str = ""
    make: str = ""
    model: str = ""
    taken: str = ""
    second_of_film: int = -1

    def to_json(self) -> dict[str, Any]:
        """As it stands in journal and lead sheet."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


def lead_from_json(value: dict[str, Any]) -> Lead:
    """The lead behind a line of a journal. Raises TypeError for other fields."""
    return Lead(**{**value, "where": tuple(value["where"])})


def band(distance: int, colours_apart: int | None, agreeing: int) -> Band | None:
    """The band of a hit whose qualities are both high enough.

    `colours_apart` are the bits of 128 in which the colour layouts differ, None where one says nothing;
    `agreeing` the number of crops of the same picture within WEAK.
    """
    colours_agree = colours_apart is not None and colours_apart <= colour.NEAR
    colours_differ = colours_apart is not None and not colours_agree
    if distance <= MATCH:
        return "match" if colours_agree else "weak" if colours_differ else "possible"
    if distance <= POSSIBLE:
        return "weak" if colours_differ else "possible"
    if distance <= WEAK and agreeing >= AGREEING and not colours_differ:
        return "weak"
    return None


def second_look(colours_apart: int | None) -> str:
    """The second look in words."""
    if colours_apart is None:
        return "not possible: one of the two has hardly any colour"
    verdict = "agrees" if colours_apart <= colour.NEAR else "does not agree"
    return f"the colour layout {verdict} ({colours_apart} of 128 bits differ)"


def in_words(orientation: str, cut: str, crop: int) -> str:
    """How the found picture differs from the reporter's."""
    parts = [
        orientation if orientation != "as it is" else "",
        cut,
        f"cropped by about {crop} %" if crop else "",
    ]
    return ", ".join(part for part in parts if part) or "as it is"


def set_aside(leads: Iterable[Lead]) -> tuple[list[Lead], list[tuple[int, int]]]:
    """Leads in order, without those of pictures that hit too much; and these, with their counts.

    A fingerprint of a logo, a blank screen or a meme hits file after file. That says nothing about any.
    """
    kept = list(leads)
    files: dict[int, set[str]] = {}
    for lead in kept:
        files.setdefault(lead.picture, set()).add(lead.sha256)
    common = {picture: len(found) for picture, found in files.items() if len(found) > COMMON}
    kept = [lead for lead in kept if lead.picture not in common]
    kept.sort(key=_order)
    return kept, sorted(common.items())


def _order(lead: Lead) -> tuple[object, ...]:
    return ORDER.index(lead.band), lead.distance, lead.where, lead.second_of_film, lead.picture


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
