"""Addresses of everybody's pages, under `/public/`; the last line is the published site itself."""

from django.urls import path

from upstander.server.transparency import views

urlpatterns = [
    path("releases/", views.releases, name="public-releases"),
    path("releases/<str:identity>/", views.release, name="public-release"),
    path("releases/<str:identity>/<path:path>", views.release),
    path("news/", views.subscribe, name="public-news"),
    path("news/confirm/<str:token>/", views.confirm, name="public-confirm"),
    path("news/stop/<str:token>/", views.stop, name="public-stop"),
    path("hearings/", views.hearings, name="public-hearings"),
    path("hearings/feed.atom", views.hearings_feed, {"form": "atom"}),
    path("hearings/feed.json", views.hearings_feed, {"form": "json"}),
    path("", views.site, name="public"),
    path("<path:path>", views.site),
]
