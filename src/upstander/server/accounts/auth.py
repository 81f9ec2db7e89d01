"""Who may call the desk's interface: a session with a proof behind it, its CSRF token, and mostly a key."""

from typing import Any

from django.http import HttpRequest
from ninja.security import SessionAuth

from upstander.server.accounts.models import Person
from upstander.server.accounts.session import active_key, proved_lately, signed_in
from upstander.server.errors import Refusal


class StaffAuth(SessionAuth):
    """Signed in; the key may still be missing (set-up)."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return signed_in(request)


class DeskAuth(StaffAuth):
    """Signed in and with a key; `person_of(request)` and `key_of(request)` hold."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        person = signed_in(request)
        found = active_key(person) if person is not None else None
        if found is None:
            return None
        request.desk_key = found  # type: ignore[attr-defined]
        return person


staff_auth = StaffAuth()
desk_auth = DeskAuth()


def need_proof(request: HttpRequest) -> None:
    """Raises unless a passkey, words or a code were given in the last ten minutes."""
    if not proved_lately(request):
        raise Refusal("refused", "Prove again that it is you, then try once more.", 403, where="proof")
