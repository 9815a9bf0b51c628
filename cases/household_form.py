"""Somebody joins a household, or what is told of a member is corrected."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import DayField
from accounts.models import User
from cases.forms import RefusableForm, term
from cases.households import find_members, joined_by
from cases.listings.people import names_in_text, number_of
from cases.models import Client, FamilyLink, Relation

FIELD_OF = {
    "family_link_once": "member",
    "family_link_of_two_people": "member",
    "family_link_settles_after_entry": "entered_on",
    "not_in_the_future": "entered_on",
}
THIS, OTHER = "this", "other"
TURNED = {"spouse": "spouse", "child": "parent", "parent": "child"}  # a relation as the other of the two has it


class MemberForm(RefusableForm):
    """What is told of a member of a household."""

    field_of = FIELD_OF
    relation = term(Relation, _("Relation to the principal"), required=True)
    entered_on = DayField(_("Entered on"), required=False, help_text=_("The day of entry into Korea, if it is known."))


class PrincipalForm(RefusableForm):
    """How everybody else is related to a member who becomes the principal.

    Who was the principal stands first. Only what follows by itself is filled in: the spouse's spouse, and the children
    of a spouse, whom both may have.
    """

    former = term(Relation, "", required=True)

    def __init__(self, data=None, *, to: FamilyLink, links: list[FamilyLink]):
        super().__init__(data)
        self.fields["former"].label = names_in_text(to.household.principal)
        self.fields["former"].initial = TURNED.get(to.relation_id)
        for link in links:
            field = term(Relation, names_in_text(link.client), required=True)
            field.initial = "child" if (to.relation_id, link.relation_id) == ("spouse", "child") else None
            self.fields[f"link_{link.pk}"] = field

    @property
    def relations(self) -> dict[int, Relation]:
        """By the ids of the links, but for that of the new principal."""
        told = self.cleaned_data
        return {int(name.removeprefix("link_")): told[name] for name in told if name.startswith("link_")}


class NewMemberForm(MemberForm):
    """A member looked for among the files of the client's workspace, chosen, and put beside the client.

    Where the client is in no household yet, ``head`` says which of the two is the principal.
    """

    q = forms.CharField(
        label=_("Who joins"), max_length=100, required=False,
        help_text=_("Name, number or telephone ending of somebody who has a file here."),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    member = forms.ChoiceField(label=_("Files that fit"), widget=forms.RadioSelect)
    head = forms.ChoiceField(label=_("Principal"), widget=forms.RadioSelect)
    field_order = ["q", "member", "head", "relation", "entered_on"]

    def __init__(self, data=None, *, client: Client, viewer: User, search: bool = False):
        super().__init__(data, initial={"head": THIS})
        self.client, self.viewer = client, viewer
        self.household = joined_by(viewer, client)
        self.found = find_members(viewer, client, data.get("q", "")) if data and data.get("q", "").strip() else None
        self.rows = {str(row.pk): row for row in self.found.clients} if self.found else {}
        self.fields["member"].choices = [(key, _in_words(row)) for key, row in self.rows.items()]
        self.fields["head"].choices = [(THIS, names_in_text(client)), (OTHER, _("Who joins"))]
        if self.household:
            del self.fields["head"]
        if search:
            self._only_looked_for()

    def _only_looked_for(self) -> None:
        """Nothing is to be put on record yet: what was typed stays, and nothing of it is wrong."""
        self.is_bound = False
        self.initial |= {name: self.data.get(name) for name in self.fields if self.data.get(name)}

    @property
    def people(self) -> dict[str, Client]:
        """The principal, and who joins."""
        chosen = self.rows[self.cleaned_data["member"]]
        if self.household:
            return {"principal": self.household.principal, "client": chosen}
        pair = (self.client, chosen) if self.cleaned_data["head"] == THIS else (chosen, self.client)
        return dict(zip(("principal", "client"), pair, strict=True))


def _in_words(client: Client) -> str:
    """What tells a file from another of the same name."""
    born = client.birth_date.isoformat() if client.birth_date else ""
    nationality = str(client.nationality) if client.nationality_id else ""
    return " · ".join(filter(None, (names_in_text(client), born, nationality, number_of(client))))
