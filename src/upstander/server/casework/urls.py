"""Pages of the desk that concern cases: the list, one case, its file. Mounted at `/desk/`."""

from django.urls import path

from upstander.server.casework import duty_views, file_views, queue, views

urlpatterns = [
    path("", views.cases, name="desk-cases"),
    path("people/<str:username>/duties/", duty_views.page, name="desk-duties"),
    path("duties/<str:token>/", duty_views.confirm, name="desk-second"),
    path("queue/", queue.work, name="desk-queue"),
    path("cases/<str:case_id>/", views.case, name="desk-case"),
    path("cases/<str:case_id>/file/", file_views.file, name="desk-file"),
    path("cases/<str:case_id>/file/decisions/", file_views.decisions, name="desk-decisions"),
    path("cases/<str:case_id>/file/short/", file_views.short, name="desk-short"),
]
