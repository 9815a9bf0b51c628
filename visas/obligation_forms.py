from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from cases.attachment_form import kinds_for
from cases.attachments import accepted
from cases.forms import RefusableForm, no_hidden_signs
from cases.models import Attachment, AttachmentKind
from centers.listing import MonthField
from centers.selectors import may
from visas.models import CheckResult, ClosingState, FindingState, ObligationCheck


def _text(label: str, longest: int, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, validators=[no_hidden_signs], **options)


class CheckForm(RefusableForm):
    """What a check has shown, and by what. A duty that was not kept asks what was found."""

    field_of = {
        "not_in_the_future": "done_on", "check_before_its_duty": "done_on", "check_too_early": "done_on",
        "check_kept_with_proof": "note",
    }  # fmt: skip

    result = forms.ChoiceField(
        label=_("What the check has shown"), choices=CheckResult.choices, widget=forms.RadioSelect
    )
    done_on = DayField(_("Checked on"))
    document = _text(_("Document number"), 60)
    note = _text(_("How it was checked"), 500, help_text=_("What shows it, as a visit or a certificate."))
    proof = forms.ModelChoiceField(
        label=_("Proof among the attachments"), queryset=Attachment.objects.none(), required=False, empty_label="—"
    )
    file = forms.FileField(
        label=_("Proof as a new file"), required=False, allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": accepted()}),
        help_text=_("PDF, a picture or a document, up to 10 MB. It is encrypted, and deleted when its time is over."),
    )  # fmt: skip
    kind = forms.ModelChoiceField(
        label=_("Kind of file"), queryset=AttachmentKind.objects.none(), required=False, empty_label="—"
    )
    what = _text(_("What was found"), 500, help_text=_("Only where it was not kept: a second person looks at it too."))
    said = _text(_("What the client says"), 500)

    def __init__(self, *args, viewer: User, check: ObligationCheck, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["done_on"].initial = today
        self.fields["done_on"].widget.attrs["max"] = today.isoformat()
        files = Attachment.objects.visible_to(viewer).alive().filter(client=check.client_id)
        self.fields["proof"].queryset = files
        self.fields["proof"].label_from_instance = lambda row: f"{row.kind} · {row.name}"
        if may(viewer, "work_clients", check.workspace_id):
            self.fields["kind"].queryset = kinds_for(viewer)
        else:  # they add nothing to the file of the client
            del self.fields["file"], self.fields["kind"]

    def clean(self):
        told = super().clean()
        if told.get("file") and not told.get("kind") and not self.has_error("kind"):
            self.add_error("kind", _("Say what kind of file it is."))
        if told.get("file") and told.get("proof"):
            self.add_error("proof", _("Choose a file that is attached already or a new one, not both."))
        if told.get("result") == CheckResult.NOT_KEPT and not told.get("what"):
            self.add_error("what", _("Say what was found."))
        return told

    @property
    def told(self) -> dict:
        told = {name: self.cleaned_data[name] for name in self.TOLD if name in self.cleaned_data}
        return told | {"result": CheckResult(self.cleaned_data["result"])}

    TOLD = ("done_on", "document", "note", "proof", "what", "said", "why")


class ManyForm(RefusableForm):
    """One result for many checks. That a duty was not kept is said of each for itself."""

    result = forms.ChoiceField(
        label=_("What the check has shown"), widget=forms.RadioSelect,
        choices=[choice for choice in CheckResult.choices if choice[0] != CheckResult.NOT_KEPT],
    )  # fmt: skip
    done_on = DayField(_("Checked on"))
    document = _text(_("Document number"), 60)
    note = _text(_("How it was checked"), 500, help_text=_("What shows it, as a visit or a certificate."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["done_on"].initial = today
        self.fields["done_on"].widget.attrs["max"] = today.isoformat()

    def clean(self):
        told = super().clean()
        if told.get("done_on") and told["done_on"] > timezone.localdate():
            self.add_error("done_on", _("The day lies in the future."))
        if told.get("result") == CheckResult.KEPT and not (told.get("document") or told.get("note")):
            self.add_error("note", _("Say what shows it: a document number, a note, or a file."))
        return told

    @property
    def told(self) -> dict:
        return self.cleaned_data | {"result": CheckResult(self.cleaned_data["result"])}


class MonthForm(forms.Form):
    """Of which month the checks are shown."""

    month = MonthField(label=_("Month"))


class CorrectionForm(CheckForm):
    """What a check has really shown, where it was put on record wrongly; or that it was not made at all."""

    NOT_MADE = "not_made"
    why = forms.CharField(label=_("Why it is corrected"), max_length=200, validators=[no_hidden_signs])
    field_order = ("why",)

    def __init__(self, *args, check: ObligationCheck, **kwargs):
        super().__init__(*args, check=check, **kwargs)
        self.fields["result"].choices = [
            *CheckResult.choices,
            (self.NOT_MADE, _("It was not made: it waits again")),
        ]
        told = ("result", "done_on", "document", "note", "proof")
        self.initial = {name: getattr(check, name) for name in told} | self.initial

    @property
    def told(self) -> dict:
        if self.cleaned_data["result"] == self.NOT_MADE:
            return {"why": self.cleaned_data["why"], "result": None}
        return super().told


class ClosingForm(RefusableForm):
    """What was done about a finding that stands."""

    field_of = {"not_in_the_future": "done_on", "closing_says_what": "done"}

    done = forms.CharField(
        label=_("What was done"), max_length=500, validators=[no_hidden_signs],
        help_text=_("What the office has done about it. A second person looks at it before the finding is closed."),
    )  # fmt: skip
    done_on = DayField(_("Day of the measure"))
    document = _text(_("Document number"), 60)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["done_on"].initial = today
        self.fields["done_on"].widget.attrs["max"] = today.isoformat()


class LookForm(forms.Form):
    """The second look at a finding; with ``agree`` at what was done about it."""

    state = forms.ChoiceField(
        label=_("Second look"),
        choices=[choice for choice in FindingState.choices if choice[0] != FindingState.OPEN],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, validators=[no_hidden_signs])
    said = _text(_("What the client says"), 500)

    def __init__(self, *args, agree: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if agree:
            del self.fields["said"]
            self.fields["state"].choices = [
                choice for choice in ClosingState.choices if choice[0] != ClosingState.OPEN
            ]
