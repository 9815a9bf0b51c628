"""Who holds which role where, from when to when, and who granted it."""

from datetime import date

from django.db.models import DateField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from centers.listing import CodeField, Column, FilterForm, Listing, Order, WorkspaceField, register
from centers.listing.columns import field, plain
from centers.listing.log import StaffField, named_staff
from centers.models import Membership, Role
from centers.rights import GRANT, STATES, grantable, standing

NEVER = date(9999, 12, 31)  # stands for a role without an end, where they are sorted by it


class GrantFilterForm(FilterForm):
    """Without a state, the roles that are held today."""

    permission = GRANT

    workspace = WorkspaceField(label=gettext_lazy("Workspace"))
    role = CodeField(choices=Role.choices, label=gettext_lazy("Role"))
    user = StaffField()
    state = CodeField(
        choices=[(state, words) for state, words in STATES.items() if state != "today"],
        none=STATES["today"],
        label=gettext_lazy("State"),
    )

    def shape(self) -> None:
        self.fields["user"].rows = lambda: named_staff(User.objects.all())
        super().shape()

    def narrowed(self, rows: QuerySet) -> QuerySet:
        rows = super().narrowed(rows)
        return rows if "state" in self.chosen else self.by_state(rows, "today")

    def by_role(self, rows: QuerySet, role: str) -> QuerySet:
        return rows.filter(role=role)

    def by_user(self, rows: QuerySet, user: str) -> QuerySet:
        return rows.filter(user=int(user))

    def by_state(self, rows: QuerySet, state: str) -> QuerySet:
        return standing(rows, state, today=timezone.localdate())


def _rows(viewer: User) -> QuerySet[Membership]:
    never = Coalesce("ends_on", Value(NEVER), output_field=DateField())
    rows = grantable(viewer).annotate(ends_on_or_never=never)
    return rows.select_related("user", "workspace", "granted_by", "stands_in_for")


def _who(held: Membership, viewer: User) -> str:
    return " · ".join(filter(None, (str(held.user), _stands_in(held))))


def _who_shown(held: Membership, viewer: User) -> str:
    beside = format_html('<div class="muted">{}</div>', _stands_in(held)) if held.stands_in_for else ""
    return format_html("{}{}", held.user, beside)


def _stands_in(held: Membership) -> str:
    return _("stands in for %(name)s") % {"name": held.stands_in_for} if held.stands_in_for else ""


def _role(held: Membership, viewer: User) -> str:
    return held.get_role_display()


def _role_shown(held: Membership, viewer: User) -> str:
    if not held.declaration:
        return held.get_role_display()
    badge = format_html('<span class="badge" title="{}">{}</span>', held.declaration, _("Declared"))
    return format_html("{} {}", held.get_role_display(), badge)


def _granter(held: Membership, viewer: User) -> str:
    return str(held.granted_by or _("The installation"))


def _official(held: Membership, viewer: User) -> str:
    return _("Yes") if held.official else _("No")


def _end(held: Membership, viewer: User) -> str:
    return plain(held.ends_on)


def _end_shown(held: Membership, viewer: User) -> str:
    """The last day, and the way to end a role that runs or is still to come."""
    day = plain(held.ends_on)
    if held.ends_on and held.ends_on < timezone.localdate():
        return day
    whose = f"{_('End')}: {held.user}, {held.get_role_display()}, {held.workspace}"
    address = reverse("centers:grant_end", args=[held.pk])
    return format_html('{} <a href="{}" aria-label="{}">{}</a>', day, address, whose, _("End"))


GRANTS = register(
    Listing(
        code="roles",
        route="centers:grants",
        title=gettext_lazy("Roles"),
        caption=gettext_lazy("Roles in your reach"),
        permission=GRANT,
        rows=_rows,
        columns=(
            Column("user", gettext_lazy("Member of staff"), value=_who, shown=_who_shown, order="name"),
            Column("role", gettext_lazy("Role"), value=_role, shown=_role_shown, code=lambda held: held.role),
            Column(
                "workspace",
                gettext_lazy("Workspace"),
                value=lambda held, viewer: str(held.workspace),
                code=lambda held: held.workspace.code,
                order="workspace",
            ),
            Column("official", gettext_lazy("Public official"), value=_official),
            field("starts_on", gettext_lazy("From"), order="from"),
            Column("ends_on", gettext_lazy("To"), value=_end, shown=_end_shown, order="to"),
            Column("granted_by", gettext_lazy("Granted by"), value=_granter),
        ),
        orders=(
            Order("from", ("starts_on", "id")),
            Order("to", ("ends_on_or_never", "id"), descending=False),
            Order("name", ("user__name", "user__username", "id"), descending=False),
            Order("workspace", ("workspace__code", "id"), descending=False),
        ),
        form=GrantFilterForm,
        template="centers/grant_list.html",
        nothing=gettext_lazy("Nobody holds a role here yet. Grant the first one."),
    )
)
