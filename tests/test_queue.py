import pytest
from celery import shared_task
from django.db import transaction

from accounts.queue import queue


@shared_task(name="tests.nothing")
def nothing(number):
    pass


@pytest.mark.django_db
class QueueTests:
    def test_sends_after_the_commit_and_not_before(self, monkeypatch, django_capture_on_commit_callbacks):
        sent = []
        monkeypatch.setattr(nothing, "apply_async", lambda arguments, **options: sent.append(arguments))
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            queue(nothing, 7)
            assert sent == []
        assert sent == [(7,)]

    def test_a_broker_that_is_down_costs_a_line_in_the_log(
        self, monkeypatch, caplog, django_capture_on_commit_callbacks
    ):
        def down(*arguments, **options):
            raise ConnectionError("no broker")

        monkeypatch.setattr(nothing, "apply_async", down)
        with django_capture_on_commit_callbacks(execute=True):
            queue(nothing, 7)
        assert "tests.nothing was not queued" in caplog.text
