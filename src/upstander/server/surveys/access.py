"""How waves and answers are reached: a wave by its institution, all answers of closed ones for extracts."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from functools import lru_cache
from typing import Literal

from upstander.formats import days
from upstander.server.errors import Refusal, not_found
from upstander.server.institutions.models import Institution
from upstander.server.surveys.models import Answer, Spent, Wave
from upstander.surveying.notice import Notice, read_notice

State = Literal["none", "soon", "open", "closed"]


def known_key(institution: Institution) -> str:
    """The signing key of the body that issues passes, or nothing where none is known yet."""
    body = institution.survey_bodies.order_by("-place").first()
    return body.sign if body is not None else ""


def newest_wave(institution: Institution) -> Wave | None:
    """The wave that is open, was last, or comes next."""
    return institution.waves.order_by("-opens", "-name").first()


def open_wave(institution: Institution) -> Wave:
    """The wave that takes answers today. Raises `survey-closed`."""
    wave = newest_wave(institution)
    if wave is None or state_of(wave, days.today(institution.time_zone)) != "open":
        raise closed()
    return wave


def locked(wave: Wave) -> Wave:
    """The wave's row while the transaction lasts, if it still takes answers. Raises `survey-closed`."""
    found = Wave.objects.select_for_update().get(id=wave.id)
    if found.closed:
        raise closed()
    return found


def closed() -> Refusal:
    """No answers are taken."""
    return Refusal("survey-closed", "The survey is closed. Your answers were not kept.", 409)


def wave_named(institution: Institution, name: str) -> Wave:
    """A wave by its name. Raises the not-found Refusal."""
    found = institution.waves.filter(name=name).first()
    if found is None:
        raise not_found()
    return found


def state_of(wave: Wave | None, today: datetime.date) -> State:
    """Whether answers are taken on that day."""
    if wave is None:
        return "none"
    if wave.closed or today > wave.closes:
        return "closed"
    return "soon" if today < wave.opens else "open"


def notice_of(wave: Wave) -> Notice:
    """The notice, read once."""
    return _read(wave.notice)


@lru_cache(maxsize=16)
def _read(text: str) -> Notice:
    return read_notice(text)


def is_spent(name: str) -> bool:
    """Whether a pass with this hash was spent."""
    return Spent.objects.filter(name=name).exists()


def answers_of(wave: Wave) -> list[Answer]:
    """All answers of a wave, in no order that means anything."""
    return list(wave.answers.order_by("id"))


def response(wave: Wave) -> list[tuple[str, int, int]]:
    """Name of each area as answers have it, how many answered there, how many were invited."""
    names = notice_of(wave).areas
    invited: Counter[str] = Counter()
    for cell in json.loads(wave.population):
        invited[cell["stratum"]] += cell["invited"]
    answered = Counter(wave.answers.values_list("stratum", flat=True))
    areas = sorted(invited | answered, key=lambda area: names.get(area, area))
    return [(names.get(area, area), answered[area], invited[area]) for area in areas]


def closed_waves(institution: Institution, until: datetime.date) -> list[Wave]:
    """Waves that ended by this day: an open one is never counted, or two countings could be subtracted."""
    return list(institution.waves.filter(closed=True, closes__lte=until).order_by("opens", "name"))


def overdue() -> list[Wave]:
    """Waves whose last day is past where their institution is, and that were not closed yet."""
    waves = Wave.objects.filter(closed=False).select_related("institution")
    return [wave for wave in waves if days.today(wave.institution.time_zone) > wave.closes]


def unshuffled(today: datetime.date) -> list[Wave]:
    """Open waves whose rows were last stored anew before today."""
    return list(Wave.objects.filter(closed=False, shuffled__lt=today))
