"""Who can sign in, what they may do today, and whether by a second factor."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import PasswordBy, User
from centers.holders import lines, role_in_words, roles_of, roles_on
from centers.listing import CodeField, Column, FilterForm, Listing, Order, register
from centers.listing.columns import field, moment_column
from centers.rights import ACCOUNTS, GRANT, accounts, accounts_of_kind

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)  # stands for a sign-in that never was, where accounts are sorted by it


class StaffFilterForm(FilterForm):
    permission = GRANT

    which = CodeField(choices=ACCOUNTS.items(), label=gettext_lazy("Only"))

    def by_which(self, rows: QuerySet, which: str) -> QuerySet:
        return accounts_of_kind(rows, which)


def _rows(viewer: User) -> QuerySet[User]:
    never = Coalesce("last_login", Value(LONG_AGO), output_field=DateTimeField())
    return accounts().annotate(last_login_or_never=never)


def _tell_roles(users: Iterable[User], viewer: User) -> None:
    users, today = list(users), timezone.localdate()
    held = roles_of(user.pk for user in users)
    for user in users:
        user.roles_today = roles_on(held[user.pk], today, None)


def _roles(user: User, viewer: User) -> str:
    return "; ".join(map(role_in_words, user.roles_today))


def _roles_shown(user: User, viewer: User) -> str:
    return lines(map(role_in_words, user.roles_today)) or format_html('<span class="muted">{}</span>', _("None"))


def _password(user: User, viewer: User) -> str:
    return user.get_password_by_display()


def _password_shown(user: User, viewer: User) -> str:
    words = user.get_password_by_display()
    return words if user.password_by == PasswordBy.OWNER else waiting(words)


def _factor(user: User, viewer: User) -> str:
    return _("Set up") if user.factor else _("Missing")


def _factor_shown(user: User, viewer: User) -> str:
    return _factor(user, viewer) if user.factor else waiting(_factor(user, viewer))


def waiting(words: str) -> SafeString:
    return format_html('<span class="badge badge--wait">{}</span>', words)


def _name_shown(user: User, viewer: User) -> str:
    """The name, and below it what may be done with the account."""
    to_do = [(_("Grant a role"), f"{reverse('centers:grant_new')}?user={user.pk}")]
    if user != viewer:
        to_do.append((_("First password"), reverse("centers:account_password", args=[user.pk])))
    ways = (format_html('<a href="{}" aria-label="{}: {}">{}</a>', way, words, user, words) for words, way in to_do)
    return format_html("{}{}", user, lines(ways))


STAFF = register(
    Listing(
        code="staff",
        route="centers:staff",
        title=gettext_lazy("Staff accounts"),
        caption=gettext_lazy("Accounts that can sign in"),
        permission=GRANT,
        everywhere=True,
        rows=_rows,
        beside=_tell_roles,
        columns=(
            Column(
                "name", gettext_lazy("Name"), value=lambda user, viewer: str(user), shown=_name_shown, order="name"
            ),
            field("username", gettext_lazy("Name for signing in")),
            Column("roles", gettext_lazy("Roles today"), value=_roles, shown=_roles_shown, css="table__wide"),
            Column("password", gettext_lazy("Password"), value=_password, shown=_password_shown),
            Column("factor", gettext_lazy("Second factor"), value=_factor, shown=_factor_shown),
            moment_column("last_login", gettext_lazy("Last sign-in"), order="signed"),
            moment_column("date_joined", gettext_lazy("Account opened"), order="opened"),
        ),
        orders=(
            Order("opened", ("date_joined", "id")),
            Order("name", ("name", "username", "id"), descending=False),
            Order("signed", ("last_login_or_never", "id")),
        ),
        form=StaffFilterForm,
        template="centers/staff_list.html",
        nothing=gettext_lazy("There is no account yet. Open the first one."),
    )
)
