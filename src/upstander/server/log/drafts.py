"""What an act hands to `perform`: its leaf before it has a place, and the rows that come with it."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Model

from upstander.formats import ids


@dataclass(frozen=True)
class LeafDraft:
    """A leaf to be (formats, section 7): `institution` a slug, `label` 32 hex digits, `salt` 32 bytes."""

    kind: str
    act: str
    institution: str
    day: datetime.date
    label: str
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)


@dataclass(frozen=True)
class Done:
    """What a change leaves: unsaved rows with keys of their own choosing, and the one leaf of the act."""

    rows: Sequence[Model]
    leaf: LeafDraft


def server_leaf(kind: str, institution: str, digest: bytes, day: datetime.date | None = None) -> LeafDraft:
    """The draft of an act the server itself performs: random act id, label and salt.

    `day` is today in UTC if unset.
    """
    when = day or datetime.datetime.now(datetime.UTC).date()
    return LeafDraft(
        kind, ids.new_id(), institution, when, secrets.token_hex(16), secrets.token_bytes(32), digest
    )
