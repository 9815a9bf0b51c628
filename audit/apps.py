from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self):
        from audit import signins
        from audit.history import harden_history

        post_migrate.connect(harden_history, sender=self, dispatch_uid="audit.history")
        signins.connect()
