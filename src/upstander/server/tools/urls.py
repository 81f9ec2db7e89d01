"""Pages of the desk's tools. Mounted at `/desk/`."""

from django.urls import path

from upstander.server.tools import views

urlpatterns = [
    path("briefs/", views.briefs, name="desk-briefs"),
    path("briefs/<str:case_id>/", views.brief, name="desk-brief"),
    path("search/", views.search, name="desk-search"),
    path("words/", views.words, name="desk-words"),
]
