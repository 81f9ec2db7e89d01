"""What an act hands to `perform`: its leaf before it has a place, and the rows that come with it."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Model

from upstander.formats import canonical, ids
from upstander.formats.hashes import sha256
from upstander.ledger import leaf


@dataclass(frozen=True)
class LeafDraft:
    """A leaf to be (formats, section 7): `institution` a slug, `label` 32 hex digits, `salt` 32 bytes.

    `kind` is the one that is shown, `of` the label of the report that an answer answers. `said`: what the
    leaf commits to, where the log itself keeps it.
    """

    kind: str
    act: str
    institution: str
    day: datetime.date
    label: str
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    of: str = ""
    said: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Done:
    """What a change leaves: unsaved rows with keys of their own choosing, and the leaf of the act.

    `also` are leaves of what the act brought with it, such as the key that a new one retired.
    """

    rows: Sequence[Model]
    leaf: LeafDraft
    also: Sequence[LeafDraft] = ()


def server_leaf(
    kind: str, institution: str, day: datetime.date | None = None, /, **fields: canonical.JSON
) -> LeafDraft:
    """The draft of an act the server itself performs: random act id, label and salt.

    `fields` are those of the kind (`ledger.leaf`); `day` is today in UTC if unset. Raises FormatError.
    """
    said = canonical.encode(leaf.body(kind, **fields))
    return LeafDraft(
        kind,
        ids.new_id(),
        institution,
        day or datetime.datetime.now(datetime.UTC).date(),
        secrets.token_hex(16),
        secrets.token_bytes(32),
        sha256(said),
        said=said,
    )
