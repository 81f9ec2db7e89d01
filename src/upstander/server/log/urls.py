"""The log's addresses."""

from django.urls import path

from upstander.server.log import views

urlpatterns = [
    path("", views.page, name="log"),
    path("cy/", views.page, {"language": "cy"}),
    path("<int:generation>/checkpoint", views.checkpoint, name="log-checkpoint"),
    path("<int:generation>/tile/<path:rest>", views.tile, name="log-tile"),
]
