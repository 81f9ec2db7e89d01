"""The survey's page: one file, the same bytes for everyone at an institution."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from upstander.pages import built
from upstander.server.institutions import access as institutions
from upstander.server.surveys import access


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of an institution's survey, which knows the key of the body that issues passes."""
    data = built.survey_page(access.known_key(institutions.institution_for(slug)))
    if data is None:
        return HttpResponse("The page has not been built yet: run `npm run build`.", status=503)
    return HttpResponse(data, content_type="text/html; charset=utf-8")
