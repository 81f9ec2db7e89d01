"""What each Granian worker imports: the WSGI application, with a beat and the checkpoints beside it.

Kept apart from `serve` because it is imported in the worker process, never in the one that starts it.
"""

from upstander.cli.worker import belong_to_parent
from upstander.server import beat
from upstander.server.log import checkpoint
from upstander.server.wsgi import application

__all__ = ["application"]

belong_to_parent()
beat.start_thread()
checkpoint.start_thread()
