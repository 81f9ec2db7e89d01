"""Linkage: which mentions mean the same person. Runs where names can be read, on a handler's own machine.

What leaves it are pseudonyms, scores and decisions; no name does.
"""

from upstander.linkage.link import BackendError, Link, Links, Pair, link
from upstander.linkage.mentions import Mention, parse
from upstander.linkage.review import Decision, apply, queue

__all__ = ["BackendError", "Decision", "Link", "Links", "Mention", "Pair", "apply", "link", "parse", "queue"]
