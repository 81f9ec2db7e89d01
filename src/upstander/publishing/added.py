"""What a server adds to pages as they were signed for: a notice at the top, and institutions published apart.

The bytes that were signed for stay as they are; whoever wants them asks for `?as=signed`, as
`upstander verify publication` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from upstander.publishing.markup import Html

INSTITUTIONS, PLACES = "institutions-list", "places-list"  # of the first page
_MAIN = '<main class="page" id="main"><div class="frame flow">'
_ITEM = re.compile(r'<li><a href="i/([a-z0-9-]+)/(?:areas/[a-z0-9-]+/)?">(.*?)</a>.*?</li>', re.S)
_SECTION = re.compile(r'<section class="flow measure" aria-labelledby="places">.*?</section>', re.S)


def with_notice(page: str, notice: Html) -> str:
    """The page with a notice above everything it says; a page of another build gets it before its end."""
    if not notice:
        return page
    head, found, rest = page.partition(_MAIN)
    return f"{head}{found}{notice}{rest}" if found else page.replace("</body>", f"{notice}</body>", 1)


def with_all(front: str, own: Mapping[str, str]) -> str:
    """The first page with every institution and its places, each from its own newest first page (`own`)."""
    if not _SECTION.search(front):
        section = next((found[0] for page in own.values() if (found := _SECTION.search(page))), "")
        front = _list(INSTITUTIONS).sub(lambda one: one[0] + section, front, count=1)
    for name in (INSTITUTIONS, PLACES):
        items = [item for slug, page in own.items() for item in _items(page, name) if item[0] == slug]
        listed = "".join(text for _, _, text in sorted(items, key=lambda item: item[1:]))
        front = _list(name).sub(lambda one, listed=listed: f"{one[1]}{listed}{one[3]}", front, count=1)  # type: ignore[misc]
    return front


def _list(name: str) -> re.Pattern[str]:
    return re.compile(rf'(<ul class="dots" id="{name}">)(.*?)(</ul>)', re.S)


def _items(page: str, name: str) -> list[tuple[str, str, str]]:
    """The items of a list: institution, what stands there, and the item."""
    found = _list(name).search(page)
    return [(one[1], unescape(one[2]), one[0]) for one in _ITEM.finditer(found[2])] if found else []
