"""Background work. The tables are the truth and the queue a hint, so a lost message loses nothing."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("settlement")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_mistakes(**kwargs) -> None:
    from config import start

    start.refuse_mistakes()
