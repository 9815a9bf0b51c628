from django.apps import AppConfig


class KpiConfig(AppConfig):
    name = "kpi"

    def ready(self):
        from kpi import refusals  # noqa: F401  (names the rules that live in the database)
