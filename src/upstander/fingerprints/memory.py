"""Keeps an opened bank off the disk: no core file, and no look into it by others (Linux)."""

import ctypes
import resource

_SET_DUMPABLE = 4  # prctl(2)


def guard() -> None:
    """For this process and those it starts. Swap is left to whoever set up the machine: turn it off."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):  # another system: the limit on core files stands all the same
        return
