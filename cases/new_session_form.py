"""A session to be logged, with what begins and what ends by it: a deadline, and follow-ups of before."""

import json
from collections.abc import Iterable

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from cases.companions import family_of
from cases.deadline_forms import deadline_in_words, kinds_for
from cases.forms import SessionForm
from cases.models import Client, DeadlineKind, Session
from cases.promises import promise_in_words, waiting_of
from centers.models.codes import kept_rows
from centers.selectors import is_official

DEADLINE = ("deadline", "deadline_from", "deadline_until")


class AnswersField(forms.ModelMultipleChoiceField):
    """Follow-ups of the client, and of the family who may have come along, that this session keeps."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "invalid_choice": _("Follow-up %(value)s has ended meanwhile, or is of somebody else: take it out.")
    }

    def __init__(self, **options):
        super().__init__(queryset=Session.objects.none(), required=False, **options)

    def offer(self, viewer: User, client: Client) -> list[Session]:
        rows = waiting_of(viewer, [client.pk, *family_of(viewer, client)])
        shown = [row for row in rows if row.client]
        self.queryset = Session.objects.visible_to(viewer).filter(voided_at=None).promised()
        self.choices = [(row.pk, promise_in_words(row, client)) for row in shown]
        return [row for row in shown if row.client_id == client.pk]


class NewSessionForm(SessionForm):
    """``answers`` is ticked beforehand where the client has one follow-up that waits and it is due, and always shown.

    ``offered_for`` says whom the boxes were offered for: a form in which none is ticked says so for this client, and
    for another one they are offered anew.
    """

    answers = AnswersField(label=_("This session keeps the follow-up of"))
    offered_for = forms.CharField(required=False, widget=forms.HiddenInput)
    deadline = forms.ModelChoiceField(
        label=_("A deadline begins"), queryset=DeadlineKind.objects.all(), required=False, empty_label="—"
    )
    deadline_from = DayField(_("Happened on"), required=False, help_text=_("Empty: on the day of the session."))
    deadline_until = DayField(_("Last day"), required=False, help_text=_("Empty: the days of the law are counted."))

    def __init__(self, *args, actor: User, centers, client: Client | None = None, answering: str = "", **kwargs):
        super().__init__(*args, actor=actor, centers=centers, client=client, **kwargs)
        self.starts: dict[str, list[dict]] = {}
        if client is None:
            del self.fields["answers"], self.fields["offered_for"]
        else:
            self._offer_answers(actor, client, answering)
        if client is None or is_official(actor):
            for name in DEADLINE:
                del self.fields[name]
        else:
            kinds = kept_rows(DeadlineKind).values()
            self.fields["deadline"].choices = [("", "—"), *((kind.pk, deadline_in_words(kind)) for kind in kinds)]
            self.starts = _by_topic(kinds)

    def _offer_answers(self, actor: User, client: Client, answering: str) -> None:
        own = self.fields["answers"].offer(actor, client)
        if not self.fields["answers"].choices:
            del self.fields["answers"]
        elif self.initial.get("offered_for") != str(client.pk):
            asked = [row.pk for row in own if str(row.pk) == answering]
            due = [row.pk for row in own if row.follow_up_on <= timezone.localdate()]
            self.initial["answers"] = asked or (due if len(own) == 1 else [])
        self.initial["offered_for"] = str(client.pk)

    @property
    def starts_json(self) -> str:
        """Which deadlines each topic offers, for the script that starts one with a key."""
        return json.dumps(self.starts, ensure_ascii=False)

    def clean(self):
        cleaned = super().clean()
        kind = cleaned.get("deadline")
        if kind and kind.days is None and not cleaned.get("deadline_until"):
            self.add_error("deadline_until", now("No number of days is known for this one: write its last day."))
        return cleaned

    @property
    def begins(self) -> dict | None:
        """The deadline that begins with the session, as ``start_deadline`` takes it."""
        told = self.cleaned_data
        if not told.get("deadline"):
            return None
        since = told["deadline_from"] or told["held_on"] or timezone.localdate()
        return {"kind": told["deadline"], "starts_on": since, "due_on": told["deadline_until"]}


def _by_topic(kinds: Iterable[DeadlineKind]) -> dict[str, list[dict]]:
    offered: dict[str, list[dict]] = {}
    for topic in sorted({topic for kind in kinds for topic in kind.topics}):
        offered[topic] = [
            {"code": kind.pk, "name": deadline_in_words(kind), "days": kind.days}
            for kind in kinds_for(topic)
            if topic in kind.topics
        ]
    return offered
