"""Pages of overseers. Mounted at `/desk/oversight/`."""

from django.urls import path

from upstander.server.oversight import views

urlpatterns = [
    path("", views.lists, name="oversight"),
    path("list/<str:name>/", views.one_list, name="oversight-list"),
    path("cases/<str:case_id>/", views.case, name="oversight-case"),
    path("sample/", views.order, name="oversight-order"),
    path("sample/<str:sample_id>/", views.sample, name="oversight-sample"),
    path("sample/<str:sample_id>/list.json", views.sample_list, name="oversight-sample-list"),
]
