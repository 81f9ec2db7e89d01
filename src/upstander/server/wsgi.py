"""The WSGI application that the server process runs."""

import upstander.sqlite  # noqa: F401  (first: before anything imports sqlite3)

# isort: split
import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upstander.server.settings")
application = get_wsgi_application()


def _settle() -> None:
    """Load all addresses now, not with the first request, and spare the collector what stays for good.

    A full collection walks everything there is and stops every thread meanwhile; most of it never goes away.
    """
    from upstander.server import urls  # noqa: F401

    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


_settle()
