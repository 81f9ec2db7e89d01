"""Bends allauth to this house: no sign-up, no mail about accounts, one page that asks for proof again."""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse

from upstander.formats import b64
from upstander.server.accounts.models import Person
from upstander.server.accounts.session import proved_lately
from upstander.server.installation import load


def _cipher() -> AESGCM:
    """A stolen database alone then gives no codes: the key lies in the installation's key folder."""
    return AESGCM(load().mac("second-step", b""))


class SecondStep(AuthenticateStage):  # type: ignore[misc]
    """Asks for the code of an authenticator app where the person has one.

    Words are a full way in beside a passkey, for a device that has none: owning a passkey does not make it a
    second step of signing in with words.
    """

    def handle(self) -> tuple[Any, bool]:
        person = self.login.user
        if (
            person is None
            or not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()
        ):
            return None, True
        answer: tuple[Any, bool] = super().handle()
        return answer


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Account decisions."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["upstander.server.accounts.adapter.SecondStep"]

    def get_reauthentication_methods(self, user: AbstractBaseUser | AnonymousUser) -> list[dict[str, str]]:
        if not user.is_authenticated:
            return []
        return [
            {"id": "desk", "description": "Passkey or words", "url": reverse("account_reauthenticate")},
            {"id": "passkey", "description": "Passkey", "url": reverse("mfa_reauthenticate_webauthn")},
        ]

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        return not proved_lately(context.request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Addresses are never looked at: a whole station shares one, and nothing here counts by it."""
        return "0.0.0.0"  # noqa: S104


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Names shown by the authenticator; secrets of the second step are sealed to the installation."""

    def encrypt(self, text: str) -> str:
        iv = secrets.token_bytes(12)
        return b64.encode(iv + _cipher().encrypt(iv, text.encode(), None))

    def decrypt(self, encrypted_text: str) -> str:
        data = b64.decode(encrypted_text)
        return _cipher().decrypt(data[:12], data[12:], None).decode()

    def _get_site_name(self) -> str:
        return "Upstander"

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        """The name on the passkey is the user name only: a list of passkeys shows no names of people."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": user.username, "display_name": user.username}
