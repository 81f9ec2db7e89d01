"""Pages of the desk that concern cases: what the server may know, never what is sealed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def cases(request: HttpRequest) -> HttpResponse:
    """The handler's list: every case she holds a live grant for."""
    return render(request, "desk/cases.html", {})


def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case; the same not-found page whether it is absent or not hers."""
    return render(request, "desk/case.html", {"case_id": case_id})
