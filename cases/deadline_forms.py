from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.fields import DayField
from cases.models import DeadlineKind, Session
from centers.models.codes import kept_rows

LONGEST = 366  # days for which a deadline can be put off


def kinds_for(topic: str) -> list[DeadlineKind]:
    """The kinds of deadlines, those that belong to a topic first."""
    rows = kept_rows(DeadlineKind).values()
    return sorted(rows, key=lambda kind: (topic not in kind.topics, kind.order))


class DeadlineForm(forms.Form):
    """A deadline that begins with a session: what it is, and since when it runs."""

    kind = forms.ModelChoiceField(label=_("Deadline"), queryset=DeadlineKind.objects.all(), empty_label=None)
    starts_on = DayField(_("Happened on"))
    due_on = DayField(
        _("Last day"), required=False, help_text=_("Leave it empty to count the days of the law from the day above.")
    )

    def __init__(self, data=None, *, session: Session, kind: str = ""):
        super().__init__(data, initial={"starts_on": session.held_on, "kind": kind or None}, prefix="deadline")
        self.fields["kind"].choices = [(kind.pk, deadline_in_words(kind)) for kind in kinds_for(session.topic_id)]

    def clean(self) -> dict:
        told = super().clean()
        kind = told.get("kind")
        if kind and kind.days is None and not told.get("due_on"):
            self.add_error("due_on", _("No number of days is known for this one: write its last day."))
        return told


def deadline_in_words(kind: DeadlineKind) -> str:
    """The kind, and its days where the law gives them."""
    if kind.days is None:
        return str(kind)
    days = ngettext("%(days)s day", "%(days)s days", kind.days) % {"days": kind.days}
    return f"{kind} · {days}"


class PutOffForm(forms.Form):
    """Put a deadline out of sight for some time, with a reason."""

    until = DayField(_("Put off until"))
    until.widget.attrs["autofocus"] = True
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_until(self):
        until, today = self.cleaned_data["until"], timezone.localdate()
        if not today < until <= today + timedelta(days=LONGEST):
            raise forms.ValidationError(_("Choose a day after today, and within a year."))
        return until
