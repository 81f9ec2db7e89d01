"""Disclosure control: the only door from a count to a page.

`release` takes tables of counts and the estimates that rest on them, hides what must be hidden, tries to
undo it as an outsider with a computer would, and hands out `Safe` values. Nothing else makes one.
"""

from upstander.measure.disclosure.cells import Cell, Dimension, Table
from upstander.measure.disclosure.past import Past
from upstander.measure.disclosure.published import Published
from upstander.measure.disclosure.release import Backed, Release, release, release_noisy
from upstander.measure.disclosure.rules import Rules
from upstander.measure.disclosure.safe import Safe, opened

__all__ = [
    "Backed",
    "Cell",
    "Dimension",
    "Past",
    "Published",
    "Release",
    "Rules",
    "Safe",
    "Table",
    "opened",
    "release",
    "release_noisy",
]
