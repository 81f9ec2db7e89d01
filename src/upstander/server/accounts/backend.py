"""Finds the person of a session. Nobody signs in through here: there is no password to check."""

from django.contrib.auth.backends import BaseBackend

from upstander.server.accounts.models import Person


class PersonBackend(BaseBackend):
    """A person who was switched off has no session from that moment on."""

    def get_user(self, user_id: int) -> Person | None:
        return Person.objects.select_related("institution").filter(pk=user_id, is_active=True).first()
