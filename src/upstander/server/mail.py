"""Whether e-mail leaves this machine at all."""

from __future__ import annotations

from django.conf import settings


def posts() -> bool:
    """Whether there is a mail server. Without one nothing is printed: a journal would keep addresses.

    The demonstration prints what it would send, so that it can be looked at.
    """
    return settings.DEMO or not settings.EMAIL_BACKEND.endswith("console.EmailBackend")
