from django import forms
from django.utils.translation import gettext_lazy as _

from centers.forms.export import ExportForm
from centers.models import Workspace
from workbook.semester.sheet import BIGGEST


class UniversityForm(forms.Form):
    """Asks for the university where the person works at several."""

    workspace = forms.ModelChoiceField(
        label=_("University"), queryset=Workspace.objects.none(), to_field_name="code", empty_label="—"
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


class SemesterForm(UniversityForm):
    """A file with the students of a university."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("An Excel file (XLSX). Nothing is written before you have seen what it changes."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > BIGGEST:
            raise forms.ValidationError(_("The file has more than %d MB: divide it.") % (BIGGEST // 1024**2))
        return file


class FilledListForm(UniversityForm, ExportForm):
    """Which of the present students go into the list, and what the file is for."""

    format = None  # the form of the list is that in which it is brought in
    semester = forms.ChoiceField(
        label=_("Semester of admission"),
        required=False,
        help_text=_("Left open, the list has every student whose studies go on."),
    )
    field_order = ("workspace", "semester", "reason")

    def __init__(self, *args, semesters, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["semester"].choices = [("", _("All semesters")), *((each, each) for each in semesters)]
