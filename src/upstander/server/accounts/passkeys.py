"""allauth's passkey views, answering in JSON to our own script.

The script adds the PRF extension to the options it gets here and takes the PRF result out of what it sends
back: the result unwraps the handler's keys and must never reach this server. What arrives with it is refused.
"""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, ReauthenticateWebAuthnView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from upstander.server.accounts.keys import forget_passkey
from upstander.server.accounts.models import Person
from upstander.server.errors import problem

_FAILED = "This passkey was not accepted. Try again, or use your words."


def _carries_prf(request: HttpRequest) -> bool:
    """Whether a credential came with a PRF result: a fault of the page, and a secret we must not have."""
    try:
        credential = json.loads(request.POST.get("credential", "{}"))
        results = credential.get("clientExtensionResults", {}).get("prf", {})
        return bool(results.get("results"))
    except (ValueError, AttributeError):
        return True


def removed(user: Person, authenticator: Authenticator, **_: object) -> None:
    """A passkey was removed: what it unwrapped goes with it."""
    if authenticator.type == Authenticator.Type.WEBAUTHN:
        forget_passkey(user, str(authenticator.data["credential"].get("id", "")))


class _Json:
    """Options on GET; on POST what went well or the one refusal."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and _carries_prf(request):
            return problem(
                "malformed", "The page sent something it must keep to itself. Nothing was stored.", 400
            )
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        if context["form"].is_bound:
            return problem("refused", _FAILED, 403)
        return JsonResponse(context["js_data"])

    def form_invalid(self, form: Any) -> HttpResponse:
        return problem("refused", _FAILED, 403)

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return JsonResponse({"next": response.headers.get("Location", "/desk/")})


class Add(_Json, AddWebAuthnView):  # type: ignore[misc]
    """Options for a new passkey; takes the credential."""


class Login(_Json, LoginWebAuthnView):  # type: ignore[misc]
    """Signs in with a passkey, without a user name."""


class Again(_Json, ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Proves with a passkey that the person who is signed in is there."""
