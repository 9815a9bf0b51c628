"""Back to the start page from what one of its rows asks for, to the row that was next."""

import re
from collections.abc import Iterable

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from cases.models import Client, Deadline, Session
from config.addresses import address_of

ROW = re.compile("[a-z]+(-[a-z]+)?(-[0-9]{1,18})?")
LATER = {Session: "cases:follow_up_later", Deadline: "cases:deadline_later", Client: "cases:status_later"}
KINDS = {Session: "follow-up", Deadline: "deadline", Client: "status"}


def back_to_today(request: HttpRequest) -> str:
    """The address of the start page at the row named by ``?then=``; empty where one came from elsewhere."""
    row = request.GET.get("then", "")
    return f"{reverse('home')}#{row}" if ROW.fullmatch(row) else ""


def row_of(about: Model) -> str:
    """Where on the start page a reminder stands: of a session its follow-up, of a client their status."""
    return f"{KINDS[type(about)]}-{about.pk}"


def in_a_row(rows: Iterable[Model], heading: str) -> None:
    """Give each row its place on the page (``here``) and that of the one after it (``then``), and where it is put off
    and comes back to that (``later``). After the last one comes the heading of the panel.
    """
    after = heading
    for row in reversed(list(rows)):
        row.here, row.then = row_of(row), after
        row.later = f"{address_of(LATER[type(row)], row.pk)}?then={after}"
        after = row.here
