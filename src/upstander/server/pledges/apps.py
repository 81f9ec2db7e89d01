from django.apps import AppConfig


class PledgesConfig(AppConfig):
    name = "upstander.server.pledges"
    label = "pledges"
