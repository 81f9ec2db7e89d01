from django.apps import AppConfig


class LinkedConfig(AppConfig):
    name = "upstander.server.linked"
    label = "linked"
    default_auto_field = "django.db.models.BigAutoField"
