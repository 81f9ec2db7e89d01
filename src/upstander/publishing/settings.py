"""What a site says about itself: a TOML file beside the extracts, with day, address and places."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from upstander.publishing.errors import PublishError
from upstander.publishing.feeds import News
from upstander.publishing.site import Revision

KIND = "upstander/site/v1"
NEWS = ("hearing", "learning")


@dataclass(frozen=True, slots=True)
class Place:
    """An area: its short name, its name, and the units of the extract that lie in it."""

    slug: str
    name: str
    units: tuple[str, ...]
    welsh: str = ""  # its name in Welsh


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of one institution, named as its extract names it."""

    name: str
    slug: str
    report: str = ""
    signed_off: str = ""
    areas: tuple[Place, ...] = ()
    revisions: tuple[Revision, ...] = ()
    news: tuple[News, ...] = ()
    welsh: str = ""  # its name in Welsh


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole file. `whole`: these are all institutions of the log."""

    address: str
    published: date
    whole: bool = True
    demonstration: bool = False
    follow: str = ""
    hearings: str = ""
    institutions: Mapping[str, About] = field(default_factory=dict)

    def about(self, name: str) -> About:
        """What is said of this institution; its name alone where nothing is."""
        return self.institutions.get(name) or About(name, slug_of(name))


def slug_of(name: str) -> str:
    """A short name for addresses: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "institution"


def read_settings(path: Path) -> Settings:
    """Reads the file. Raises PublishError that names the entry and says what was expected there."""
    try:
        body = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PublishError(f"{path.name} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PublishError(f"{path.name} is not TOML: {error}.") from None
    top = Entries(body, "")
    if top.take("kind", str) != KIND:
        raise PublishError(f"kind: expected {KIND!r}.")
    listed = [_about(one) for one in top.tables("institution")]
    found = Settings(
        top.take("address", str),
        top.take("published", date),
        top.take("whole", bool, True),
        top.take("demonstration", bool, False),
        top.take("follow", str, ""),
        top.take("hearings", str, ""),
        {one.name: one for one in listed},
    )
    top.finish()
    if len(found.institutions) != len(listed):
        raise PublishError("institution.name: two institutions have the same name.")
    return found


def _about(one: Entries) -> About:
    name = one.take("name", str)
    slug = one.take("slug", str, slug_of(name))
    areas = []
    for area in one.tables("area"):
        units = area.take("units", list)
        if not units or not all(isinstance(unit, str | int) for unit in units):
            raise PublishError(f"{area.place}units: expected a list of units of the extract.")
        title = area.take("name", str)
        short, welsh = area.take("slug", str, slug_of(title)), area.take("name_cy", str, "")
        areas.append(Place(short, title, tuple(str(unit) for unit in units), welsh))
        area.finish()
    revisions = []
    for revision in one.tables("revision"):
        revisions.append(
            Revision(
                revision.take("day", date),
                revision.take("reason", str),
                revision.take("path", str, ""),
                revision.take("reason_cy", str, ""),
            )
        )
        revision.finish()
    news = []
    for item in one.tables("news"):
        kind = item.take("kind", str)
        if kind == "outcome":
            raise PublishError(
                f"{item.place}kind: an outcome has to go when its time is over, and a release stays. Tell it "
                "with `upstander hearing outcome`."
            )
        if kind not in NEWS:
            raise PublishError(f"{item.place}kind: expected one of {', '.join(NEWS)}.")
        title, text = item.take("title", str), item.take("text", str)
        welsh = item.take("title_cy", str, ""), item.take("text_cy", str, "")
        if any(welsh) and not all(welsh):
            raise PublishError(f"{item.place}title_cy and text_cy: give both or neither.")
        day = item.take("day", date)
        news.append(News(kind, day, title, text, f"i/{slug}/", welsh if all(welsh) else None))
        item.finish()
    found = About(
        name,
        slug,
        one.take("report", str, ""),
        one.take("signed_off", str, ""),
        tuple(areas),
        tuple(revisions),
        tuple(news),
        one.take("name_cy", str, ""),
    )
    one.finish()
    return found


class Entries:
    """Takes entries out of a table one by one, and complains of what is left."""

    def __init__(self, body: Mapping[str, Any], place: str) -> None:
        self.left, self.place = dict(body), place

    def take(self, name: str, kind: type, default: Any = None) -> Any:
        """The entry, which must be of this kind. Raises PublishError."""
        value = self.left.pop(name, default)
        words = {
            str: "text in quotes",
            date: "a day such as 2026-04-01",
            bool: "true or false",
            list: "a list",
        }
        if type(value) is not kind:
            raise PublishError(f"{self.place}{name}: expected {words[kind]}.")
        return value

    def tables(self, name: str) -> list[Entries]:
        """The entries of a list of tables."""
        value = self.left.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise PublishError(f"{self.place}{name}: expected [[{self.place}{name}]] tables.")
        return [Entries(one, f"{self.place}{name}.") for one in value]

    def finish(self) -> None:
        """Raises PublishError for an entry nobody asked for."""
        if self.left:
            raise PublishError(f"{self.place}{next(iter(self.left))}: there is no such entry.")
