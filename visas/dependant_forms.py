from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from cases.forms import RefusableForm, no_hidden_signs, term
from cases.likely import Files, Known, Likely, likely_files
from cases.models import Country, FamilyLink, Relation, Sex, StatusCode
from centers.models import Municipality
from centers.selectors import is_official
from visas.models import AskedWhen, DependantOutcome, DependantQuestion, QuestionReason, VisaCase
from visas.obligations import months_after

FIELD_OF = dict.fromkeys(
    ("family_link_settles_after_entry", "dependant_settles_with_a_permit", "dependant_settles_before_the_end"),
    "settled_on",
)
A_NEW_FILE = "new"
OF_THE_FILE = ("name", "nationality", "birth_date", "sex")


class DependantForm(forms.Form):
    """Somebody who came with the principal. With ``link`` it changes one; their own file keeps the rest."""

    name = forms.CharField(label=_("Name in Roman letters"), max_length=200, validators=[no_hidden_signs])
    relation = term(Relation, _("Relation"), required=True)
    nationality = term(Country, _("Nationality"))
    birth_date = DayField(_("Birth date"), required=False)
    sex = term(Sex, _("Sex"))
    status = forms.ModelChoiceField(
        label=_("Status of residence"), queryset=StatusCode.objects.all(), required=False, empty_label="—"
    )
    municipality = term(Municipality, _("Municipality"))
    entered_on = DayField(_("Entered on"), required=False)
    settled_on = DayField(_("Settled on"), required=False)

    def __init__(self, data=None, *, case: VisaCase, viewer: User, link: FamilyLink | None = None):
        super().__init__(data, initial=_initial(case, link))
        self.case, self.viewer, self.link = case, viewer, link
        rows = FamilyLink.objects.visible_to(viewer).filter(household__principal=case.client_id)
        rows = rows.values_list("client__names__text", "client__birth_date") if link is None else ()
        self.known = {(name.casefold(), born) for name, born in rows if name}
        if is_official(viewer):
            self.fields["status"].queryset = StatusCode.objects.filter(restricted=False)
        if link:
            for name in OF_THE_FILE:
                del self.fields[name]

    def clean(self) -> dict:
        told = super().clean()
        if "name" in self.fields and (told.get("name", "").casefold(), told.get("birth_date")) in self.known:
            self.add_error("name", _("This person is already a dependant of this principal."))
        for name in ("birth_date", "entered_on", "settled_on"):
            if told.get(name) and told[name] > timezone.localdate():
                self.add_error(name, _("The day lies in the future."))
        return told

    def likely(self) -> list[Likely]:
        """The files of the case's workspace that may be of this person, but for those of its household."""
        told = self.cleaned_data
        codes = {name: told[name].pk if told[name] else "" for name in ("sex", "nationality")}
        known = Known([told["name"]], birth_date=told["birth_date"], **codes)
        here = Files((self.case.workspace_id,), self.viewer)
        family = FamilyLink.objects.filter(household__principal=self.case.client_id).values_list(
            "client_id", flat=True
        )
        return likely_files(known, here, besides=[self.case.client_id, *family])

    def choose(self, likely: list[Likely]) -> bool:
        """Whether it is settled whose file it is: nobody's here, one that was chosen, or a new one all the same."""
        if not likely:
            return True
        files = [(str(row.client.pk), _shown(row)) for row in likely]
        self.fields["file"] = forms.ChoiceField(
            label=_("Whose file"),
            choices=[*files, (A_NEW_FILE, _("None of these: open a new file"))],
            widget=forms.RadioSelect,
            help_text=_("Files here may be of this person. What the chosen file says stays as it is."),
        )
        self.order_fields(["file"])
        chosen = self.data.get("file")
        if chosen not in {key for key, _label in self.fields["file"].choices}:
            self.add_error("file", _("Choose whose file it is."))
            return False
        self.cleaned_data["client"] = next((row.client for row in likely if str(row.client.pk) == chosen), None)
        return True

    def sure(self) -> bool:
        """Whether what is unusual of the dependant was confirmed, if anything is; it is never refused."""
        doubts = self._doubts()
        if not doubts or self.data.get("sure"):
            return True
        self.fields["sure"] = forms.BooleanField(label=_("It is so"), required=False, help_text=" ".join(doubts))
        self.order_fields(["sure"])
        self.add_error("sure", _("Look at it again: tick this if it is so."))
        return False

    def _doubts(self) -> list[str]:
        typed, relation = self.cleaned_data, self.cleaned_data["relation"]
        found = []
        if relation.one_at_a_time and self._has_another(relation):
            told = gettext("A dependant with this relation is on record already: %(relation)s.")
            found.append(told % {"relation": relation})
        file = typed.get("client") or (self.link and self.link.client)
        born, principal = (file and file.birth_date) or typed.get("birth_date"), self.case.client.birth_date
        years = relation.younger_by
        if years and born and principal and born < months_after(principal, 12 * years):
            asked = gettext(
                "Less than %(years)d years younger than the principal: look at both birth dates. (Source of the "
                "%(years)d years: not found; a working measure of this system.)"
            )
            found.append(asked % {"years": years})
        return found

    def _has_another(self, relation: Relation) -> bool:
        rows = FamilyLink.objects.visible_to(self.viewer).filter(household__principal=self.case.client_id)
        return rows.filter(relation=relation).exclude(pk=self.link and self.link.pk).exists()

    def refuse(self, rule: str, sentence: str) -> None:
        """Tell what the database has refused, at its field."""
        self.add_error(FIELD_OF.get(rule), sentence)


def _shown(row: Likely) -> str:
    """A file in a line: its names, the birth date, its number, and why it is alike."""
    client = row.client
    names = ", ".join(name.text for name in client.names.all())
    born = client.birth_date.isoformat() if client.birth_date else ""
    return " · ".join(part for part in (names, born, client.ref or str(client), row.reasons) if part)


def _initial(case: VisaCase, link: FamilyLink | None) -> dict:
    if link is None:
        return {"municipality": case.municipality_id}
    return {
        "relation": link.relation_id,
        "status": link.status_id,
        "municipality": link.client.municipality_id,
        "entered_on": link.entered_on,
        "settled_on": link.settled_on,
    }


class AskForm(RefusableForm):
    """An event that the office has learned of, after which it is asked what becomes of a dependant."""

    field_of = {
        "not_in_the_future": "happened_on", "dependant_asked_once": "reason", "dependant_question_fits": "reason",
    }  # fmt: skip

    reason = forms.ModelChoiceField(label=_("What happened"), queryset=QuestionReason.objects.none())
    happened_on = DayField(_("Day of the event"))

    def __init__(self, *args, link: FamilyLink, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = reasons_for(link)
        self.fields["happened_on"].widget.attrs["max"] = timezone.localdate().isoformat()


def reasons_for(link: FamilyLink):
    """The reasons that the office enters by hand and that fit the relation."""
    rows = QuestionReason.objects.filter(asked_when=AskedWhen.BY_HAND)
    return rows.filter(Q(relations=[]) | Q(relations__contains=[link.relation_id]))


class AnswerForm(RefusableForm):
    """What became of a dependant."""

    field_of = {
        "not_in_the_future": "answered_on", "dependant_answer_after_the_event": "answered_on",
        "dependant_outcome_in_words": "note",
    }  # fmt: skip

    outcome = term(DependantOutcome, _("What became of the dependant"), required=True)
    status = forms.ModelChoiceField(
        label=_("Status now"), queryset=StatusCode.objects.all(), required=False, empty_label="—",
        help_text=_("The status that the dependant holds now, where they stay: it stands on the file from then on."),
    )  # fmt: skip
    answered_on = DayField(_("Found out on"))
    note = forms.CharField(
        label=_("How it was found out"), max_length=300, required=False, validators=[no_hidden_signs],
        help_text=_("What shows it, as a certificate or a call."),
    )  # fmt: skip

    def __init__(self, *args, question: DependantQuestion, viewer: User, **kwargs):
        told = {"outcome": question.outcome_id, "answered_on": question.answered_on, "note": question.note}
        super().__init__(*args, initial=told | {"answered_on": question.answered_on or timezone.localdate()}, **kwargs)
        self.fields["answered_on"].widget.attrs["max"] = timezone.localdate().isoformat()
        if is_official(viewer):
            self.fields["status"].queryset = StatusCode.objects.filter(restricted=False)

    def clean(self) -> dict:
        told = super().clean()
        outcome = told.get("outcome")
        if outcome and outcome.with_status and not told.get("status") and not self.has_error("status"):
            self.add_error("status", _("Say which status the dependant holds now."))
        return told
