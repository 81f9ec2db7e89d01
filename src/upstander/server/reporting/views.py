"""The reporter's page: one static file, the same bytes for everyone."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upstander.pages import built
from upstander.server import roster
from upstander.server.installation import load
from upstander.server.institutions import access


@require_safe
def page(request: HttpRequest, slug: str, name: str = "report.html") -> HttpResponse:
    """The page of an institution; which one, the page reads from its own address."""
    access.institution_for(slug)
    installation = load()
    data = built.report_page(installation.id, installation.sign, roster.pin(), name)
    if data is None:
        return HttpResponse("The page has not been built yet: run `npm run build`.", status=503)
    return HttpResponse(data, content_type="text/html; charset=utf-8")


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Straight on where there is one institution; else a list."""
    institutions = access.institutions()
    if len(institutions) == 1:
        return HttpResponseRedirect(f"/{institutions[0].slug}/")
    return render(request, "start.html", {"institutions": institutions})
