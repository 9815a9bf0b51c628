from collections.abc import Iterable
from itertools import groupby
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import (
    Caller,
    Channel,
    Client,
    Country,
    Interpretation,
    Language,
    Outcome,
    Session,
    Sex,
    StatusCode,
    Topic,
)
from centers.models import Workspace
from centers.selectors import is_official

LONGEST_TEXT = 20_000  # signs of a note
LONGEST = 24 * 60  # minutes
MOST = 1_000  # clients in one session
ANONYMOUS = ("nationality", "status", "sex")


class TopicChoiceField(forms.ModelChoiceField):
    """Topics under their groups. A group is a topic too: it stands first among its own."""

    def __init__(self, **options):
        super().__init__(queryset=Topic.objects.none(), **options)

    def offer(self, topics: QuerySet) -> None:
        self.queryset = topics
        self.choices = [("", "—"), *grouped(topics)]


class TopicsField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options):
        super().__init__(queryset=Topic.objects.none(), **options)

    def offer(self, topics: QuerySet) -> None:
        self.queryset = topics
        self.choices = grouped(topics)


def grouped(topics: Iterable[Topic]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices by group, in the order of the list."""
    names = {topic.pk: str(topic) for topic in topics}
    return [
        (names[group], [(topic.pk, str(topic)) for topic in inside])
        for group, inside in groupby(topics, key=lambda topic: topic.group_id or topic.pk)
    ]


def term(model, label: str, *, required: bool = False) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(queryset=model.objects.all(), label=label, required=required, empty_label="—")


class SessionForm(forms.Form):
    """One session as a counsellor types it.

    ``client`` is the file it is about; without one the session is anonymous, and what was told is asked for.
    ``centers`` are those in which the person counsels: asked for where they are several and no client says which.
    """

    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    workspace = forms.ModelChoiceField(
        label=_("Centre"), queryset=Workspace.objects.none(), to_field_name="code", empty_label="—"
    )
    held_on = forms.DateField(
        label=_("Held on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the day as year, month and day: 2025-03-31.")},
    )
    language = term(Language, _("Language"), required=True)
    channel = term(Channel, _("Channel"), required=True)
    topic = TopicChoiceField(label=_("Topic"))
    other_topics = TopicsField(label=_("Further topics"), required=False)
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, validators=[MinValueValidator(1), MaxValueValidator(LONGEST)]
    )
    clients = forms.IntegerField(
        label=_("Number of clients"),
        initial=1,
        validators=[MinValueValidator(1), MaxValueValidator(MOST)],
        help_text=_("One session counts once; its clients are counted as visits."),
    )
    caller = term(Caller, _("Caller"))
    interpretation = term(Interpretation, _("Interpretation"))
    nationality = term(Country, _("Nationality"))
    status = forms.ModelChoiceField(
        label=_("Status of residence"), queryset=StatusCode.objects.none(), required=False, empty_label="—"
    )
    sex = term(Sex, _("Sex"))
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("In the language of the session."),
    )
    summary = forms.CharField(
        label=_("Summary in Korean"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "ko"}),
    )
    outcome = term(Outcome, _("Outcome"))
    follow_up_on = forms.DateField(
        label=_("Follow up on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the day as year, month and day: 2025-03-31.")},
    )

    def __init__(self, *args, actor: User, centers: list[Workspace], client: Client | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.client, self.centers = client, [client.workspace] if client else centers
        today = timezone.localdate()
        self.initial |= {"token": uuid4(), "held_on": today, "language": client and client.language_id}
        self.fields["held_on"].widget.attrs["max"] = today.isoformat()
        self._offer_topics(actor)
        if len(self.centers) == 1:
            del self.fields["workspace"]
        else:
            self.fields["workspace"].queryset = Workspace.objects.filter(pk__in=[center.pk for center in self.centers])
        if client:
            for name in ANONYMOUS:
                del self.fields[name]
        else:
            self.fields["status"].queryset = _for(actor, StatusCode.objects.all())

    def _offer_topics(self, actor: User) -> None:
        topics = _for(actor, Topic.objects.all())
        for name in ("topic", "other_topics"):
            self.fields[name].offer(topics)

    def clean(self):
        cleaned = super().clean()
        cleaned["token"] = cleaned.get("token") or uuid4()
        day, back = cleaned.get("held_on"), cleaned.get("follow_up_on")
        cleaned.setdefault("workspace", self.centers[0] if len(self.centers) == 1 else None)
        if day and cleaned["workspace"]:
            self._check_day(day, cleaned["workspace"])
        if day and back and back < day:
            self.add_error("follow_up_on", now("The follow-up lies before the session: correct one of the two days."))
        return cleaned

    def _check_day(self, day, center: Workspace) -> None:
        """Say early what the database holds anyway."""
        if day > timezone.localdate():
            self.add_error("held_on", now("The day lies in the future."))
        elif center.counts_from is None:
            self.add_error(
                None,
                now("The centre is not in operation: check its code, or ask the province to enter its first day."),
            )
        elif day < center.counts_from:
            told = now("Sessions of this centre count from %s on: check the day and the centre.")
            self.add_error("held_on", told % center.counts_from)
        elif center.ended_on and day > center.ended_on:
            told = now("The centre closed on %s: check the day and the centre.")
            self.add_error("held_on", told % center.ended_on)

    @property
    def told(self) -> dict:
        """What goes into the record, by the names of its fields."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name in {field.name for field in Session._meta.fields}
        }


def _for(viewer: User, codes: QuerySet) -> QuerySet:
    """The codes to choose from; an official is offered none that is for counsellors."""
    return codes.filter(restricted=False) if is_official(viewer) else codes
