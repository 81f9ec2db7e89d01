"""The desk's outer wall: without a proved session nothing under /desk/ answers, whatever a view forgot."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from upstander.server.accounts.session import signed_in
from upstander.server.errors import TITLES, problem

# the ways in: everything else needs a session
OPEN = (
    "/desk/sign-in/",
    "/desk/sign-out/",
    "/desk/welcome/",
    "/desk/account/2fa/authenticate/",
    "/desk/account/2fa/webauthn/login/",
    "/desk/account/inactive/",
    "/api/v1/desk/sign-in",
)


class StaffMiddleware:
    """Runs after authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page, api = request.path.startswith("/desk/"), request.path.startswith("/api/v1/desk/")
        if not (page or api):
            return self.get_response(request)
        if request.path.startswith(OPEN) or signed_in(request) is not None:
            return self.get_response(request)
        if api:
            return problem(*TITLES[401], 401)
        address = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('account_login')}?{address}")
