"""Settings, from the environment: one data folder, one database, one address.

UPSTANDER_DATA           folder of database, sealed files and keys (default ./data)
UPSTANDER_DATABASE_URL   postgres://user:password@host:port/name, `?host=folder` for a socket (default SQLite)
UPSTANDER_ORIGIN         the one address people use (default http://127.0.0.1:8000)
UPSTANDER_DEMO=1         demonstration: e-mail is printed, not sent
UPSTANDER_MAIL_URL       smtp://user:password@host:port, smtps:// for TLS from the start
UPSTANDER_MAIL_FROM      sender of what is sent
UPSTANDER_LOG_BEAT       seconds between two tree heads of the log (default 86400, a day)
UPSTANDER_SHOW_ERRORS=yes-on-my-own-machine   error pages with source lines; never where others can reach it
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import upstander.sqlite
from upstander.server.settings_accounts import *  # noqa: F403
from upstander.server.settings_accounts import ACCOUNTS_APPS, ACCOUNTS_CONTEXT_PROCESSORS, ACCOUNTS_MIDDLEWARE

BASE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("UPSTANDER_DATA", "data")).resolve()
ORIGIN = os.environ.get("UPSTANDER_ORIGIN", "http://127.0.0.1:8000").rstrip("/")
DEMO = os.environ.get("UPSTANDER_DEMO") == "1"
SECURE = ORIGIN.startswith("https://")
LOG_BEAT = max(1, int(os.environ.get("UPSTANDER_LOG_BEAT", "86400")))


def _secret() -> str:
    """The installation's secret; before there is one, a throwaway that signs nothing anybody keeps."""
    path = DATA / "keys" / "secret"
    return path.read_text("ascii").strip() if path.exists() else secrets.token_urlsafe(48)


def _sqlite() -> dict[str, Any]:
    mode = upstander.sqlite.journal_mode()
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "db.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: a receipt must not vanish with the power. secure_delete: what is deleted is overwritten.
            "init_command": f"PRAGMA journal_mode={mode};PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            "PRAGMA trusted_schema=OFF;PRAGMA cell_size_check=ON;PRAGMA secure_delete=ON;"
            # Our own thread checkpoints (`log/checkpoint.py`); only at 128 MiB SQLite helps itself.
            "PRAGMA wal_autocheckpoint=32000;",
        },
    }


def _database(url: str) -> dict[str, Any]:
    if not url:
        return _sqlite()
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("UPSTANDER_DATABASE_URL must begin with postgres://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": query,
    }


def _mail(url: str) -> dict[str, Any]:
    if not url:
        return {}
    parts = urlsplit(url)
    return {
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
    }


SECRET_KEY = _secret()
DEBUG = os.environ.get("UPSTANDER_SHOW_ERRORS") == "yes-on-my-own-machine"
_host = urlsplit(ORIGIN).hostname or "127.0.0.1"
ALLOWED_HOSTS = [_host, "localhost"] if _host == "127.0.0.1" else [_host]
CSRF_TRUSTED_ORIGINS = [ORIGIN] if SECURE else []

INSTALLED_APPS = [
    *ACCOUNTS_APPS,
    "upstander.server.log",
    "upstander.server.institutions",
    "upstander.server.accounts",
    "upstander.server.cases",
    "upstander.server.reporting",
    "upstander.server.casework",
    "upstander.server.oversight",
    "upstander.server.pledges",
    "upstander.server.retention",
    "upstander.server.surveys",
    "upstander.server.tools",
    "upstander.server.linked",
    "upstander.server.transparency",
]
MIDDLEWARE = [
    "upstander.server.headers.HeadersMiddleware",
    "upstander.server.errors.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    *ACCOUNTS_MIDDLEWARE,
]
ROOT_URLCONF = "upstander.server.urls"
WSGI_APPLICATION = "upstander.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [*ACCOUNTS_CONTEXT_PROCESSORS]},
    }
]
DATABASES = {"default": _database(os.environ.get("UPSTANDER_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
APPEND_SLASH = True
STATIC_URL = "/assets/"  # no app serves files of its own; the name is here for libraries that ask

# Security. No redirect to https here: the proxy in front does that.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
if SECURE:
    SESSION_COOKIE_NAME = "__Host-desk"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# Sealed report and sheet in the largest bucket, base64, and the grants: 2 x 4 MiB x 4/3 + 5 MiB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 0

MAIL_URL = os.environ.get("UPSTANDER_MAIL_URL", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if MAIL_URL and not DEMO else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("UPSTANDER_MAIL_FROM", f"upstander@{_host}")
EMAIL_TIMEOUT = 5  # seconds; the beat's other work waits meanwhile
globals().update(_mail(MAIL_URL))

# What is logged: the kind of error and where in the code. Never an address, a path, a body or a value.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "upstander.server.logs.PlainFormatter"}},
    "filters": {"only_errors": {"()": "upstander.server.logs.OnlyErrors"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "faults": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["only_errors"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["faults"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "upstander": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
