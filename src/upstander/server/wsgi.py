"""The WSGI application that the server process runs."""

import upstander.sqlite  # noqa: F401  (first: before anything imports sqlite3)

# isort: split
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upstander.server.settings")
application = get_wsgi_application()
