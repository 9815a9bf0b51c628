"""Forms of the papers: which a programme asks for, and what became of those of a case."""

from collections.abc import Iterator

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import DayField
from accounts.models import User
from cases.forms import RefusableForm, no_hidden_signs
from cases.models import Attachment
from visas.forms.rule import EndForm
from visas.models import FromWhom, PaperState, RequiredPaper, VisaCase, VisaProgramme
from visas.papers import PaperShown

FIELD_OF = {
    "required_paper_once_a_day": "text_ko", "required_paper_in_order": "valid_to",
    "required_paper_has_a_source": "source",
}  # fmt: skip


class PaperRuleForm(RefusableForm):
    """One paper that a programme asks for, with its days and where it stands."""

    field_of = FIELD_OF

    programme = forms.ModelChoiceField(label=gettext_lazy("Visa programme"), queryset=VisaProgramme.objects.all())
    text_ko = forms.CharField(
        label=gettext_lazy("Paper"), max_length=100, validators=[no_hidden_signs],
        widget=forms.TextInput(attrs={"lang": "ko"}),
    )  # fmt: skip
    from_whom = forms.ChoiceField(label=gettext_lazy("From whom"), choices=FromWhom.choices)
    valid_from = DayField(
        gettext_lazy("Holds from"), help_text=gettext_lazy("For those whose case is received from this day on.")
    )
    valid_to = DayField(gettext_lazy("Holds until"), required=False)
    source = forms.CharField(
        label=gettext_lazy("Source"), max_length=300, validators=[no_hidden_signs],
        help_text=gettext_lazy("The paper in which it stands, with its number."),
    )  # fmt: skip

    @property
    def told(self) -> dict:
        return {name: self.cleaned_data[name] for name in PaperRuleForm.base_fields}


class PaperCorrectionForm(PaperRuleForm):
    """The row as it should have been entered, and why it was not."""

    reason = forms.CharField(label=gettext_lazy("Why it is corrected"), max_length=300, validators=[no_hidden_signs])

    def __init__(self, *args, rule: RequiredPaper, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {name: getattr(rule, name) for name in PaperRuleForm.base_fields} | self.initial
        self.rule = rule
        del self.fields["programme"]

    @property
    def told(self) -> dict:
        names = [name for name in PaperRuleForm.base_fields if name in self.fields]
        return {"programme": self.rule.programme} | {name: self.cleaned_data[name] for name in names}


class PaperEndForm(EndForm):
    """The last day on which a paper is asked for."""

    field_of = FIELD_OF

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["valid_to"].help_text = _("Who was received until this day still hands it in.")


class PapersForm(RefusableForm):
    """What became of each paper of a case. A paper whose line says nothing else than is on record stays as it is."""

    def __init__(self, *args, case: VisaCase, papers: list[PaperShown], viewer: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.papers = papers
        files = Attachment.objects.visible_to(viewer).alive().filter(client=case.client_id)
        for one in papers:
            self._add(one, files)

    def _add(self, one: PaperShown, files) -> None:
        row, today = one.row, timezone.localdate()
        self.fields[f"state_{one.paper.pk}"] = forms.ChoiceField(
            label=one.paper.text_ko, choices=PaperState.choices, initial=one.state, widget=forms.RadioSelect
        )
        day = DayField(gettext_lazy("Day"), required=False)
        day.initial = row.happened_on if row else today
        day.widget.attrs["max"] = today.isoformat()
        self.fields[f"day_{one.paper.pk}"] = day
        self.fields[f"proof_{one.paper.pk}"] = forms.ModelChoiceField(
            label=gettext_lazy("File among the attachments"), queryset=files, required=False, empty_label="—",
            initial=row.proof_id if row else None,
        )  # fmt: skip
        self.fields[f"proof_{one.paper.pk}"].label_from_instance = lambda file: f"{file.kind} · {file.name}"
        self.fields[f"note_{one.paper.pk}"] = forms.CharField(
            label=gettext_lazy("Reason or remark"), max_length=200, required=False, validators=[no_hidden_signs],
            initial=row.note if row else "",
        )  # fmt: skip

    def rows(self) -> Iterator[tuple[PaperShown, list[forms.BoundField]]]:
        for one in self.papers:
            yield one, [self[f"{name}_{one.paper.pk}"] for name in ("state", "day", "proof", "note")]

    def clean(self) -> dict:
        told = super().clean()
        for one in self.papers:
            state, day, proof, note = self._of(one, told)
            pk = one.paper.pk
            if state == PaperState.WAIVED and not note:
                self.add_error(f"note_{pk}", _("Say why the paper is not needed."))
            if state != PaperState.RECEIVED and proof:
                self.add_error(f"proof_{pk}", _("Only a paper that was received has a file."))
            if day is None and not self.has_error(f"day_{pk}"):
                self.add_error(f"day_{pk}", _("Say on which day."))
            elif day and day > timezone.localdate():
                self.add_error(f"day_{pk}", _("The day lies in the future."))
        return told

    @staticmethod
    def _of(one: PaperShown, told: dict) -> tuple:
        return tuple(told.get(f"{name}_{one.paper.pk}") for name in ("state", "day", "proof", "note"))

    @property
    def changed(self) -> list[dict]:
        """The papers of which something else is said than is on record, as ``enter_papers`` takes them."""
        found = []
        for one in self.papers:
            state, day, proof, note = self._of(one, self.cleaned_data)
            held = one.row
            same = (
                (held.state, held.happened_on, held.proof_id, held.note)
                if held
                else (PaperState.MISSING, day, None, "")
            )
            if (state, day, proof and proof.pk, note) != same:
                found.append({"paper": one.paper, "state": state, "happened_on": day, "proof": proof, "note": note})
        return found
