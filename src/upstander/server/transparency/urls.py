"""Addresses of everybody's pages, under `/public/`, each once more in Welsh under `cy/`.

The last lines are the published site itself.
"""

from django.urls import path

from upstander.publishing.language import FOLDERS, LANGUAGES
from upstander.server.transparency import views

urlpatterns = [
    path("releases/<str:identity>/", views.release, name="public-release"),
    path("releases/<str:identity>/<path:path>", views.release),
]
for language in LANGUAGES:
    own, spoken = FOLDERS[language], {"language": language}
    urlpatterns += [
        path(f"{own}releases/", views.releases, spoken),
        path(f"{own}i/<slug:slug>/review/", views.review, spoken),
        path(f"{own}i/<slug:slug>/review/<path:path>", views.review, spoken),
        path(f"{own}news/", views.subscribe, spoken),
        path(f"{own}news/confirm/<str:token>/", views.confirm, spoken),
        path(f"{own}news/stop/<str:token>/", views.stop, spoken),
        path(f"{own}hearings/", views.hearings, spoken),
        path(f"{own}hearings/feed.atom", views.hearings_feed, {"form": "atom", **spoken}),
        path(f"{own}hearings/feed.json", views.hearings_feed, {"form": "json", **spoken}),
        path(f"{own}hearings/<slug:slug>/", views.hearings, spoken),
        path(f"{own}hearings/<slug:slug>/feed.atom", views.hearings_feed, {"form": "atom", **spoken}),
        path(f"{own}hearings/<slug:slug>/feed.json", views.hearings_feed, {"form": "json", **spoken}),
    ]
for language in reversed(LANGUAGES):  # the folder of Welsh first: English has all others
    own, spoken = FOLDERS[language], {"language": language}
    urlpatterns += [path(own, views.site, spoken), path(f"{own}<path:path>", views.site, spoken)]
