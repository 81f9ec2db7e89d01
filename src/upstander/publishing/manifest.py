"""`publication.json`: what a site is, what was held against the log, and the hash of every file of it."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from upstander.publishing.errors import PublishError

KIND = "upstander/publication/v1"
MOST = 100_000  # files
NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HASH = re.compile(r"[0-9a-f]{64}")


def read_manifest(data: bytes | str) -> dict[str, Any]:
    """What it says. Raises PublishError for anything else: it may come from anywhere."""
    try:
        body = json.loads(data)
        files, institutions, checked = body["files"], body["institutions"], body["checked"]
        if body["kind"] != KIND or not isinstance(files, dict) or len(files) > MOST:
            raise ValueError
        if not all(NAME.fullmatch(name) and HASH.fullmatch(value) for name, value in files.items()):
            raise ValueError
        if not institutions or not all(SLUG.fullmatch(one["slug"]) for one in institutions):
            raise ValueError
        if type(body["whole"]) is not bool or not isinstance(body["log"], str):
            raise TypeError
        if not all(isinstance(one.get("signed_off", ""), str) for one in institutions):
            raise TypeError
        if "review" in body:
            first, last = (date.fromisoformat(one) for one in body["review"])
            if first > last or len(institutions) != 1:
                raise ValueError
        if checked is not None and (
            type(checked["limit"]) is not int or not isinstance(checked["cutoff"], str)
        ):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise PublishError("publication.json does not describe a publication.") from None
    return dict(body)
