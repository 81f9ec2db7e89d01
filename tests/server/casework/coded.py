"""Coded facts as a handler's browser sends them, with only what a test is about said."""

from __future__ import annotations

from typing import Any

from upstander.formats import ids


def party(role: str = "subject", **said: Any) -> dict[str, Any]:
    """A person in the case."""
    return {
        "kind": "party",
        "item": ids.new_id(),
        "role": role,
        "known": True,
        "who": ids.new_id(),
        "type_then": "officer",
        "type_now": "officer",
        "answers_hold": True,
        **said,
    }


def allegation(subject: dict[str, Any], category: str = "sexual-harassment", **said: Any) -> dict[str, Any]:
    """One conduct by this subject."""
    return {
        "kind": "allegation",
        "item": ids.new_id(),
        "subject": subject["item"],
        "category": category,
        "incident": ids.new_id(),
        **said,
    }


def declaration() -> dict[str, Any]:
    """That there is no connection to anybody in the case."""
    return fact("declaration", declared={"interest": False}, outcome="stays")


def fact(kind: str, **said: Any) -> dict[str, Any]:
    """Any other."""
    return {"kind": kind, "item": ids.new_id(), **said}
