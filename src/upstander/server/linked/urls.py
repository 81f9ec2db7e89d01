"""Pages of the desk about linked groups. Mounted at `/desk/`."""

from django.urls import path

from upstander.server.linked import views

urlpatterns = [
    path("channels/<str:channel_id>/linked/", views.linked, name="desk-linked"),
]
