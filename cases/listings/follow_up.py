from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.files import time_left
from cases.listings.people import client_column, day_column, number_column, read_clients
from cases.listings.session import StaffFilterForm, counsellor_of, topics_inside
from cases.models import Session, Topic
from centers.listing import CodeField, Column, Listing, Order, WorkspaceField, register
from centers.listing.columns import field, named
from centers.listing.filters import Codes

DUE, OVERDUE = "due", "overdue"


class FollowUpFilterForm(StaffFilterForm):
    day = "follow_up_on"

    workspace = WorkspaceField(label=_("Centre"))
    state = CodeField(choices=[(DUE, _("Overdue or due within 7 days")), (OVERDUE, _("Overdue"))], label=_("State"))
    topic = CodeField(Codes(Topic), label=_("Topic"))

    def by_state(self, rows: QuerySet, state: str) -> QuerySet:
        today = timezone.localdate()
        return rows.due_by(today) if state == DUE else rows.filter(follow_up_on__lte=today - timedelta(days=1))

    def by_topic(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(topic__in=topics_inside(code))


def _rows(viewer: User) -> QuerySet:
    return Session.objects.visible_to(viewer).filter(voided_at=None).promised().with_counsellor()


FOLLOW_UPS = register(
    Listing(
        code="follow-ups",
        route="cases:follow_ups",
        title=_("Follow-ups"),
        caption=_("Follow-ups that wait, the longest overdue first"),
        permission="view_sessions",
        rows=_rows,
        beside=read_clients,
        columns=(
            day_column("follow_up_on", _("Follow up on"), order="due"),
            Column("left", _("Days left"), value=lambda row, viewer: time_left(row.follow_up_on)),
            client_column(),
            named("topic", _("Topic"), css=""),
            field("held_on", _("Held on")),
            Column("counsellor", _("Counsellor"), value=counsellor_of),
            named("workspace", _("Centre")),
            number_column(),
        ),
        orders=(Order("due", ("follow_up_on", "id"), descending=False),),
        form=FollowUpFilterForm,
        nothing=_("No follow-up waits. A session with a follow-up day appears here until it is kept."),
    )
)
