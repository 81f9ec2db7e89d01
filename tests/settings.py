"""The real settings, on a data folder of their own that is thrown away."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="upstander-tests-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["UPSTANDER_DATA"] = str(_folder)

from upstander.server.installation import create  # noqa: E402

create(_folder)

from upstander.server.settings import *  # noqa: E402, F403

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # a file: threads of one test share it as processes of a real server would
    DATABASES["default"]["TEST"] = {"NAME": _folder / "test.sqlite3"}  # noqa: F405
