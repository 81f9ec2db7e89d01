from django.apps import AppConfig


class LogConfig(AppConfig):
    name = "upstander.server.log"
    label = "log"
    default_auto_field = "django.db.models.BigAutoField"
