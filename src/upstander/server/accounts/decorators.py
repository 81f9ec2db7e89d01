"""What every desk page asks before its view runs: signed in, active, with a key; some ask for proof again."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from upstander.server.accounts.session import active_key, person_of, proved_lately, signed_in

View = Callable[..., HttpResponseBase]


def _go(name: str, request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")


def staff_page(view: View) -> View:
    """Signed in and active; the key may still be missing (set-up pages)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if signed_in(request) is None:
            return _go("account_login", request)
        return view(request, *args, **kwargs)

    return guarded


def desk_page(view: View) -> View:
    """Signed in, active and with a key, so `person_of(request)` and `key_of(request)` hold."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        person = signed_in(request)
        if person is None:
            return _go("account_login", request)
        key = active_key(person)
        if key is None:
            return HttpResponseRedirect(reverse("desk-set-up"))
        request.desk_key = key  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded


def administrator_page(view: View) -> View:
    """A desk page for administrators; to everybody else it does not exist."""

    @desk_page
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not person_of(request).administrator:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def proof_again(view: View) -> View:
    """Asks for a passkey or words again unless one was given lately. Put it under `desk_page`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not proved_lately(request):
            return _go("account_reauthenticate", request)
        return view(request, *args, **kwargs)

    return guarded
