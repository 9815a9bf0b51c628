from django.apps import AppConfig


class VisasConfig(AppConfig):
    name = "visas"

    def ready(self):
        from visas import refusals  # noqa: F401  (names the rules that live in the database)
