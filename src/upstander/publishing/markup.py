"""HTML as values: whatever is not markup already is escaped, so that no text can become a tag."""

from __future__ import annotations

from html import escape
from typing import final

VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})
SHAPES = frozenset({"circle", "line", "path", "rect"})  # of SVG, where an element must be closed


@final
class Html(str):
    """Text that is markup. Only `el`, `raw` and `join` make it."""

    __slots__ = ()


def raw(markup: str) -> Html:
    """Markup written in this house, as it stands. Never for anything that came from data."""
    return Html(markup)


def join(*parts: str | None) -> Html:
    """The parts one after the other; text is escaped, None left out."""
    return Html(
        "".join(part if isinstance(part, Html) else escape(part, quote=False) for part in parts if part)
    )


def el(tag: str, *children: str | None, **attributes: str | int | bool | None) -> Html:
    """An element. `class_` and `for_` lose their stroke, other strokes become hyphens; None is left out."""
    given = "".join(
        f" {_name(name)}" if value is True else f' {_name(name)}="{escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in VOID:
        return Html(f"<{tag}{given}>")
    if tag in SHAPES:
        return Html(f"<{tag}{given}/>")
    return Html(f"<{tag}{given}>{join(*children)}</{tag}>")


def _name(name: str) -> str:
    return name.rstrip("_").replace("_", "-") if name != "viewBox" else name
