"""Ways in and out of the desk: sign in, prove again, an invite, first key, sign out."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upstander.server.accounts import people, sign_in
from upstander.server.accounts.decorators import staff_page
from upstander.server.accounts.session import active_key, person_of, signed_in
from upstander.server.errors import Refusal


def next_of(request: HttpRequest) -> str:
    """Where to go afterwards: an address of the desk, or the list of cases."""
    address = request.GET.get("next", "")
    own = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if own and address.startswith("/desk/") else "/desk/"


@require_safe
def sign_in_page(request: HttpRequest) -> HttpResponse:
    """Passkey or words. Somebody who is signed in goes on."""
    if signed_in(request) is not None:
        return HttpResponseRedirect(next_of(request))
    return render(request, "desk/sign-in.html", {"next": next_of(request)})


@require_safe
@staff_page
def again(request: HttpRequest) -> HttpResponseBase:
    """Asks once more for a passkey or words before an act that matters."""
    return render(request, "desk/again.html", {"next": next_of(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """An invite. Looking at it does nothing, so that a mail scanner cannot use it up; the button does."""
    if request.method == "POST":
        return _enter(request, token)
    person = people.invited(token)
    status = 200 if person is not None else 404
    return render(request, "desk/welcome.html", {"invited": person}, status=status)


def _enter(request: HttpRequest, token: str) -> HttpResponse:
    try:
        person = people.use_invite(token)
    except Refusal:
        return render(request, "desk/welcome.html", {"invited": None}, status=404)
    if request.user.is_authenticated:
        logout(request)
    return sign_in.with_invite(request, person)


@require_safe
@staff_page
def set_up(request: HttpRequest) -> HttpResponseBase:
    """The first key: words first, then an optional passkey. Somebody who has a key goes on."""
    if active_key(person_of(request)) is not None:
        return HttpResponseRedirect(reverse("desk-keys"))
    return render(request, "desk/set-up.html")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and has the browser forget everything this site stored in it."""
    logout(request)
    response = HttpResponseRedirect(reverse("account_login"))
    response["Clear-Site-Data"] = '"storage", "cache"'
    return response


@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    """For a person who was switched off."""
    return HttpResponseRedirect(reverse("account_login"))


def signed_out(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere."""
    return render(request, "desk/too-old.html", status=403)
