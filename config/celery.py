"""Background work. The tables are the truth and the queue a hint, so a lost message loses nothing."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("settlement")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
