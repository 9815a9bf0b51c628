import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, partial

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.fields import DayField, PlainSelect
from accounts.models import User
from cases.companions import may_join, offered, why_not
from cases.drafted import DraftedForm
from cases.listings.people import names_in_text
from cases.models import (
    Caller,
    Channel,
    Client,
    Country,
    Interpretation,
    Language,
    MonthClose,
    Outcome,
    Residence,
    Session,
    Sex,
    StatusCode,
    Topic,
    Urgency,
)
from cases.models.draft import Fields
from cases.models.terms import FROM_THE_RIGHT
from cases.topic_fields import OfferedField, TopicChoiceField, TopicsField, grouped
from cases.usual import in_order_of_use
from centers.models import Workspace
from centers.models.codes import kept_rows, kept_terms
from centers.models.municipality import Term
from centers.selectors import is_official

LONGEST_TEXT = 20_000  # signs of a note
LONGEST = 24 * 60  # minutes
MOST = 1_000  # clients in one session
FARTHEST = 5  # years from a session to its follow-up: beyond, the year is mistyped
# Control signs but for the ends of lines and the tab, and those that turn the direction of what follows.
HIDDEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
ANONYMOUS = ("nationality", "status", "sex")
RECORDED = {field.name for field in Session._meta.fields} - {"workspace"}


class OthersField(forms.ModelMultipleChoiceField):
    """Further clients of the session: of the same centre as the first."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options):
        super().__init__(queryset=Client.objects.none(), required=False, **options)

    def offer(self, viewer: User, client: Client, named: Iterable[str]) -> None:
        self.queryset = may_join(viewer, client)
        self.why_not = partial(why_not, viewer, client)
        # Read where the field is drawn: a form that goes on record needs no choices.
        self.choices = cache(lambda: [(file.pk, names_in_text(file)) for file in offered(viewer, client, named)])

    def clean(self, value):
        try:
            return super().clean(value)
        except ValidationError as error:
            if error.code != "invalid_choice":
                raise
            raise ValidationError(self.why_not(value)) from None


class LongText(forms.CharField):
    """Text of some length. What does not fit is said while one types, and never cut off by the browser."""

    def __init__(self, **options):
        super().__init__(required=False, validators=[no_hidden_signs, not_too_long], **options)

    def widget_attrs(self, widget) -> dict[str, str]:
        """What the script of lengths goes by and says."""
        return super().widget_attrs(widget) | {
            "data-most": str(LONGEST_TEXT),
            "data-left": _("%(number)s more characters fit."),
            "data-over": _(
                "%(number)s characters too many. They are kept in the draft, but not put on record: shorten the text."
            ),
        }

    def to_python(self, value) -> str:
        """The ends of lines as one sign, as the browser shows them."""
        return super().to_python(value).replace("\r\n", "\n")


def not_too_long(text: str) -> None:
    """Raises ValidationError that says how long a text is and how long it may be."""
    if len(text) > LONGEST_TEXT:
        told = _("This text has %(length)s characters, and %(most)s fit. It is all still here: shorten it.")
        raise ValidationError(told, params={"length": f"{len(text):,}", "most": f"{LONGEST_TEXT:,}"})


def no_hidden_signs(text: str) -> None:
    """Raises ValidationError for signs that nobody sees and that make a text read otherwise than it is."""
    found = sorted({f"U+{ord(sign):04X}" for sign in HIDDEN.findall(text)})
    if found:
        told = _("This text has signs that cannot be seen (%(signs)s). Take them out, or type the place anew.")
        raise ValidationError(told, params={"signs": ", ".join(found)})


class KeptChoices(ModelChoiceIterator):
    """The rows of a code set, which the process keeps, instead of a query each time a field is drawn."""

    def __iter__(self) -> Iterator[tuple]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        model = self.queryset.model
        yield from in_order_of_use(model, kept_terms(model)).items()


class TermField(forms.ModelChoiceField):
    """Any code of a set, called as the reader calls it and as the office does."""

    iterator = KeptChoices
    widget = PlainSelect


def term(model, label: str, *, required: bool = False) -> TermField:
    return TermField(queryset=model.objects.all(), label=label, required=required, empty_label="—")


def written_in(form: forms.Form) -> None:
    """Give the note the language that is chosen for it, else that of the session; a script follows the choice."""
    language = form["note_language"].value() or form["language"].value() or ""
    direction = "rtl" if language in FROM_THE_RIGHT else "auto"
    told = {"lang": language, "dir": direction, "data-from-the-right": " ".join(FROM_THE_RIGHT)}
    form.fields["note"].widget.attrs |= told


class RefusableForm(forms.Form):
    """A form that tells a refusal of the database at its field: ``field_of`` has it by the name of the rule.

    What is not there, or has no field in this form, is told above it. ``refused_for`` is the rule that said no.
    """

    field_of: dict[str, str] = {}
    refused_for = ""

    def refuse(self, rule: str, sentence: str) -> None:
        self.refused_for = rule
        field = self.field_of.get(rule)
        self.add_error(field if field in self.fields else None, sentence)


class SessionForm(DraftedForm):
    """One session as a counsellor types it.

    ``client`` is the file it is about; without one the session is anonymous, and what was told is asked for.
    ``centers`` are those in which the person counsels: asked for where they are several and no client says which.
    """

    workspace = forms.ModelChoiceField(
        label=_("Centre"), queryset=Workspace.objects.none(), to_field_name="code", empty_label="—"
    )
    held_on = DayField(_("Held on"))
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
    others = OthersField(label=_("Counselled together"))
    caller = term(Caller, _("Caller"))
    interpretation = term(Interpretation, _("Interpretation"))
    wanted_language = term(Language, _("Language asked for, if another"))
    residence = term(Residence, _("Place of residence"))
    urgency = term(Urgency, _("Urgency"))
    nationality = term(Country, _("Nationality"))
    status = OfferedField(StatusCode, label=_("Status of residence"), required=False, widget=PlainSelect)
    sex = term(Sex, _("Sex"))
    note = LongText(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("In the language of the session."),
    )
    note_language = term(Language, _("Language of the note, if another"))
    summary = LongText(label=_("Summary in Korean"), widget=forms.Textarea(attrs={"rows": 3, "lang": "ko"}))
    outcome = term(Outcome, _("Outcome"))
    follow_up_on = DayField(_("Follow up on"), required=False)

    change_reason = forms.CharField(
        label=_("Why it is written after the month was closed"), max_length=MonthClose.LONGEST_REASON
    )
    given = frozenset({"workspace", "held_on", "language", "clients"})

    def __init__(
        self,
        *args,
        actor: User,
        centers: list[Workspace],
        client: Client | None = None,
        held: date | None = None,
        **kwargs,
    ):
        """``held`` is the day of a session on record that is corrected: its month may be closed too."""
        super().__init__(*args, **kwargs)
        self.client, self.centers = client, [client.workspace] if client else centers
        today = timezone.localdate()
        fresh = {"held_on": today, "language": client and client.language_id}
        self.initial = fresh | self.initial
        if not MonthClose.objects.holds(self.centers, [self["held_on"].value(), held]):
            del self.fields["change_reason"]
        self.fields["held_on"].widget.attrs["max"] = today.isoformat()
        written_in(self)
        self._offer_topics(actor)
        if len(self.centers) == 1:
            del self.fields["workspace"]
        else:
            self.fields["workspace"].queryset = Workspace.objects.filter(pk__in=[center.pk for center in self.centers])
        if client:
            self.fields["channel"].widget.attrs["autofocus"] = not self.is_bound
            for name in ANONYMOUS:
                del self.fields[name]
            self.fields["others"].offer(actor, client, self._named())
        else:
            del self.fields["others"]
            choices = [(code.pk, str(code)) for code in _offered(actor, StatusCode)]
            self.fields["status"].offer(_for(actor, StatusCode.objects.all()), choices)

    @classmethod
    def topic_of(cls, fields: Fields) -> str:
        """What a draft is about, empty where that is not chosen yet."""
        texts = [text for text in fields.get("topic", []) if text]
        return cls.in_words("topic", texts) if texts else ""

    @classmethod
    def stopped_at(cls, fields: Fields) -> str:
        """The same, and how long the note is: two drafts with one client are told apart by it."""
        signs = sum(len(text) for text in fields.get("note", []))
        length = ngettext("note of %(signs)d character", "note of %(signs)d characters", signs) % {"signs": signs}
        return ", ".join(filter(None, [super().stopped_at(fields), length if signs else ""]))

    @classmethod
    def spoken(cls, field: forms.Field, texts: list[str]) -> str:
        if isinstance(field, OthersField):
            return ngettext("%(number)d client", "%(number)d clients", len(texts)) % {"number": len(texts)}
        return super().spoken(field, texts)

    def _named(self) -> list[str]:
        """The ids of further clients, as they were typed or are on record."""
        told = self.data.getlist("others") if self.is_bound else self.initial.get("others") or []
        return [str(one) for one in told]

    def _offer_topics(self, actor: User) -> None:
        topics, choices = _for(actor, Topic.objects.all()), grouped(_offered(actor, Topic))
        for name in ("topic", "other_topics"):
            self.fields[name].offer(topics, choices)

    def clean(self):
        cleaned = super().clean()
        day, back = cleaned.get("held_on"), cleaned.get("follow_up_on")
        cleaned.setdefault("workspace", self.centers[0] if len(self.centers) == 1 else None)
        if day and cleaned["workspace"]:
            self._check_day(day, cleaned["workspace"])
        if day and back and back < day:
            self.add_error("follow_up_on", _("The follow-up lies before the session: correct one of the two days."))
        if day and back and back.year > day.year + FARTHEST:
            self.add_error("follow_up_on", _("The follow-up lies many years after the session: check the year."))
        for name in ("wanted_language", "note_language"):
            if cleaned.get(name) == cleaned.get("language"):
                cleaned[name] = None
        return cleaned

    def _check_day(self, day, center: Workspace) -> None:
        """Say early what the database holds anyway."""
        if day > timezone.localdate():
            self.add_error("held_on", _("The day lies in the future."))
        elif center.counts_from is None:
            self.add_error(
                None,
                _("The centre is not in operation: check its code, or ask the province to enter its first day."),
            )
        elif day < center.counts_from:
            told = _("Sessions of this centre count from %s on: check the day and the centre.")
            self.add_error("held_on", told % center.counts_from)
        elif center.ended_on and day > center.ended_on:
            told = _("The centre closed on %s: check the day and the centre.")
            self.add_error("held_on", told % center.ended_on)

    @property
    def told(self) -> dict:
        """What goes into the record, by the names of its fields; the centre is not told, it is where one logs."""
        return {name: value for name, value in self.cleaned_data.items() if name in RECORDED}


def _for(viewer: User, codes: QuerySet) -> QuerySet:
    """The codes to choose from; an official is offered none that is for counsellors."""
    return codes.filter(restricted=False) if is_official(viewer) else codes


def _offered(viewer: User, model: type[Term]) -> list[Term]:
    """The same codes, which the process keeps."""
    return [code for code in kept_rows(model).values() if not (code.restricted and is_official(viewer))]
