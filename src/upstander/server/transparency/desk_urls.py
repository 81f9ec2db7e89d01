"""Addresses under `/desk/` for who signs for figures."""

from django.urls import path

from upstander.server.transparency import desk

urlpatterns = [
    path("figures/", desk.waiting, name="desk-publications"),
    path("figures/<str:identity>/", desk.sign, name="desk-publication"),
    path("figures/<str:identity>/look/", desk.preview, name="desk-preview"),
    path("figures/<str:identity>/look/<path:path>", desk.preview),
]
