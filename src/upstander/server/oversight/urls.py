"""Pages of overseers. Mounted at `/desk/oversight/`."""

from django.urls import path

from upstander.server.oversight import views

urlpatterns = [
    path("", views.lists, name="oversight"),
    path("list/<str:name>/", views.one_list, name="oversight-list"),
    path("cases/<str:case_id>/", views.case, name="oversight-case"),
    path("sample/", views.sample, name="oversight-sample"),
]
