"""A household made and changed on the page of a client: who joins, who leaves, and that it can be taken back."""

from datetime import timedelta

import pytest

from audit.models import Action, AuditEntry
from cases.models import FamilyLink, Household
from cases.services.merge import merge_clients, part_clients
from centers.models import Role
from centers.scope import acting_for
from tests.make import (
    DAY,
    everywhere,
    make_client,
    make_dependant,
    make_dependant_question,
    make_user,
    make_visa_case,
    place,
)
from tests.support import as_owner, forbidden, refused_by, run_together


def address(client) -> str:
    return f"/clients/{client.pk}/household/new/"


def links() -> list[tuple]:
    with everywhere():
        rows = FamilyLink.objects.order_by("pk")
        return list(rows.values_list("household__principal", "client", "relation", "entered_on"))


def link_ids() -> set[int]:
    with everywhere():
        return set(FamilyLink.objects.values_list("pk", flat=True))


def changes(user) -> list[str]:
    """What the person has put on record of households."""
    with acting_for([place().pk], actor=user):
        entries = AuditEntry.objects.filter(action=Action.HOUSEHOLD_CHANGED, actor=user).order_by("pk")
        return [entry.data["change"] for entry in entries]


def joins(client, person, other, **told):
    """What the page answers to the form that puts somebody beside a client."""
    form = {"q": str(other), "member": other.pk, "head": "this", "relation": "spouse"} | told
    return client.post(address(person), form)


def take_out(client, link) -> None:
    assert client.post(f"/household/{link.pk}/remove/").status_code == 302


def offered_back(client, person) -> list:
    return client.get(person.get_absolute_url()).context["taken_out"]


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR)
    client.force_login(user)
    return user


@pytest.mark.django_db
class JoinTests:
    def test_is_found_chosen_and_put_on_record(self, client, counsellor):
        person, other = make_client(name="NGUYEN VAN AN"), make_client(name="TRAN THI BICH")
        found = client.post(address(person), {"q": "bich", "find": ""})
        assert (found.status_code, links()) == (200, [])
        assert list(found.context["form"].rows) == [str(other.pk)]
        answer = joins(client, person, other, entered_on="2025-03-03")
        assert answer["Location"] == person.get_absolute_url() + "#household"
        assert links() == [(person.pk, other.pk, "spouse", DAY)]
        assert changes(counsellor) == ["added"]
        page = client.get(answer["Location"]).content.decode()
        assert "2명" in page
        assert "TRAN THI BICH" in page
        assert "BICH" not in str(answer.cookies)

    def test_either_can_be_the_principal(self, client, counsellor):
        child, father = make_client(), make_client()
        joins(client, child, father, head="other", relation="child")
        assert links() == [(father.pk, child.pk, "child", None)]

    def test_who_came_with_somebody_brings_the_next_into_that_household(self, client, counsellor):
        father, child, second = make_client(), make_client(), make_client()
        make_dependant(father, client=child, relation="child")
        assert "head" not in client.get(address(child)).context["form"].fields
        joins(client, child, second, relation="child")
        assert [row[:2] for row in links()] == [(father.pk, child.pk), (father.pk, second.pk)]

    def test_nobody_of_another_centre_is_found_or_taken(self, client, counsellor):
        person, stranger = make_client(), make_client("52130-c1", name="TRAN THI BICH")
        assert client.post(address(person), {"q": "bich", "find": ""}).context["form"].rows == {}
        assert joins(client, person, stranger).status_code == 400
        assert client.post(address(stranger), {}).status_code == 404
        assert links() == []

    def test_nobody_is_there_twice_nor_beside_themselves(self, client, counsellor):
        person, other = make_client(), make_client()
        joins(client, person, other)
        for one, two in ((person, other), (other, person), (person, person)):
            answer = joins(client, one, two)
            assert answer.status_code == 400
            assert answer.context["form"].errors.keys() == {"member"}
        assert len(links()) == 1

    @pytest.mark.parametrize(
        ("told", "field"),
        [
            ({"relation": ""}, "relation"), ({"relation": "made up"}, "relation"), ({"entered_on": "x"}, "entered_on"),
            ({"entered_on": "2999-01-01"}, "entered_on"), ({"head": "nobody"}, "head"), ({"member": "x"}, "member"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_told_at_its_field_and_nothing_is_written(self, client, counsellor, told, field):
        person, other = make_client(), make_client()
        answer = joins(client, person, other, **told)
        assert (answer.status_code, answer.context["form"].errors.keys()) == (400, {field})
        assert answer.context["form"]["q"].value() == str(other)
        assert (links(), changes(counsellor)) == ([], [])

    def test_a_file_merged_away_leads_to_the_one_that_lives_on(self, client, counsellor):
        kept, gone = make_client(), make_client()
        with acting_for([kept.workspace_id], actor=counsellor):
            merge_clients(actor=counsellor, kept=kept, absorbed=gone)
        assert client.get(address(gone))["Location"] == address(kept)


@pytest.mark.django_db
class ChangeTests:
    @pytest.fixture
    def link(self, counsellor):
        return make_dependant(make_client(), relation="spouse")

    def test_what_was_told_is_corrected_and_kept_in_the_history(self, client, counsellor, link):
        client.post(f"/household/{link.pk}/", {"relation": "child", "entered_on": "2025-03-03"})
        assert links() == [(link.household.principal_id, link.client_id, "child", DAY)]
        with everywhere():
            assert [row.relation_id for row in link.events.all()] == ["spouse"]
        assert changes(counsellor) == ["changed"]

    def test_taken_out_and_taken_back_as_it_was(self, client, counsellor, link):
        before = links()
        assert client.get(f"/household/{link.pk}/remove/").status_code == 200
        assert links() == before
        take_out(client, link)
        assert links() == []
        for person in (link.household.principal, link.client):
            [was] = offered_back(client, person)
        client.post(f"/household/{was.pgh_id}/restore/")
        assert links() == before
        with everywhere():
            assert FamilyLink.objects.get().pk == link.pk
        assert changes(counsellor) == ["removed", "restored"]
        assert offered_back(client, link.client) == []

    def test_once_back_it_is_not_put_back_again(self, client, link):
        take_out(client, link)
        [was] = offered_back(client, link.client)
        assert client.post(f"/household/{was.pgh_id}/restore/").status_code == 302
        assert client.post(f"/household/{was.pgh_id}/restore/").status_code == 404
        assert len(links()) == 1

    def test_after_a_week_it_is_offered_no_more(self, client, link, monkeypatch):
        take_out(client, link)
        assert len(offered_back(client, link.client)) == 1
        monkeypatch.setattr("cases.households.RESTORABLE", timedelta(0))
        assert offered_back(client, link.client) == []

    def test_a_merge_meanwhile_leads_to_the_file_that_lives_on(self, client, counsellor, link):
        take_out(client, link)
        kept = make_client()
        with acting_for([kept.workspace_id], actor=counsellor):
            merge_clients(actor=counsellor, kept=kept, absorbed=link.client)
        [was] = offered_back(client, kept)
        client.post(f"/household/{was.pgh_id}/restore/")
        assert links() == [(link.household.principal_id, kept.pk, "spouse", None)]

    @pytest.mark.parametrize("side", ["principal", "member"])
    def test_a_merge_that_was_undone_stands_in_no_way(self, client, counsellor, link, side):
        """Taken out while the merge stood: the undoing says that it does not bring them back, and they go back to the
        file they came from.
        """
        kept = make_client()
        make_dependant(kept)
        absorbed = link.household.principal if side == "principal" else link.client
        before = links()
        with acting_for([kept.workspace_id], actor=counsellor):
            merge = merge_clients(actor=counsellor, kept=kept, absorbed=absorbed)
        take_out(client, link)
        told = client.post(f"/clients/merges/{merge.pk}/undo/", follow=True).content.decode()
        assert "합친 뒤에 삭제한 것은 되돌리지 않습니다: 동반가족 1" in told
        assert link.pk not in link_ids()
        [was] = offered_back(client, kept)
        client.post(f"/household/{was.pgh_id}/restore/")
        assert sorted(links()) == sorted(before)

    def test_two_files_of_one_household_merge_once_one_is_taken_out(self, client, counsellor, link):
        principal = link.household.principal
        with refused_by("merge_nobody_depends_on_themselves"), acting_for([link.workspace_id], actor=counsellor):
            merge_clients(actor=counsellor, kept=principal, absorbed=link.client)
        take_out(client, link)
        with acting_for([link.workspace_id], actor=counsellor):
            merge = merge_clients(actor=counsellor, kept=principal, absorbed=link.client)
        [was] = offered_back(client, principal)
        told = client.post(f"/household/{was.pgh_id}/restore/", follow=True).content.decode()
        assert "본인의 동반가족" in told
        assert links() == []
        with acting_for([link.workspace_id], actor=counsellor):
            part_clients(merge, actor=counsellor)
        client.post(f"/household/{was.pgh_id}/restore/")
        assert [row[:2] for row in links()] == [(principal.pk, link.client_id)]

    @pytest.mark.parametrize(("kept_by", "told"), [("settled", "정착일"), ("question", "비자 건")])
    def test_whoever_is_counted_or_asked_about_stays(self, client, kept_by, told):
        officer = make_user(Role.CITY_OFFICER, "52110-office")
        client.force_login(officer)
        case = make_visa_case("F-2-R", "52110-office", recommended_on=DAY, letter_number="P-1", granted_on=DAY)
        if kept_by == "settled":
            link = make_dependant(case.client, settled_on=DAY)
        else:
            link = make_dependant_question(case).link
        before = links()
        assert told in client.post(f"/household/{link.pk}/remove/", follow=True).content.decode()
        assert (links(), changes(officer)) == (before, [])


@pytest.mark.django_db
class WallTests:
    def test_another_centre_knows_of_none_of_it(self, client, counsellor):
        link = make_dependant(make_client("52130-c1"))
        for page in (f"/household/{link.pk}/", f"/household/{link.pk}/remove/"):
            assert client.post(page, {"relation": "child"}).status_code == 404
        with everywhere():
            link.delete()
            [was] = FamilyLink._meta.get_field("events").related_model.objects.all()
        assert client.post(f"/household/{was.pgh_id}/restore/").status_code == 404
        assert links() == []

    def test_the_database_deletes_none_of_another_centre(self):
        link = make_dependant(make_client("52130-c1"))
        with acting_for([make_client().workspace_id]):
            assert FamilyLink.objects.filter(pk=link.pk)._raw_delete("default") == 0
        assert len(links()) == 1

    def test_a_household_itself_stays(self):
        link = make_dependant(make_client())
        with everywhere(), forbidden():
            Household.objects.filter(pk=link.household_id)._raw_delete("default")

    def test_nobody_is_their_own_dependant(self):
        person = make_client()
        with refused_by("family_link_of_two_people"):
            make_dependant(person, client=person)


def test_pressed_twice_at_once_it_is_one_member(committed):
    from django.test import Client as Browser

    user, person, other = make_user(Role.COUNSELLOR), make_client(), make_client()

    def press():
        browser = Browser()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return joins(browser, person, other).status_code

    assert sorted(run_together(press, press)) == [302, 400]
    with as_owner(committed) as owner:
        assert owner.execute("SELECT count(*) FROM cases_familylink").fetchone() == (1,)


@pytest.mark.django_db
class PrincipalTests:
    """Who heads a household is changed in one step; how everybody is related to them is asked, never guessed."""

    @pytest.fixture
    def family(self, counsellor):
        self.father, self.mother, self.child = (make_client(name=name) for name in ("FATHER", "MOTHER", "CHILD"))
        self.wife = make_dependant(self.father, client=self.mother, relation="spouse")
        self.kid = make_dependant(self.father, client=self.child, relation="child")
        return self

    def heads(self) -> dict[int, set[tuple]]:
        with everywhere():
            rows = FamilyLink.objects.values_list("household__principal", "client", "relation")
            return {principal: {row[1:] for row in rows if row[0] == principal} for principal, *_ in rows}

    def test_the_wife_becomes_the_principal(self, client, counsellor, family):
        address = f"/household/{family.wife.pk}/principal/"
        form = client.get(address).context["form"]
        assert {bound.label: bound.value() for bound in form} == {"FATHER": "spouse", "CHILD": "child"}
        told = {bound.name: bound.value() for bound in form}
        answer = client.post(address, told, follow=True)
        assert "3명" in answer.content.decode()
        assert family.heads() == {family.mother.pk: {(family.father.pk, "spouse"), (family.child.pk, "child")}}
        assert changes(counsellor) == ["principal"]
        assert offered_back(client, family.mother) == []

    def test_what_does_not_follow_by_itself_is_asked(self, client, counsellor, family):
        address = f"/household/{family.kid.pk}/principal/"
        form = client.get(address).context["form"]
        assert {bound.label: bound.value() for bound in form} == {"FATHER": "parent", "MOTHER": None}
        answer = client.post(address, {"former": "parent"})
        assert answer.status_code == 400
        assert list(family.heads()) == [family.father.pk]
        client.post(address, {"former": "parent", f"link_{family.wife.pk}": "parent"})
        assert family.heads() == {family.child.pk: {(family.father.pk, "parent"), (family.mother.pk, "parent")}}

    def test_who_heads_a_household_already_heads_no_second(self, client, counsellor, family):
        make_dependant(family.mother)
        before = family.heads()
        told = {"former": "spouse", f"link_{family.kid.pk}": "child"}
        answer = client.post(f"/household/{family.wife.pk}/principal/", told)
        assert answer.status_code == 400
        assert "이미 다른 가구의 주신청자" in answer.content.decode()
        assert family.heads() == before and changes(counsellor) == []

    def test_a_permit_holds_the_principal(self, client):
        officer = make_user(Role.CITY_OFFICER, "52110-office")
        client.force_login(officer)
        case = make_visa_case("F-2-R", "52110-office", recommended_on=DAY, letter_number="P-1", granted_on=DAY)
        link = make_dependant(case.client)
        answer = client.post(f"/household/{link.pk}/principal/", {"former": "spouse"}, follow=True)
        assert "비자 건" in answer.content.decode()
        assert links()[0][0] == case.client_id
