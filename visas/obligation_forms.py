from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from cases.forms import no_hidden_signs
from cases.models import Attachment
from visas.models import CheckResult, FindingState, ObligationCheck

FIELD_OF = {"not_in_the_future": "done_on", "check_kept_with_proof": "note"}


def _text(label: str, longest: int, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, validators=[no_hidden_signs], **options)


class CheckForm(forms.Form):
    """What a check has shown, and by what. A duty that was not kept asks what was found."""

    result = forms.ChoiceField(
        label=_("What the check has shown"), choices=CheckResult.choices, widget=forms.RadioSelect
    )
    done_on = DayField(_("Checked on"))
    document = _text(_("Document number"), 60)
    note = _text(_("How it was checked"), 500, help_text=_("What shows it, as a visit or a certificate."))
    proof = forms.ModelChoiceField(
        label=_("Proof among the attachments"), queryset=Attachment.objects.none(), required=False, empty_label="—"
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

    def clean(self):
        told = super().clean()
        if told.get("result") == CheckResult.NOT_KEPT and not told.get("what"):
            self.add_error("what", _("Say what was found."))
        return told

    @property
    def told(self) -> dict:
        return self.cleaned_data | {"result": CheckResult(self.cleaned_data["result"])}

    def refuse(self, rule: str, sentence: str) -> None:
        """Tell what the database has refused, at its field."""
        self.add_error(FIELD_OF.get(rule), sentence)


class LookForm(forms.Form):
    """The second look at a finding."""

    state = forms.ChoiceField(
        label=_("Second look"),
        choices=[choice for choice in FindingState.choices if choice[0] != FindingState.OPEN],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=500, validators=[no_hidden_signs])
    said = _text(_("What the client says"), 500)
