"""An invented force's staff totals, small areas and small groups included."""

from __future__ import annotations

from upstander.surveying.totals import Total

AREAS = {"North": 900, "South": 2600, "Airport": 40, "Stores": 70, "Headquarters": 600}
SEX = {"female": 0.35, "male": 0.645, "other": 0.005}
ETHNICITY = {"white": 0.86, "asian": 0.06, "black": 0.04, "mixed": 0.02, "other": 0.01, "not_stated": 0.01}
AGE = {"under_25": 0.08, "25_34": 0.3, "35_44": 0.3, "45_54": 0.25, "55_over": 0.07}
SHARES = {"disability": {"yes": 0.08, "no": 0.92}}


def totals() -> tuple[Total, ...]:
    """Whole people, by area, sex, ethnic group and age."""
    made = []
    for area, staff in AREAS.items():
        for sex, a in SEX.items():
            for ethnicity, b in ETHNICITY.items():
                for age, c in AGE.items():
                    n = round(staff * a * b * c)
                    if n:
                        made.append(Total(area, sex, ethnicity, age, n, n))
    return tuple(made)
