"""Pages of the desk that concern people and keys. Mounted at `/desk/`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
