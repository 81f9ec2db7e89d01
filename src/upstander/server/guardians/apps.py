from django.apps import AppConfig


class GuardiansConfig(AppConfig):
    name = "upstander.server.guardians"
    label = "guardians"
    default_auto_field = "django.db.models.BigAutoField"
