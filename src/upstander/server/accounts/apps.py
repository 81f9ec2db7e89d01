from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "upstander.server.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What allauth tells us about passkeys."""
        from allauth.mfa.signals import authenticator_removed

        from upstander.server.accounts import passkeys

        authenticator_removed.connect(passkeys.removed, dispatch_uid="upstander.passkeys.removed")
