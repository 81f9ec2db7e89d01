"""Who may be let in to a case. Asked when a page lists candidates, and again when the grant is made."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A person somebody wants to give a grant to. All ids are opaque here.

    `institutions` are those of the channels where the membership is active; `inside` is whether any of those
    channels works for the institution the case is about.
    """

    person: str
    institutions: Collection[str]
    inside: bool
    has_key: bool


@dataclass(frozen=True)
class CaseFacts:
    """What the rule needs to know of a case: `outside_only` when the reporter chose no channel inside."""

    institution: str
    excluded: Collection[str]  # persons the reporter left out
    holders: Collection[str]  # persons with a live grant
    outside_only: bool


def may_let_in(candidate: Candidate, case: CaseFacts) -> str | None:
    """Why this person may not be let in, in plain words, or None when she may.

    A reporter's exclusion comes first, and nobody at the desk can lift it. A report sent only to bodies
    outside is not opened to people inside: the reporter went round them.
    """
    if candidate.person in case.excluded:
        return "The reporter asked that this person never sees it."
    if case.institution not in candidate.institutions:
        return "This person is not an active member of a team here."
    if case.outside_only and candidate.inside:
        return "The reporter chose only bodies outside. Nobody inside can be let in."
    if not candidate.has_key:
        return "This person has no key yet."
    if candidate.person in case.holders:
        return "This person can already open it."
    return None
