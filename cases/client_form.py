"""A client's file as a form: opened new, or edited beside others who edit it at the same time."""

import re
from collections.abc import Container
from datetime import date
from hashlib import sha256

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from accounts.unseen import bare, bare_words
from cases.drafted import DraftedForm
from cases.forms import no_hidden_signs, term
from cases.meanwhile import Versions, remembered
from cases.models import Client, Country, IdentifierKind, Language, NameKind, Sex, StatusCode
from cases.models.draft import Fields
from cases.scanned import Scanned, scanned
from cases.selectors import NOT_TOLD
from cases.services.client import Told
from centers.models import Municipality, Workspace
from centers.selectors import is_official

OLDEST = 120  # years of a living person
SPAN = 50  # years that a status ended before today, or ends after it: beyond, the year is mistyped
MOST_NAMES, MOST_PHONES = 6, 10
CODES = {"nationality": Country, "sex": Sex, "language": Language, "municipality": Municipality, "status": StatusCode}
DAYS = ("birth_date", "status_expires_on")
NAMES = {kind.value: kind for kind in NameKind}
NUMBERS = {kind.value: kind for kind in IdentifierKind}


class LinesField(forms.CharField):
    """Several texts, one a line."""

    plainly = staticmethod(bare)

    def __init__(self, *, most: int, longest: int, **options):
        self.most, self.longest_line = most, longest
        super().__init__(required=False, validators=[no_hidden_signs], **options)
        self.widget = forms.Textarea(attrs={"rows": 1, "class": "lines", "dir": "auto"} | options.pop("attrs", {}))

    def to_python(self, value) -> list[str]:
        lines = (" ".join(line.split()) for line in self.plainly(super().to_python(value) or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def run_validators(self, value) -> None:
        super().run_validators("\n".join(value))

    def validate(self, value) -> None:
        super().validate("\n".join(value))
        if len(value) > self.most:
            raise ValidationError(gettext("Write no more than %(most)s, one a line.") % {"most": self.most})
        if any(len(line) > self.longest_line for line in value):
            raise ValidationError(gettext("A line has at most %(most)s characters.") % {"most": self.longest_line})


class NamesField(LinesField):
    """Names, each with a letter of some script in it. The ``<`` of a passport is the gap that it stands for."""

    @staticmethod
    def plainly(text: str) -> str:
        return bare_words(text).replace("<", " ")

    def validate(self, value) -> None:
        super().validate(value)
        if not all(any(sign.isalpha() for sign in line) for line in value):
            raise ValidationError(gettext("A name has letters: write it anew."))


class PhonesField(LinesField):
    """Telephone numbers, each with digits in it."""

    def validate(self, value) -> None:
        super().validate(value)
        if not all(any(sign.isdecimal() for sign in line) for line in value):
            raise ValidationError(gettext("A telephone number has digits: write it anew."))


class NumberField(forms.CharField):
    """A number of the state, without signs that nobody sees."""

    def to_python(self, value) -> str:
        return bare(super().to_python(value))


def names_field(kind: NameKind, **options) -> NamesField:
    return NamesField(most=MOST_NAMES, longest=200, label=_("Name") if kind is None else kind.label, **options)


class ClientForm(DraftedForm):
    """What is known of a client. At least one name, in whatever script; all else may be unknown.

    ``client`` is the file that is edited. A number of the state is never shown again: it is typed anew, or taken away.
    ``then`` is "session" where the person goes on with one.
    """

    workspace = forms.ModelChoiceField(
        label=_("Workspace"), queryset=Workspace.objects.none(), to_field_name="code", empty_label="—"
    )
    roman = names_field(NameKind.ROMAN, help_text=_("As in the passport, surname first."))
    korean = names_field(NameKind.KOREAN)
    native = names_field(NameKind.NATIVE)
    nationality = term(Country, _("Nationality"))
    birth_date = DayField(_("Birth date"), required=False)
    sex = term(Sex, _("Sex"))
    language = term(Language, _("Language"))
    municipality = term(Municipality, _("Municipality"))
    status = forms.ModelChoiceField(
        label=_("Status of residence"), queryset=StatusCode.objects.none(), required=False, empty_label="—"
    )
    status_expires_on = DayField(_("Status expires on"), required=False)
    phones = PhonesField(most=MOST_PHONES, longest=100, label=_("Telephone"), help_text=_("Several: one a line."))
    registration = NumberField(label=_("Alien registration number"), required=False, max_length=40)
    passport = NumberField(label=_("Passport number"), required=False, max_length=40)
    drop_registration = forms.BooleanField(label=_("Take the registration number away"), required=False)
    drop_passport = forms.BooleanField(label=_("Take the passport number away"), required=False)
    then = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, actor: User, workspaces: list[Workspace] = (), client: Client | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.scanned = self._scanned()
        self.client, self.workspaces = client, [client.workspace] if client else list(workspaces)
        self.auto_id = "client_%s"
        today = timezone.localdate()
        first = _years_from(today, -OLDEST)
        self.fields["birth_date"].widget.attrs.update(min=first.isoformat(), max=today.isoformat())
        self.fields["phones"].widget.attrs["inputmode"] = "tel"
        codes = StatusCode.objects.all()
        self.fields["status"].queryset = codes.filter(restricted=False) if is_official(actor) else codes
        if len(self.workspaces) == 1:
            del self.fields["workspace"]
        else:
            self.fields["workspace"].queryset = Workspace.objects.filter(pk__in=[row.pk for row in self.workspaces])
        self._numbers_on_file()

    def _scanned(self) -> Scanned:
        """What came from a passport's lines, which stands in the fields from then on."""
        if not self.is_bound:
            return Scanned({})
        found = scanned({name: self.data.getlist(name) for name in self.data})
        if found.told or not found.whole:
            self.data = self.data.copy()
            for name, texts in found.fields.items():
                self.data.setlist(name, texts)
        return found

    def _numbers_on_file(self) -> None:
        on_file = {row.kind for row in self.client.identifiers.all() if not row.former} if self.client else set()
        for kind in NUMBERS:
            if kind in on_file:
                self.fields[kind].help_text = _("A number is on file. Type another only to correct it.")
            else:
                del self.fields[f"drop_{kind}"]
            self.fields[kind].widget.attrs.update(autocomplete="off", spellcheck="false")

    def clean_birth_date(self) -> date | None:
        day, today = self.cleaned_data["birth_date"], timezone.localdate()
        if day and not _years_from(today, -OLDEST) <= day <= today:
            raise ValidationError(_("Nobody who comes was born on this day: check the year."))
        return day

    def clean_status_expires_on(self) -> date | None:
        day, today = self.cleaned_data["status_expires_on"], timezone.localdate()
        if day and not _years_from(today, -SPAN) <= day <= _years_from(today, SPAN):
            raise ValidationError(_("No status ends on this day: check the year."))
        return day

    def clean_registration(self) -> str:
        text = re.sub(r"[\s-]", "", self.cleaned_data["registration"])
        if text and not re.fullmatch("[0-9]{13}", text):
            raise ValidationError(_("An alien registration number has thirteen digits, like 900101-5000000."))
        return text

    def clean_passport(self) -> str:
        text = re.sub(r"[\s-]", "", self.cleaned_data["passport"]).upper()
        if text and not re.fullmatch("[0-9A-Z]{5,20}", text):
            raise ValidationError(_("A passport number has five to twenty Latin letters and digits."))
        return text

    def clean(self):
        cleaned = super().clean()
        if len(self.workspaces) == 1:
            cleaned["workspace"] = self.workspaces[0]
        if not any(cleaned.get(kind) for kind in NAMES) and not self.errors.keys() & NAMES.keys():
            self.add_error("roman", _("Write at least one name, in whatever script."))
        self._look_through()
        return cleaned

    def _look_through(self) -> None:
        """What a machine has read is looked at before it is on record."""
        if self.scanned.told:
            fields = ", ".join(str(self.fields[name].label) for name in self.scanned.told)
            told = gettext("Read from the lines of the passport: %(fields)s. Look them through, then save.")
            self.add_error(None, told % {"fields": fields})
        if not self.scanned.whole:
            self.add_error(
                None,
                gettext("The second line of the passport does not fit its check digits: type number and birth date."),
            )

    @property
    def mine(self) -> Fields:
        """What was typed, as ``texts_of`` writes a file; a number only where one was typed or taken away."""
        cleaned = self.cleaned_data
        texts = {name: cleaned[name].pk if cleaned[name] else "" for name in CODES}
        texts |= {name: _iso(cleaned[name]) for name in DAYS}
        texts |= {name: "\n".join(cleaned[name]) for name in (*NAMES, "phones")}
        texts |= {name: cleaned[name] for name in NUMBERS}
        texts |= {f"drop_{name}": "on" for name in NUMBERS if cleaned.get(f"drop_{name}")}
        return {name: [text] for name, text in texts.items()}

    def versions(self, theirs: Fields) -> Versions:
        """What was typed beside what the page showed and what is on file now."""
        return Versions(remembered(self.cleaned_data["seen"]), theirs, self.mine)

    def told(self, changed: Container[str]) -> Told:
        """What is to be written: of the fields those that were changed."""
        cleaned = self.cleaned_data
        return Told(
            of_file={name: cleaned[name] for name in (*CODES, *DAYS) if name in changed},
            names={kind: cleaned[kind] for kind in NAMES if kind in changed},
            phones=cleaned["phones"] if "phones" in changed else None,
            numbers={
                kind: "" if cleaned.get(f"drop_{kind}") else cleaned[kind]
                for kind in NUMBERS
                if cleaned[kind] or cleaned.get(f"drop_{kind}")
            },
        )

    @classmethod
    def spoken(cls, field: forms.Field, texts: list[str]) -> str:
        told = super().spoken(field, texts)
        return told.replace("\n", ", ") if isinstance(field, LinesField) else told


def _years_from(day: date, years: int) -> date:
    """The same day so many years on; of a leap day the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def name_kind(text: str) -> str:
    """In which field a name belongs, by its letters."""
    letters = [sign for sign in text if sign.isalpha()]
    if letters and all("\uac00" <= sign <= "\ud7a3" or "\u3131" <= sign <= "\u318e" for sign in letters):
        return NameKind.KOREAN
    return NameKind.ROMAN if text.isascii() else NameKind.NATIVE


def texts_of(client: Client, viewer: User) -> Fields:
    """The fields of a file as texts, as this viewer may read them; of a number of the state only that it is another.

    An official reads nothing where a status is for counsellors or not told, nor a day that has passed: what they leave
    empty stays as it is.
    """
    texts = {name: getattr(client, f"{name}_id") or "" for name in CODES}
    texts |= {name: _iso(getattr(client, name)) for name in DAYS}
    for kind in NAMES:
        texts[kind] = _lines(name.text for name in _ordered(client.names.all()) if name.kind == kind)
    texts["phones"] = _lines(row.value for row in _ordered(client.contacts.all()) if row.kind == "phone")
    for row in client.identifiers.all():
        if not row.former:
            texts[row.kind] = sha256(bytes(row.digest)).hexdigest()[:12]
    if is_official(viewer):
        status, day = client.status, client.status_expires_on
        hidden = status is None or status.restricted or status.pk == NOT_TOLD
        texts["status"] = "" if hidden else texts["status"]
        if hidden or (day and day < timezone.localdate()):
            texts["status_expires_on"] = ""
    return {name: [text] for name, text in texts.items() if text}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _ordered(rows) -> list:
    return sorted(rows, key=lambda row: row.pk)


def _lines(texts) -> str:
    return "\n".join(dict.fromkeys(texts))
