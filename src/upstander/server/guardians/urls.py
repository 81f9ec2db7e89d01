"""Pages about guardians. Mounted at `/desk/`."""

from django.urls import path

from upstander.server.guardians import views

urlpatterns = [
    path("guardian/", views.guardian, name="desk-guardian"),
]
