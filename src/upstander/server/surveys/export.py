"""Answers on their way into the extract: rows for its tables `survey` and `pop`, of closed waves only."""

from __future__ import annotations

import datetime
import json
import secrets
from typing import Any

from upstander.formats import ids
from upstander.server.institutions.models import Institution
from upstander.server.surveys import access
from upstander.surveying.instrument import FIELDS, ITEMS

Rows = list[dict[str, Any]]


def tables(institution: Institution, until: datetime.date) -> dict[str, Rows]:
    """Rows of waves that ended by a day, as `docs/reference/extract.md` lays them out; days are dates.

    A respondent's id is drawn anew each time and rows come in an order of chance, so that neither an extract
    and the database nor two extracts can be laid side by side. The day of every answer is the wave's last.
    """
    survey: Rows = []
    pop: Rows = []
    for wave in access.closed_waves(institution, until):
        for row in access.answers_of(wave):
            name = ids.new_id()
            codes = {key: getattr(row, key) for key in (*FIELDS, *ITEMS)}
            design = {"resp_id": name, "psu": name, "wave": wave.name, "base_weight": 1.0, "day": wave.closes}
            survey.append(design | codes)
        pop += [{"wave": wave.name, **cell} for cell in json.loads(wave.population)]
    secrets.SystemRandom().shuffle(survey)
    return {"survey": survey, "pop": pop}
