"""Leaves about people: keys that come and go, and what an administrator does to somebody's place."""

from __future__ import annotations

from collections.abc import Iterable

from upstander.formats.days import today
from upstander.server.accounts.models import Person
from upstander.server.log.commit import LeafDraft, server_leaf


def keys(person: Person, ids: Iterable[str], change: str) -> list[LeafDraft]:
    """That keys of this person were `added`, `retired` or `lost`, a leaf each."""
    day, slug = today(person.institution.time_zone), person.institution.slug
    return [server_leaf("key", slug, day, institution=slug, key=key, change=change) for key in ids]


def admin(act: str, person: Person) -> LeafDraft:
    """That an administrator did this to this person's place or ways in."""
    day, slug = today(person.institution.time_zone), person.institution.slug
    return server_leaf("admin", slug, day, act=act, institution=slug, subject=person.username)
