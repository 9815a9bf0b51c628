from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.forms import day_field, no_hidden_signs, term
from cases.models import Country, FamilyLink, Relation, Sex, StatusCode
from centers.models import Municipality
from centers.selectors import is_official
from visas.models import VisaCase

FIELD_OF = {"family_link_settles_after_entry": "settled_on", "dependant_settles_with_a_permit": "settled_on"}
OF_THE_FILE = ("name", "nationality", "birth_date", "sex")


class DependantForm(forms.Form):
    """Somebody who came with the principal. With ``link`` it changes one; their own file keeps the rest."""

    name = forms.CharField(label=_("Name in Roman letters"), max_length=200, validators=[no_hidden_signs])
    relation = term(Relation, _("Relation"), required=True)
    nationality = term(Country, _("Nationality"))
    birth_date = day_field(_("Birth date"), required=False)
    sex = term(Sex, _("Sex"))
    status = forms.ModelChoiceField(
        label=_("Status of residence"), queryset=StatusCode.objects.all(), required=False, empty_label="—"
    )
    municipality = term(Municipality, _("Municipality"))
    entered_on = day_field(_("Entered on"), required=False)
    settled_on = day_field(_("Settled on"), required=False)

    def __init__(self, data=None, *, case: VisaCase, viewer: User, link: FamilyLink | None = None):
        super().__init__(data, initial=_initial(case, link))
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

    def refuse(self, rule: str, sentence: str) -> None:
        """Tell what the database has refused, at its field."""
        self.add_error(FIELD_OF.get(rule), sentence)


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
