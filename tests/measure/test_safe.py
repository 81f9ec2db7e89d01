"""Attempts to make a `Safe` without disclosure control, or to change one."""

from __future__ import annotations

import ast
import copy
import dataclasses
import pickle
import types
from pathlib import Path

import numpy as np
import pytest

from upstander.measure.disclosure import Dimension, Published, Safe, Table, opened, release
from upstander.measure.disclosure import safe as room
from upstander.measure.errors import DisclosureError

SOURCES = Path(__file__).parents[2] / "src/upstander"


def made() -> Safe[Published]:
    return release("r", [Table("t", "T", "p", (Dimension("a", ("x", "y")),), np.array([60, 70]))]).tables[0]


FORGED = Published("t", "T", "counts", ("a", "count"), (("x", 1),))


def test_a_safe_opens() -> None:
    assert opened(made()).rows == (("x", 60), ("y", 70), ("All", 130))


@pytest.mark.parametrize(
    "attempt",
    [
        Safe,
        lambda: Safe(FORGED),  # type: ignore[call-arg]
        lambda: opened(object.__new__(Safe)),
        lambda: opened(FORGED),  # type: ignore[type-var, arg-type]
        lambda: opened(types.SimpleNamespace(value=FORGED)),  # type: ignore[type-var, arg-type]
        lambda: types.new_class("Safer", (Safe,)),
        lambda: type("Safe", (Safe,), {}),
        lambda: pickle.dumps(made()),
        lambda: pickle.dumps(made(), protocol=0),
        lambda: copy.copy(made()).__reduce__(),
        lambda: dataclasses.replace(made()),  # type: ignore[type-var]
        lambda: setattr(made(), "value", FORGED),
        lambda: setattr(made(), "extra", FORGED),
        lambda: object.__setattr__(made(), "value", FORGED),
        lambda: object.__setattr__(made(), "_value", FORGED),
        room.take_seal,
        lambda: opened(object.__new__(type("Safe", (), {}))),
    ],
)
def test_nobody_else_makes_one(attempt: object) -> None:
    with pytest.raises((DisclosureError, TypeError, AttributeError)):
        attempt()  # type: ignore[operator]


def test_a_copy_is_the_same_one_and_cannot_be_filled() -> None:
    one = made()
    assert copy.copy(one) is one
    assert copy.deepcopy(one) is one
    forged = object.__new__(Safe)
    with pytest.raises((DisclosureError, TypeError, AttributeError)):
        object.__setattr__(forged, "__class__", int)
    with pytest.raises(DisclosureError):
        opened(forged)


def test_changing_the_class_of_another_object_does_not_help() -> None:
    class Other:
        __slots__ = ("__weakref__",)

    other = Other()
    try:
        other.__class__ = Safe  # type: ignore[assignment]
    except TypeError:
        return
    with pytest.raises(DisclosureError):
        opened(other)  # type: ignore[type-var, arg-type]


def test_equality_and_hash_cannot_be_borrowed() -> None:
    one = made()

    class Like:
        def __hash__(self) -> int:
            return hash(one)

        def __eq__(self, other: object) -> bool:
            return True

    with pytest.raises(DisclosureError):
        opened(Like())  # type: ignore[type-var, arg-type]


def test_writing_into_what_is_inside_is_noticed() -> None:
    one = made()
    inside = opened(one)
    with pytest.raises(dataclasses.FrozenInstanceError):
        inside.rows = ()  # type: ignore[misc]
    object.__setattr__(inside, "rows", (("x", 61), ("y", 70), ("All", 131)))
    with pytest.raises(DisclosureError, match="changed"):
        opened(one)
    with pytest.raises(DisclosureError, match="changed"):
        repr(one)


def test_a_replaced_inside_is_not_safe() -> None:
    inside = opened(made())
    with pytest.raises(DisclosureError):
        opened(dataclasses.replace(inside, rows=()))  # type: ignore[type-var]


@pytest.mark.parametrize("value", [[1], None, True, float("nan"), np.int64(3), b"x"])
def test_only_text_and_numbers_get_in(value: object) -> None:
    with pytest.raises(DisclosureError):
        Published("t", "T", "counts", ("a",), ((value,),))  # type: ignore[arg-type]


def test_only_the_door_knows_the_seal() -> None:
    """What the language cannot forbid, a reader of the source can see.

    Who reaches for the seal, or into closures.
    """
    reaching = {}
    for path in SOURCES.rglob("*.py"):
        names = {
            node.attr
            if isinstance(node, ast.Attribute)
            else node.name
            if isinstance(node, ast.alias)
            else node.id
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Attribute | ast.alias | ast.Name)
        }
        if found := names & {
            "take_seal",
            "_look_inside",
            "_gate",
            "_doors",
            "__closure__",
            "cell_contents",
            "get_referents",
        }:
            reaching[str(path.relative_to(SOURCES))] = found
    assert set(reaching) == {"measure/disclosure/safe.py", "measure/disclosure/release.py"}
