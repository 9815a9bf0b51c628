"""Forms of a student: the entry, a change of status, its report, and its withdrawal."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from cases.forms import RefusableForm, no_hidden_signs, term
from cases.models import Client
from centers.models import Major
from visas.models import CaseStudy, Enrolment, StatusChange, StudyStatus, VisaCase
from visas.students import STUDENT_VISA

# The field at which a refusal of the database is told; what is not here is told above the form.
FIELD_OF = {
    "enrolment_number_once": "ref",
    "enrolment_has_a_number": "ref",
    "enrolment_in_a_semester": "semester",
    "enrolment_semester_of_the_admission": "semester",
    "enrolment_major_of_the_university": "major",
    "enrolment_case_of_the_university": "case",
    "status_change_follows": "kind",
    "status_report_after_the_change": "reported_on",
    "status_report_has_a_document": "document",
    "study_permit_ends_after_it_starts": "ends_on",
    "study_permit_once_a_day": "starts_on",
    "study_permit_says_its_hours": "hours",
    "study_permit_within_hours": "hours",
    "study_permits_within_hours_together": "hours",
    "study_permit_within_the_studies": "starts_on",
    "case_study_major_of_the_university": "major",
    "case_study_in_a_semester": "semester",
    "quota_share_not_exceeded": "semester",
    "quota_rest_not_exceeded": "semester",
    "korean_level_is_one_of_the_test": "level",
    "korean_result_once": "level",
}


def text(label: str, longest: int, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, validators=[no_hidden_signs], **options)


class PastDaysForm(RefusableForm):
    """A form whose days are today's or earlier ones; what the database has refused is told at its field."""

    field_of = FIELD_OF
    days: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.days:
            self.fields[name].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean(self) -> dict:
        told = super().clean()
        today = timezone.localdate()
        for name in self.days:
            if told.get(name) and told[name] > today:
                self.add_error(name, _("The day lies in the future."))
        return told


class EnrolmentForm(PastDaysForm):
    """Who is a student of the university: the number, what is studied, and since when."""

    ref = text(_("Student number"), 30)
    major = forms.ModelChoiceField(label=_("Major"), queryset=Major.objects.none(), empty_label="—")
    semester = text(_("Semester of admission"), 6, help_text=_("Year and number: 2025-1 or 2025-2."))
    admitted_on = DayField(_("Admitted on"))
    case = forms.ModelChoiceField(
        label=_("Visa case"), queryset=VisaCase.objects.none(), required=False, empty_label="—"
    )
    days = ("admitted_on",)

    def __init__(self, *args, viewer: User, client: Client, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["major"].queryset = Major.objects.filter(workspace=client.workspace_id)
        self.fields["semester"].validators.extend(Enrolment._meta.get_field("semester").validators)
        cases = VisaCase.objects.visible_to(viewer).filter(
            client=client, workspace=client.workspace_id, programme=STUDENT_VISA
        )
        self.fields["case"].queryset = cases.order_by("-received_on", "-pk")
        self.fields["case"].label_from_instance = lambda row: f"{row.programme} · {row.received_on}"
        if not cases:
            del self.fields["case"]
        elif "case" not in self.initial:
            self.fields["case"].initial = cases.first()


class CaseStudyForm(RefusableForm):
    """What an applicant is to study, and from which semester on. The semester may lie ahead."""

    field_of = FIELD_OF

    major = forms.ModelChoiceField(
        label=_("Major"), queryset=Major.objects.none(), empty_label="—",
        help_text=_("The majors that the province has entered for the university."),
    )  # fmt: skip
    semester = text(_("Semester of admission"), 6, help_text=_("Year and number: 2025-1 or 2025-2."))

    def __init__(self, *args, case: VisaCase, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["major"].queryset = Major.objects.filter(workspace=case.workspace_id)
        self.fields["semester"].validators.extend(CaseStudy._meta.get_field("semester").validators)


class ChangeForm(PastDaysForm):
    """A status from a day on, and the day on which the university learned of it."""

    kind = term(StudyStatus, _("Study status"), required=True)
    happened_on = DayField(_("Day of the change"))
    known_on = DayField(
        _("Learned on"),
        help_text=_("The day on which the university learned of it. The days to report run from here."),
    )
    note = text(_("Note"), 300, required=False)
    days = ("happened_on", "known_on")

    def __init__(self, *args, state: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = StudyStatus.objects.filter(follows__contains=[state])
        self.fields["known_on"].initial = timezone.localdate()


class ReportForm(PastDaysForm):
    """That the immigration office was told."""

    reported_on = DayField(_("Reported on"))
    document = text(_("Document number"), 60, help_text=_("The number of the letter, or of the receipt."))
    days = ("reported_on",)

    def __init__(self, *args, change: StatusChange, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reported_on"].initial = change.reported_on or timezone.localdate()
        self.fields["reported_on"].widget.attrs["min"] = change.happened_on.isoformat()
        self.fields["document"].initial = change.report_document


class ReasonForm(forms.Form):
    """Why something that was entered holds no more."""

    reason = text(_("Reason"), 200)
