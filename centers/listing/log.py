"""What a log may be narrowed to: days in Seoul, a member of staff and a workspace, where there are several."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from audit.models import REVIEW
from audit.selectors import on_days
from centers.listing.filters import CodeField, FilterForm, Named, WorkspaceField
from centers.selectors import may_anywhere, scope_of, workspaces_where


class StaffField(CodeField):
    """A member of staff, by the number of the account."""

    def __init__(self, **options):
        super().__init__(label=_("Member of staff"), none=_("Everybody"), **options)


def named_staff(staff: QuerySet[User]) -> list[Named]:
    return [Named(str(user.pk), str(user)) for user in staff.order_by("name", "username")]


class LogFilterForm(FilterForm):
    """Who reads the own rows alone is asked for days alone."""

    permission = REVIEW

    user = StaffField()
    workspace = WorkspaceField(label=_("Workspace"))

    def shape(self) -> None:
        if may_anywhere(self.viewer, REVIEW):
            self.fields["user"].rows = lambda: named_staff(reviewed_staff(self.viewer))
        else:
            del self.fields["user"]
        super().shape()
        self.fields["from"] = DayField(_("From"), required=False)
        self.fields["to"] = DayField(_("To"), required=False)
        self.order_fields(["from", "to"])

    def by_from(self, rows: QuerySet, day: date) -> QuerySet:
        return on_days(rows, first=day)

    def by_to(self, rows: QuerySet, day: date) -> QuerySet:
        return on_days(rows, last=day)


def reviewed_staff(viewer: User) -> QuerySet[User]:
    """The staff whose rows the person reviews."""
    if REVIEW in scope_of(viewer).everywhere:
        return User.objects.all()
    return User.objects.filter(memberships__workspace__in=workspaces_where(viewer, REVIEW)).distinct()
