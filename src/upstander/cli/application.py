"""What each Granian worker imports: the WSGI application, with a beat and the checkpoints beside it.

Kept apart from `serve` because it is imported in the worker process, never in the one that starts it.
"""

import ctypes
import multiprocessing
import os
import signal
import sys

from upstander.server import beat
from upstander.server.log import checkpoint
from upstander.server.wsgi import application

__all__ = ["application"]

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def belong_to_parent() -> None:
    """Only the parent ends this worker: by its signal when it stops, at once when it is killed.

    Ctrl-C reaches a whole process group. A worker that is told twice, by the terminal and by its parent, does
    not stop until it is killed, so it leaves the group.
    """
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:  # it was killed before the line above
        os._exit(1)


belong_to_parent()
beat.start_thread()
checkpoint.start_thread()
