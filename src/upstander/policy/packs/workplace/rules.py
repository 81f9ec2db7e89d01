"""Named predicates of the workplace pack, each with its source. Not legal advice: open the article itself."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Coded:
    """What a handler has coded about one allegation. Facts, not findings."""

    crime: bool = False
    danger: bool = False
    environment: bool = False
    personal_data: bool = False
    union_funds: bool = False
    leadership: bool = False
    retaliation: bool = False
    because_of: Collection[str] = ()


def leadership_is_reported(coded: Coded) -> bool:
    """Has to go to somebody outside the line: the person reported leads the organisation.

    Source: Directive (EU) 2019/1937, Art 9(1)(c): an impartial person or department follows up.
    """
    return coded.leadership


def danger_to_life(coded: Coded) -> bool:
    """Has to be passed on at once: somebody's life or health is in danger.

    Source: A rule of this system.
    """
    return coded.danger


def personal_data_lost(coded: Coded) -> bool:
    """Has to be looked at by the data protection officer: personal data were lost, stolen or misused.

    Source: A rule of this system.
    """
    return coded.personal_data
