"""What opens the entries of a publication in the log: for anybody who checks it from outside."""

from __future__ import annotations

from typing import Any

from upstander.server.transparency import access
from upstander.server.transparency.models import Publication, SignOff

KIND = "upstander/publication-leaf/v1"


def opening_of(publication: Publication) -> dict[str, Any]:
    """Labels and salts of the leaf that made it public, and of the signatures. Bodies, never persons.

    With them, and with the hash of `publication.json`, each leaf can be recomputed and looked for in a copy
    of the log.
    """
    signed = publication.sign_offs.select_related("institution", "channel").order_by("institution__slug")
    return {
        "kind": KIND,
        "manifest": publication.manifest,
        "published": {
            "institution": access.measured(publication)[0].slug,
            "label": publication.label,
            "salt": publication.salt,
        },
        "signed": [_signed(one) for one in signed],
    }


def _signed(one: SignOff) -> dict[str, str]:
    return {
        "institution": one.institution.slug,
        "body": one.channel.name,
        "label": one.label,
        "salt": one.salt,
    }
