"""Background work is asked for after the commit, and a queue that is down never turns a saved row into an error."""

import logging
from functools import partial

from celery import Task
from django.db import transaction

logger = logging.getLogger(__name__)


def queue(task: Task, *arguments) -> None:
    """Send a task once the running transaction is committed.

    The message is a hint: what has to be done stands in a table, and a sweep finds it there. So a broker that
    does not answer costs a line in the log and nothing else.
    """
    transaction.on_commit(partial(_send, task, arguments), robust=True)


def _send(task: Task, arguments: tuple) -> None:
    try:
        task.apply_async(arguments, retry=False)
    except Exception as error:  # the broker's own errors have no common base
        logger.warning("%s was not queued, the sweep will find its work: %s", task.name, type(error).__name__)
