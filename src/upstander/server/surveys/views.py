"""The survey's page: one static file, the same bytes for everyone."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from upstander.pages import built
from upstander.server.institutions import access


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of an institution's survey; which one, the page reads from its own address."""
    access.institution_for(slug)
    data = built.plain_page("survey.html")
    if data is None:
        return HttpResponse("The page has not been built yet: run `npm run build`.", status=503)
    return HttpResponse(data, content_type="text/html; charset=utf-8")
