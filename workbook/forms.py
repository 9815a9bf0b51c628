from django import forms
from django.utils.translation import gettext_lazy as _

from centers.models import Workspace
from workbook.semester.sheet import BIGGEST


class SemesterForm(forms.Form):
    """A file with the students of a university; which one is asked for where the person works at several."""

    workspace = forms.ModelChoiceField(
        label=_("University"), queryset=Workspace.objects.none(), to_field_name="code", empty_label="—"
    )
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("An Excel file (XLSX). Nothing is written before you have seen what it changes."),
    )

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = list(places)
        if len(self.places) == 1:
            del self.fields["workspace"]
        else:
            self.fields["workspace"].queryset = places

    @property
    def place(self) -> Workspace:
        return self.cleaned_data.get("workspace") or self.places[0]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > BIGGEST:
            raise forms.ValidationError(_("The file has more than %d MB: divide it.") % (BIGGEST // 1024**2))
        return file
