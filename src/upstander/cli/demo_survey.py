"""The demonstration's staff survey: a wave that is over, and one that is open, with codes to try it.

The body that issues passes is a process of its own; elsewhere it is somebody else's machine. Its address is
in the notice it signed, so the open wave begins when the demonstration is first served, on a port found then.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from upstander.cli.child import free_port, start_child, stop_children, wait_for
from upstander.cli.environment import private_folder
from upstander.surveying import collection, issuer, passes
from upstander.surveying.instrument import ITEMS, NOT_STATED
from upstander.surveying.notice import make_notice, read_notice
from upstander.surveying.totals import Total

if TYPE_CHECKING:
    from upstander.server.institutions.models import Institution
    from upstander.server.surveys.models import Wave

FOLDER = "survey"  # in the demonstration's data folder: one folder a wave
NAME = "Fellmoor University"
CODES = 6
LASTS = 60  # days
OVER, OPEN = "over", "open"  # folders
AREAS = {"Fellmoor": 900, "Wexhollow": 1400, "Marl Quay": 700, "Headquarters": 400}
SEX = {"female": 0.36, "male": 0.64}
ETHNICITY = {"white": 0.84, "asian": 0.07, "black": 0.06, "mixed": 0.03}
AGE = {"under_25": 0.1, "25_34": 0.3, "35_44": 0.3, "45_54": 0.2, "55_over": 0.1}
SAY = {"sexism": 0.24, "racism": 0.12, "homophobia": 0.09, "bullied": 0.19, "harassed": 0.13,
       "retaliation": 0.1, "trusts_reporting": 0.46}  # fmt: skip
MORE = {("female", "sexism"): 2.1, ("female", "harassed"): 1.9, ("female", "trusts_reporting"): 0.7}


def totals() -> tuple[Total, ...]:
    """The made-up force's staff."""
    return tuple(
        Total(area, sex, ethnicity, age, n, n)
        for area, staff in AREAS.items()
        for sex, a in SEX.items()
        for ethnicity, b in ETHNICITY.items()
        for age, c in AGE.items()
        if (n := round(staff * a * b * c))
    )


def make(data: Path, institution: Institution) -> list[str]:
    """The body's folders, the wave that is over with its answers, and codes for the one that is to come."""
    from upstander.server.surveys import actions

    private_folder(data / FOLDER)
    over = data / FOLDER / OVER
    actions.know_body(institution, issuer.create(over, NAME, "http://localhost:1"))
    today = date.today()
    wave = _open(over, institution, "last-year", today - timedelta(120), address="http://localhost:1")
    actions.take_invented(wave, answers(read_notice(wave.notice).tree))
    actions.close_wave(wave)
    issuer.create(data / FOLDER / OPEN, NAME, "http://localhost:1", over)
    return [passes.new_code() for _ in range(CODES)]


def answers(tree: collection.Tree) -> list[Mapping[str, str]]:
    """What four in ten of the staff answered, invented; the same every time."""
    chance = random.Random(7)  # noqa: S311  (invented answers, no secret)
    rows: list[Mapping[str, str]] = []
    for total in totals():
        about = {"stratum": collection.area_id(total.stratum), "sex": total.sex,
                 "ethnicity5": total.ethnicity5, "age_band": total.age_band}  # fmt: skip
        for _ in range(sum(chance.random() < 0.4 for _ in range(total.n))):
            row = collection.place(tree, about)
            for item in ITEMS:
                yes = min(SAY[item] * MORE.get((total.sex, item), 1.0), 1.0)
                said = "yes" if chance.random() < yes else "no"
                row[item] = NOT_STATED if chance.random() < 0.03 else said
            rows.append(row)
    return rows


def _open(folder: Path, institution: Institution, name: str, opens: date, *, address: str) -> Wave:
    """The body signs the notice of a wave; the institution takes it on."""
    from upstander.server.surveys import actions

    body, _, signing, seed = issuer.about(folder)
    text = make_notice(
        signing,
        wave=name,
        institution=institution.slug,
        issuer=body,
        address=address,
        key=issuer.wave_key(seed, name)[1],
        opens=opens.isoformat(),
        closes=(opens + timedelta(LASTS)).isoformat(),
        areas={collection.area_id(total.stratum): total.stratum for total in totals()},
        tree=collection.grow(totals()),
        shares={},
    )
    wave = actions.open_wave(institution, text, totals())
    issuer.keep_notice(folder, text)
    return wave


def begin(data: Path, slug: str, codes: list[str]) -> None:
    """Opens the wave that can be tried, on a port that is free now."""
    from django.db import connections

    from upstander.server.institutions.access import institution_for

    folder = data / FOLDER / OPEN
    today = date.today()
    _open(folder, institution_for(slug), "this-year", today, address=f"http://localhost:{free_port()}")
    body = issuer.Issuer(folder)
    body.add_codes(codes)
    body.close()
    connections.close_all()  # the server's workers open their own


@contextlib.contextmanager
def running(data: Path, slug: str, codes: list[str]) -> Iterator[None]:
    """Runs the body that issues passes, once it answers, until the block ends. Others have none."""
    from django.conf import settings

    folder = data / FOLDER / OPEN
    if not folder.is_dir():
        yield
        return
    if not issuer.has_notice(folder):
        begin(data, slug, codes)
    port = urlsplit(issuer.notice_in(folder).address).port
    survey = f"{settings.ORIGIN}/{slug}/survey/"
    child = start_child(
        folder, *("survey", "serve", "--folder", str(folder), "--survey", survey, "--port", str(port))
    )
    try:
        wait_for([port or 0])
        yield
    finally:
        stop_children([child])
