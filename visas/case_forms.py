"""The forms of a visa case: to take it in, to take a step, and to take the last one back."""

from collections.abc import Sequence
from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from cases.forms import RefusableForm, no_hidden_signs
from cases.models import Client
from centers.models import Municipality, WorkspaceKind
from centers.refusals import sentence_of
from visas.decisions import areas_of
from visas.eligibility import as_day
from visas.models import Channel, EligibilityRule, FactKind, RequiredPaper, StepKind, VisaProgramme
from visas.models.rule import UNITS
from visas.models.step import WITH_EVIDENCE

FIELD_OF = {
    "not_in_the_future": "happened_on",
    "case_step_in_order": "happened_on",
    "visa_case_dates_in_order": "happened_on",
    "quota_not_exceeded": "happened_on",
    "visa_case_letter_once": "document",
    "recommendation_has_a_number": "document",
    "case_step_valid_from_its_day": "valid_until",
    "renewal_has_a_last_day": "valid_until",
    "letter_has_run_out": "happened_on",
    "letter_still_valid": "happened_on",
    "case_completed_before_its_duties": "happened_on",
    "case_step_rests_on_something": "note",
    "case_fact_once": "evidence",
    "relocation_says_where": "municipality",
    "relocation_within_the_province": "municipality",
    "relocation_goes_elsewhere": "municipality",
    "notified_by_a_way": "channel",
    "completion_due_after_it_was_asked": "due_on",
    "visa_case_one_live": "programme",
    "visa_case_one_live_of_quota": "programme",
    "visa_case_one_place": "happened_on",
    "visa_case_taken_in_here": "municipality",
    "visa_case_handed_on_with_consent": "consented",
    "case_step_taken_back_with_a_reason": "note",
}


def _text(label: str, longest: int, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, validators=[no_hidden_signs], **options)


class DayForm(RefusableForm):
    """What all steps have: a day that is not in the future, and a refusal that is told at its field."""

    field_of = FIELD_OF
    happened_on = DayField(_("Day"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["happened_on"].initial = today
        self.fields["happened_on"].widget.attrs["max"] = today.isoformat()


class TakeInForm(DayForm):
    """A case of a client: which programme, and where the file of a client is elsewhere, at which municipality."""

    programme = forms.ModelChoiceField(label=_("Visa programme"), queryset=VisaProgramme.objects.none())
    municipality = forms.ModelChoiceField(
        label=_("Municipality"), queryset=Municipality.objects.none(), help_text=_("Where the recommendation is for.")
    )
    document = _text(_("Document number"), 60, required=False)
    note = _text(
        _("Remarks"), 500, required=False, help_text=_("Which papers were handed in, and what is still missing.")
    )
    consented = forms.BooleanField(
        label=_("Consent of the client"),
        required=False,
        help_text=_("The client agrees that the office gets a file with name, nationality and birth date."),
    )
    field_order = ["programme", "municipality", "happened_on", "document", "note", "consented"]

    def __init__(self, data=None, *, client: Client):
        super().__init__(data)
        self.client = client
        self.fields["happened_on"].label = _("Received on")
        place = client.workspace
        kept_by = WorkspaceKind.UNIVERSITY if place.kind == WorkspaceKind.UNIVERSITY else WorkspaceKind.OFFICE
        self.fields["programme"].queryset = VisaProgramme.objects.filter(workspace_kind=kept_by)
        if place.kind == WorkspaceKind.UNIVERSITY:
            del self.fields["municipality"]
        elif place.kind == WorkspaceKind.OFFICE:
            self.fields["municipality"].queryset = Municipality.objects.filter(pk=place.municipality_id)
            self.fields["municipality"].empty_label = None
        else:
            self.fields["municipality"].queryset = Municipality.objects.all()
            self.fields["municipality"].initial = place.municipality_id or client.municipality_id
        if place.kind not in {WorkspaceKind.CENTER, WorkspaceKind.AGENCY}:
            del self.fields["consented"]

    def clean(self) -> dict:
        told = super().clean()
        programme, municipality = told.get("programme"), told.get("municipality")
        if programme and municipality:
            areas = areas_of(programme.pk, told.get("happened_on") or timezone.localdate())
            if areas and municipality.pk not in areas:
                sentence = _("%(programme)s is not offered in this municipality.") % {"programme": programme}
                self.add_error("municipality", sentence)
        if "consented" in self.fields and not told.get("consented"):
            self.add_error("consented", _("The office gets a file of the client only if the client has agreed."))
        return told


LETTERS = (StepKind.RECOMMENDED, StepKind.RENEWED)
# How the remarks of a step are asked for: the label, a help text, and whether they have to be there.
NOTES = {
    StepKind.ASKED: (_("What else is missing"), "", False),
    StepKind.INELIGIBLE: (_("Reason"), "", False),
    StepKind.REFUSED: (_("Reason"), "", False),
    StepKind.WITHDRAWN: (_("Reason"), "", False),
    StepKind.LEFT: (_("Reason"), "", False),
    StepKind.CANCELLED: (_("Reason"), _("Which notice of the immigration office says so."), True),
    StepKind.MOVED: (_("Where to, and what shows it"), _("As a report of the change of address."), True),
    StepKind.COMPLETED: (_("What shows it"), _("As the last check of residence, or the number of its report."), False),
    StepKind.RELOCATED: (_("What shows it"), _("As a report of the change of address."), True),
    StepKind.EXTENDED: (_("Until when, and what shows it"), "", True),
}


class StepForm(DayForm):
    """One step of a case, or the same step of many."""

    document = _text(_("Document number"), 60, required=False)
    papers = forms.ModelMultipleChoiceField(
        label=_("Missing papers"), queryset=RequiredPaper.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    municipality = forms.ModelChoiceField(
        label=_("Moved to"), queryset=Municipality.objects.all(),
        help_text=_("One of the cities and counties of the province. A move out of it ends the case."),
    )  # fmt: skip
    due_on = DayField(_("To be handed in by"), required=False)
    valid_until = DayField(_("Valid until"), required=False)
    channel = forms.ChoiceField(label=_("How the applicant was told"), choices=Channel, widget=forms.RadioSelect)
    note = _text(_("Remarks"), 500, required=False)
    against_advice = _text(
        _("Reason against the advice"), 500, help_text=_("The conditions say otherwise: write why it is decided so.")
    )

    def __init__(
        self, data=None, *, kind: str, against: bool = False, valid_days: int | None = None,
        missing: Sequence[RequiredPaper] = (), overtaken: int = 0,
    ):  # fmt: skip
        """``valid_days`` is for how long a letter is proposed to be valid, none where nothing is proposed; ``missing``
        the papers of which a completion request names all or some, or of which its answer brings some; ``overtaken``
        how many the step would go over on the waiting list, which asks for a reason.
        """
        super().__init__(data)
        self.kind = kind
        self._ask_for_papers(missing)
        if kind in WITH_EVIDENCE:
            self.fields["note"].help_text = _("A document number or remarks: one of the two says what it rests on.")
        if not against:
            del self.fields["against_advice"]
        if kind != StepKind.RELOCATED:
            del self.fields["municipality"]
        if kind != StepKind.NOTIFIED:
            del self.fields["channel"]
        if kind in LETTERS:
            self._ask_for_the_letter(valid_days)
        else:
            del self.fields["valid_until"]
        label, help_text, required = NOTES.get(kind, (None, "", False))
        if label:
            note = self.fields["note"]
            note.label, note.help_text, note.required = label, help_text, required
        if overtaken:
            note = self.fields["note"]
            note.label, note.required = _("Why this case comes before others that wait"), True

    def _ask_for_papers(self, missing: Sequence[RequiredPaper]) -> None:
        if self.kind != StepKind.ASKED:
            del self.fields["due_on"]
        if self.kind not in (StepKind.ASKED, StepKind.ANSWERED) or not missing:
            del self.fields["papers"]
            return
        papers, keys = self.fields["papers"], [paper.pk for paper in missing]
        papers.queryset = RequiredPaper.objects.filter(pk__in=keys)
        if self.kind == StepKind.ASKED:
            papers.initial = keys
        else:
            papers.label, papers.help_text = _("Papers that came"), _("They are marked as received; the others wait.")

    def clean(self) -> dict:
        told = super().clean()
        if self.kind == StepKind.ASKED and not told.get("papers") and not told.get("note"):
            self.add_error("note", _("Say what is missing."))
        rests = told.get("papers") or told.get("document") or told.get("note")
        if self.kind in WITH_EVIDENCE and not rests and not self.has_error("note"):
            self.add_error("note", sentence_of("case_step_rests_on_something"))
        return told

    def _ask_for_the_letter(self, valid_days: int | None) -> None:
        document, until = self.fields["document"], self.fields["valid_until"]
        document.label, document.required = _("Letter number"), True
        document.help_text = _("Of the letter, or of the list that goes to the ministry.")
        until.help_text = _(
            "Whoever has not applied at the immigration office by then has no recommendation any more."
        )
        until.required = self.kind == StepKind.RENEWED
        if valid_days:
            until.initial = timezone.localdate() + timedelta(days=valid_days)

    @property
    def told(self) -> dict:
        """What the step keeps beside its day."""
        told = {name: value for name, value in self.cleaned_data.items() if name in self.TOLD}
        if "papers" in told:
            told["papers"] = [paper.pk for paper in told["papers"]]
        return told

    TOLD = (
        "happened_on", "municipality", "document", "valid_until", "channel", "due_on", "papers", "note",
        "against_advice",
    )  # fmt: skip


class FactForm(DayForm):
    """What was found of an applicant: one condition, its value and the paper that says so."""

    kind = forms.ChoiceField(label=_("Condition"))  # of the rules, by their numbers
    value = forms.IntegerField(
        label=_("Value found"),
        min_value=0,
        max_value=10**12,
        help_text=_(
            "Won, months, points, per cent or level as a whole number; a day as 20250131; 1 for yes, 0 for no."
        ),
    )
    evidence = _text(_("Evidence"), 200, help_text=_("Which paper says so, and of which day."))
    field_order = ["kind", "value", "happened_on", "evidence"]

    def __init__(self, data=None, *, rules: list[EligibilityRule]):
        super().__init__(data)
        self.rules = {str(rule.pk): rule for rule in rules}
        self.fields["kind"].choices = [(key, rule.name) for key, rule in self.rules.items()]
        self.fields["happened_on"].label = _("As of")

    def clean(self) -> dict:
        told = super().clean()
        rule, value = self.rules.get(told.get("kind")), told.get("value") or 0
        if rule and UNITS[rule.kind] == "yes" and value > 1:
            self.add_error("value", _("Write 1 for yes or 0 for no."))
        elif rule and rule.kind == FactKind.DATE and as_day(value) is None:
            self.add_error("value", _("Write the day as eight digits, as 20250131."))
        return told

    @property
    def rule(self) -> EligibilityRule:
        return self.rules[self.cleaned_data["kind"]]


class ReasonForm(RefusableForm):
    """Why something is taken back."""

    note = _text(_("Why it is taken back"), 500)


class TakeBackForm(ReasonForm):
    """Take the last step back, with the reason; ``kind`` is the step that was seen as the last one."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in StepKind.values], widget=forms.HiddenInput)
