from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self):
        from cases import refusals  # noqa: F401  (names the rules that live in the database)
