"""Pages of the desk that concern cases: the list and one case. Mounted at `/desk/`."""

from django.urls import path

from upstander.server.casework import views

urlpatterns = [
    path("", views.cases, name="desk-cases"),
    path("cases/<str:case_id>/", views.case, name="desk-case"),
]
