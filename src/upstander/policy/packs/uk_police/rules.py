"""Named predicates of the uk-police pack, each with its source. First cut: what has to be referred, and when.

Not legal advice. Open the article itself before a value is relied on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Coded:
    """What a handler has coded about one allegation. Facts, not findings."""

    serious_assault: bool = False
    serious_sexual_offence: bool = False
    sexual_purpose: bool = False
    improper_emotional_relationship: bool = False
    other_serious_corruption: bool = False
    might_be_crime_or_discipline: bool = False
    because_of: Collection[str] = ()  # protected characteristics, such as "sex" or "race"
    relevant_offence: bool = False
    death_or_serious_injury: bool = False
    grave_or_exceptional: bool = False
    senior: bool = False
    chief_officer: bool = False
    cannot_rule_out: bool = False
    articles_2_or_3: bool = False
    wishes_recording: bool = False
    convicted_indictable_only: bool = False
    domestic_abuse: bool = False
    child_picture: bool = False
    route: str = ""  # complaint, conduct or dsi


def serious_assault(coded: Coded) -> bool:
    """Has to be referred: serious assault.

    Source: Police (Complaints and Misconduct) Regulations 2020 (SI 2020/2), regs 4(1)(a)(i) and 7.
    """
    return coded.serious_assault


def serious_sexual_offence(coded: Coded) -> bool:
    """Has to be referred: serious sexual offence.

    Source: Police (Complaints and Misconduct) Regulations 2020 (SI 2020/2), regs 4(1)(a)(ii) and 7.
    """
    return coded.serious_sexual_offence


def serious_corruption(coded: Coded) -> bool:
    """Has to be referred: serious corruption, abuse of position for a sexual purpose or for an improper
    emotional relationship included.

    Source: Police (Complaints and Misconduct) Regulations 2020 (SI 2020/2), regs 4(1)(a)(iii) and 7.
    """
    return coded.sexual_purpose or coded.improper_emotional_relationship or coded.other_serious_corruption


def aggravated_by_discrimination(coded: Coded) -> bool:
    """Has to be referred: a crime, or behaviour liable to discipline, aggravated by discrimination.

    Source: Police (Complaints and Misconduct) Regulations 2020 (SI 2020/2), regs 4(1)(a)(iv) and 7.
    """
    return coded.might_be_crime_or_discipline and bool(coded.because_of)


def relevant_offence(coded: Coded) -> bool:
    """Has to be referred: a relevant offence (its sentence is fixed by law, or can be seven years or more).

    Source: Police (Complaints and Misconduct) Regulations 2020 (SI 2020/2), regs 4(1)(a)(v) and 7; HMRC
    manual CECCG15200 for what a relevant offence is.
    """
    return coded.relevant_offence


def death_or_serious_injury(coded: Coded) -> bool:
    """Has to be referred: somebody died or was seriously injured.

    Source: Police Reform Act 2002, Schedule 3, para 4(1)(a); every death or serious injury matter.
    """
    return coded.death_or_serious_injury or coded.route == "dsi"


def chief_officer(coded: Coded) -> bool:
    """Has to be referred: the conduct of a chief officer or the Deputy Commissioner of the Metropolis; a
    complaint only where it cannot be ruled out, from the complaint alone, that it is a crime, a disciplinary
    matter or a breach of Articles 2 or 3.

    Source: Police (Complaints and Misconduct) Regulations 2020 (SI 2020/2), regs 4(1)(c) and 7.
    """
    return coded.chief_officer and (coded.route == "conduct" or coded.cannot_rule_out)


def gravity(coded: Coded) -> bool:
    """Has to be referred: a conduct matter whose gravity or exceptional circumstances make it right.

    Source: Police (Complaints and Misconduct) Regulations 2020 (SI 2020/2), reg 7.
    """
    return coded.grave_or_exceptional and coded.route == "conduct"


def wishes_recording(coded: Coded) -> bool:
    """Has to be recorded: the complainant wishes it, at whatever time.

    Source: Police Reform Act 2002, Schedule 3, para 2(6A).
    """
    return coded.wishes_recording


def injury_is_recorded(coded: Coded) -> bool:
    """Has to be recorded: death or serious injury is alleged.

    Source: Police Reform Act 2002, Schedule 3, para 2(6B).
    """
    return death_or_serious_injury(coded)


def conduct_is_recorded(coded: Coded) -> bool:
    """Has to be recorded: it might be a crime, or justify disciplinary proceedings.

    Source: Police Reform Act 2002, Schedule 3, para 2(6B).
    """
    return coded.might_be_crime_or_discipline


def articles_are_recorded(coded: Coded) -> bool:
    """Has to be recorded: it might breach Articles 2 or 3 of the European Convention on Human Rights.

    Source: Police Reform Act 2002, Schedule 3, para 2(6B).
    """
    return coded.articles_2_or_3


def referral_is_recorded(coded: Coded) -> bool:
    """Has to be recorded: it is of a kind that has to be referred.

    Source: Police Reform Act 2002, Schedule 3, para 2(6B).
    """
    return any(
        criterion(coded)
        for criterion in (
            serious_assault,
            serious_sexual_offence,
            serious_corruption,
            aggravated_by_discrimination,
            relevant_offence,
            chief_officer,
        )
    )


def convicted_indictable_only(coded: Coded) -> bool:
    """It resulted in a conviction of an indictable-only offence, which is gross misconduct.

    Source: Police (Conduct) Regulations 2020 (SI 2020/4), reg 2(1) and (2A); SI 2025/558, reg 6.
    """
    return coded.convicted_indictable_only


def referral_due(clear: date) -> date:
    """Last day for a referral: the day after the day on which it first becomes clear that one is needed.

    Source: SI 2020/2, regs 4 and 7. From memory: check before it is relied on.
    """
    return clear + timedelta(days=1)


def first_update_due(started: date) -> date:
    """Last day for the first update: 28 calendar days, and every 28 days after that.

    Source: Police (Complaints and Misconduct) Regulations 2020 (SI 2020/2), reg 34(2).
    """
    return started + timedelta(days=28)
