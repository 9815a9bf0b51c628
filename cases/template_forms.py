from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.forms import SessionForm, written_in
from cases.models import SessionTemplate
from centers.models import Workspace
from centers.selectors import may

TAKEN = (
    "channel",
    "language",
    "topic",
    "other_topics",
    "caller",
    "interpretation",
    "minutes",
    "residence",
    "outcome",
    "note",
    "note_language",
    "summary",
)


class TemplateForm(forms.Form):
    """A frequent case: its name, whose it is, and what it fills in."""

    name = forms.CharField(label=_("Name of the template"), max_length=60)
    workspace = forms.ModelChoiceField(
        label=_("Centre"), queryset=Workspace.objects.none(), to_field_name="code", empty_label=None
    )
    shared = forms.BooleanField(label=_("For the whole centre"), required=False)

    def __init__(self, data=None, *, actor: User, centers: list[Workspace], row: SessionTemplate | None = None):
        self.actor, self.row = actor, row
        fields = row.fields if row else {}
        initial = SessionForm.initial_of(fields)
        if row:
            initial |= {"name": row.name, "workspace": row.workspace.code, "shared": row.owner_id is None}
        super().__init__(data, initial=initial)
        if len(centers) == 1:  # there is nothing to choose
            self.fields["workspace"].widget = forms.HiddenInput()
            self.initial.setdefault("workspace", centers[0].code)
        self.fields["workspace"].queryset = Workspace.objects.filter(pk__in=[center.pk for center in centers])
        if not any(may(actor, "accept_activities", center.pk) for center in centers):
            del self.fields["shared"]
        session = SessionForm(actor=actor, centers=centers)
        for name in TAKEN:
            self.fields[name] = session.fields[name]
            self.fields[name].required = False
        written_in(self)

    @property
    def has_more(self) -> bool:
        """Whether something is filled in of what few templates need."""
        return any(self[name].value() for name in ("caller", "residence", "outcome", "note_language", "summary"))

    def clean(self) -> dict:
        told = super().clean()
        center = told.get("workspace")
        if told.get("shared") and center and not may(self.actor, "accept_activities", center.pk):
            self.add_error("shared", _("Only its manager keeps templates for the whole centre."))
        return told

    def save(self) -> SessionTemplate:
        told = self.cleaned_data
        row = self.row or SessionTemplate()
        row.name, row.workspace = told["name"], told["workspace"]
        row.owner = None if told.get("shared") else self.actor
        texts = {name: self.data.getlist(name) for name in TAKEN}
        row.fields = {name: [text for text in values if text] for name, values in texts.items() if any(values)}
        row.save()
        return row
