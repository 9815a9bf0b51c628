import re
from functools import cached_property, reduce
from operator import or_

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.completion import MISSING, incomplete, rules_of
from cases.listings.people import client_column, day_column, number_column, read_clients, readable_client
from cases.models import Channel, Language, Session, Topic, Urgency
from cases.usual import UsualCodes
from centers.listing import CodeField, Column, FilterForm, Listing, Order, SwitchField, WorkspaceField, register
from centers.listing.columns import field, moment_column, named
from centers.listing.filters import Codes, Named, left_out, with_code
from centers.prepared import prepared
from centers.selectors import workspaces_where

ME = "me"
WRITTEN_AT = re.compile(r"as-(\d{1,18})", re.ASCII)  # the counsellor as the session of this number names them
WITHOUT_SUMMARY = MISSING["summary"]
NOT_GIVEN = Q(wanted_language__isnull=False)
RECORDED_LATE = Q(recorded_on__gt=F("held_on"))


class CounsellorField(CodeField):
    """One's own rows, or those of a colleague: who they all are is read where it is shown, or one was chosen."""

    def valid_value(self, value: str) -> bool:
        return value == ME or super().valid_value(value)


class StaffFilterForm(FilterForm):
    """Rows that somebody counselled, or noted: one's own, or a colleague's."""

    permission = "view_sessions"

    counsellor = CounsellorField(label=_("Counsellor"))

    def shape(self) -> None:
        counsellor = self.fields.pop("counsellor")
        counsellor.rows = lambda: self._colleagues
        self.fields["counsellor"] = counsellor  # after the filters of the list itself
        super().shape()

    @cached_property
    def _colleagues(self) -> list[Named]:
        """Oneself, and who works, or worked, where the reader reads sessions; staff stand in the address by id."""
        others = [Named(str(person.pk), str(person)) for person in _staff(self.viewer, self.permission)]
        return [Named(ME, now("My own")), *others, *self.without_account()]

    def without_account(self) -> list[Named]:
        """Counsellors who never signed in, as far as the list knows of any."""
        return []

    def by_counsellor(self, rows: QuerySet, who: str) -> QuerySet:
        others = left_out(who)
        return rows.exclude(reduce(or_, map(self.of, others))) if others else rows.filter(self.of(who))

    def of(self, who: str) -> Q:
        """The rows of one counsellor."""
        return Q(counsellor=self.viewer.pk if who == ME else int(who))


class SessionFilterForm(StaffFilterForm):
    day = "held_on"
    voidable = True

    workspace = WorkspaceField(label=_("Centre"))
    language = CodeField(UsualCodes(Language), label=_("Language"))
    topic = CodeField(Codes(Topic), label=_("Topic"))
    channel = CodeField(Codes(Channel), label=_("Channel"))
    summary = SwitchField(on="missing", yes=_("Missing"), label=_("Summary in Korean"))
    follow_up = SwitchField(on="due", yes=_("Due within 7 days"), label=_("Follow up on"))
    late = SwitchField(yes=_("On a later day"), label=_("Recorded"))
    record = SwitchField(on="incomplete", yes=_("To be completed"), label=_("Record"))
    wanted = SwitchField(on="not-given", yes=_("Could not be given"), label=_("Language asked for"))
    urgency = CodeField(Codes(Urgency), label=_("Urgency"))

    further = ("channel", "record", "summary", "follow_up", "wanted", "urgency", "late", "void")

    def without_account(self) -> list[Named]:
        """Whom a workbook named, by one of the sessions: an address holds no name."""
        return [Named(told, name or now("Not told")) for told, name in self._written.items()]

    @cached_property
    def _written(self) -> dict[str, str]:
        """The names that were written at the sessions which the address tells, by how it tells them."""
        who = self.data.get("counsellor") or ""
        told = {int(found[1]): found[0] for code in left_out(who) or [who] if (found := WRITTEN_AT.fullmatch(code))}
        if not told:
            return {}
        named = Session.objects.visible_to(self.viewer).filter(pk__in=told, counsellor=None)
        return {told[pk]: name for pk, name in named.values_list("pk", "counsellor_name")}

    def of(self, who: str) -> Q:
        if who in self._written:
            return Q(counsellor=None, counsellor_name=self._written[who])
        return super().of(who)

    def by_language(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(with_code("language", code))

    def by_topic(self, rows: QuerySet, code: str) -> QuerySet:
        """The primary topic; a group holds its topics."""
        return rows.filter(topic__in=topics_inside(code))

    def by_channel(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(channel=code)

    def by_summary(self, rows: QuerySet, missing: str) -> QuerySet:
        return rows.filter(WITHOUT_SUMMARY)

    def by_record(self, rows: QuerySet, which: str) -> QuerySet:
        return rows.filter(incomplete(rules_of(self.viewer)))

    def by_wanted(self, rows: QuerySet, not_given: str) -> QuerySet:
        return rows.filter(NOT_GIVEN)

    def by_urgency(self, rows: QuerySet, code: str) -> QuerySet:
        return rows.filter(urgency=code)

    def by_follow_up(self, rows: QuerySet, due: str) -> QuerySet:
        return rows.due_by(timezone.localdate())

    def by_late(self, rows: QuerySet, yes: str) -> QuerySet:
        return rows.filter(RECORDED_LATE)


def topics_inside(code: str) -> list[str]:
    """A topic, or a group and its topics."""
    return [topic.pk for topic in Topic.objects.filter(Q(pk=code) | Q(group=code))]


@prepared
def _staff(viewer: User, permission: str) -> QuerySet[User]:
    places = workspaces_where(viewer, permission)
    staff = User.objects.filter(memberships__workspace__in=places).distinct().order_by("name", "username")
    return staff.exclude(pk=viewer.pk).only("name", "username")


def _rows(viewer: User) -> QuerySet:
    rows = Session.objects.visible_to(viewer)
    return rows.with_counsellor().with_minutes()


def _nationality(session: Session):
    client = readable_client(session)
    return client.nationality if client else session.nationality


def counsellor_of(session: Session, viewer: User) -> str:
    return session.counsellor_called


SESSIONS = register(
    Listing(
        code="sessions",
        route="cases:sessions",
        title=_("Counselling"),
        caption=_("Sessions you may read"),
        permission="view_sessions",
        rows=_rows,
        beside=read_clients,
        steady=True,
        columns=(
            day_column("held_on", _("Held on"), order="day"),
            client_column(),
            Column(
                "nationality",
                _("Nationality"),
                value=lambda row, viewer: str(_nationality(row) or ""),
                code=lambda row: getattr(_nationality(row), "pk", None),
            ),
            named("language", _("Language")),
            named("channel", _("Channel"), css=""),
            named("topic", _("Topic"), css="", main=True),
            named("outcome", _("Outcome"), css="", main=True),
            Column("counsellor", _("Counsellor"), value=counsellor_of, css=""),
            named("workspace", _("Centre"), css=""),
            number_column(),
            field("clients", _("Number of clients"), css="table__number"),
            field("minutes", _("Minutes"), css="table__number", order="minutes"),
            moment_column("recorded_at", _("Recorded at"), order="recorded", css=""),
            named("wanted_language", _("Language asked for"), in_file=True),
            named("residence", _("Place of residence"), in_file=True),
            named("urgency", _("Urgency"), in_file=True),
        ),
        orders=(
            Order("day", ("held_on", "id")),
            Order("recorded", ("recorded_at", "id")),
            Order("minutes", ("minutes_or_none", "id")),
        ),
        form=SessionFilterForm,
        template="cases/session_list.html",
        nothing=_("There are no sessions here yet. A session that is logged appears here at once."),
    )
)
