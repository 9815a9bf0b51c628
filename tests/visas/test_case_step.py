"""A visa case on its way: what follows on what, who may take it, and what the database refuses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Client, ClientName
from centers.models import Municipality, Role
from centers.scope import acting_for, set_scope
from centers.selectors import scope_of
from tests.make import everywhere, make_client, make_user, make_visa_case, name_client, place
from tests.support import ask, forbidden, refused_by, run, settle
from visas.models import CaseStep, QuotaPool, VisaCase, VisaProgramme
from visas.models.step import WITH_EVIDENCE
from visas.path import path_of, step_order
from visas.services.case import take_back, take_in, take_step, take_steps
from visas.stages import CASE_STATES

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
START = TODAY - timedelta(days=60)
WAY = ("checked", "reviewed", "recommended", "submitted", "granted", "settled", "left")


def step(case: VisaCase, kind: str, day: int = 0, **told) -> CaseStep:
    """The step so many days after the reception."""
    if kind == "recommended":
        told.setdefault("document", f"추천 {case.pk}")
    elif kind in WITH_EVIDENCE[:5] and not told.get("papers"):
        told.setdefault("note", "제출서류 확인")
    with everywhere():
        return take_step(actor=None, case=case, kind=kind, happened_on=START + timedelta(days=day), **told)


def walk(case: VisaCase, kind: str) -> VisaCase:
    """Go up to a step on the straight way."""
    for number, one in enumerate(WAY[: WAY.index(kind) + 1]):
        step(case, one, number)
    return case


def make_case(programme: str = "E-7-4R", at: str = "52140-office", **fields) -> VisaCase:
    return make_visa_case(programme, at, received_on=START, municipality_id="52140", **fields)


def state_of(case: VisaCase) -> str:
    with everywhere():
        return ask("SELECT kind FROM wall.case_state(%s)", case.pk)


def at_state(state: str) -> VisaCase:
    """A case that stands at a step, by its rows."""
    case = make_case()
    before = {"asked": [], "answered": ["asked"], "refused": WAY[:3], "lapsed": WAY[:3], "completed": WAY[:6]}
    before |= {"cancelled": WAY[:5], "moved": WAY[:6]}
    for number, one in enumerate(before.get(state, ())):
        step(case, one, number)
    if state in WAY:
        walk(case, state)
    elif state != "received":
        step(case, state, 9, note="확인함")
    return case


class WayTests:
    def test_the_days_of_a_case_are_those_of_its_steps(self):
        case = walk(make_case(), "left")
        with everywhere():
            case.refresh_from_db()
        assert case.recommended_on == START + timedelta(days=2)
        assert case.letter_number == f"추천 {case.pk}"
        assert (case.granted_on, case.settled_on) == (START + timedelta(days=4), START + timedelta(days=5))
        assert case.left_on == START + timedelta(days=6)
        assert case.pool_id == "e74-2025" or case.pool_id is None

    @pytest.mark.parametrize("state", CASE_STATES)
    def test_the_page_and_the_database_say_the_same_of_what_follows(self, state):
        case = at_state(state)
        assert state_of(case) == state
        user = make_user(Role.PROVINCE_STAFF, "52-office")
        with everywhere():
            case.refresh_from_db()
            path = path_of(VisaCase.objects.get(pk=case.pk), user)
            assert path.state == state
            for kind in {one.step for one in step_order()}:
                follows = ask("SELECT coalesce(wall.step_follows(%s, %s, %s), false)", case.pk, kind, state)
                assert follows == path.can(kind), (state, kind)

    def test_a_case_of_a_university_is_checked_by_no_city(self):
        case = make_visa_case("D-2", "jbnu", received_on=START)
        with refused_by("case_step_follows"):
            step(case, "checked")
        step(case, "reviewed")
        assert state_of(case) == "reviewed"

    def test_what_was_checked_before_a_completion_is_reviewed_after_it(self):
        case = make_case()
        for number, kind in enumerate(("checked", "asked", "answered", "reviewed")):
            step(case, kind, number, note="소득금액증명원")
        assert state_of(case) == "reviewed"

    @pytest.mark.parametrize(
        ("kind", "rule"),
        [("granted", "case_step_follows"), ("recommended", "case_step_follows"), ("settled", "case_step_follows")],
    )
    def test_a_permit_does_not_come_before_the_recommendation(self, kind, rule):
        with refused_by(rule):
            step(make_case(), kind)

    def test_a_step_does_not_lie_before_the_last_one_nor_in_the_future(self):
        case = make_case()
        step(case, "checked", 5)
        with refused_by("case_step_in_order"):
            step(case, "reviewed", 4)
        with refused_by("not_in_the_future"):
            step(case, "reviewed", 61)

    def test_steps_are_added_and_never_changed(self):
        made = step(make_case(), "checked")
        with forbidden(), everywhere():
            CaseStep.objects.filter(pk=made.pk).update(note="다른 말")
        with forbidden(), everywhere():
            CaseStep.objects.filter(pk=made.pk).delete()

    def test_a_case_does_not_say_another_day_than_its_step(self):
        case = walk(make_case(), "recommended")
        with refused_by("visa_case_agrees_with_its_steps"), everywhere():
            VisaCase.objects.filter(pk=case.pk).update(recommended_on=START + timedelta(days=3))

    def test_a_recommendation_has_a_number(self):
        case = walk(make_case(), "reviewed")
        with refused_by("recommendation_has_a_number"):
            step(case, "recommended", 3, document="")

    @pytest.mark.parametrize("again", ["전북f2r-7", "전북 F2R - 7", "전북Ｆ２Ｒ－７", "전북F2R-7\u3000"])
    def test_a_letter_number_is_the_same_however_it_is_written(self, again):
        cases = [walk(make_case("F-2-R", "52180-office"), "reviewed") for _ in range(2)]
        step(cases[0], "recommended", 2, document="전북F2R-7")
        with refused_by("visa_case_letter_once"):
            step(cases[1], "recommended", 2, document=again)
        step(cases[1], "recommended", 2, document="전북F2R-17")

    def test_a_letter_is_one_person_s_and_a_list_is_many_s(self):
        first, second = (walk(make_case("F-2-R", "52180-office"), "reviewed") for _ in range(2))
        step(first, "recommended", 3, document="외국인-12")
        with refused_by("visa_case_letter_once"):
            step(second, "recommended", 3, document="외국인-12")
        for case in [walk(make_case("E-7-4"), "reviewed") for _ in range(2)]:
            step(case, "recommended", 3, document="외국인-13")
            assert state_of(case) == "recommended"

    def test_joined_identities_take_their_steps_along(self):
        case = walk(make_case(), "checked")
        other = make_client("52190-office")
        with everywhere():
            run("SELECT wall.join_persons(%s, %s)", other.person_id, case.person_id)
            assert CaseStep.objects.get(case=case).person_id == other.person_id


class TakenBackTests:
    def back(self, case: VisaCase, kind: str, reason: str = "다른 사람의 서류였음"):
        with everywhere():
            return take_back(actor=None, case=case, kind=kind, reason=reason)

    def test_the_last_step_is_taken_back_and_its_row_stays(self):
        case = walk(make_case(), "recommended")
        self.back(case, "recommended")
        with everywhere():
            case.refresh_from_db()
            assert CaseStep.objects.filter(case=case).count() == 4
        assert (case.recommended_on, case.letter_number, state_of(case)) == (None, "", "reviewed")
        self.back(case, "reviewed")
        assert state_of(case) == "checked"
        step(case, "reviewed", 9)
        assert state_of(case) == "reviewed"

    def test_a_place_is_given_back_once(self):
        with everywhere():
            before = QuotaPool.objects.get(pk="f2r-2025-2026").taken
        case = walk(make_case("F-2-R", "52180-office"), "recommended")
        self.back(case, "recommended")
        with everywhere():
            assert QuotaPool.objects.get(pk="f2r-2025-2026").taken == before

    def test_a_day_that_came_by_a_file_is_taken_back_too(self):
        case = make_case(recommended_on=START, letter_number="2024-1")
        self.back(case, "recommended")
        assert state_of(case) == "received"

    def test_only_the_last_and_only_with_a_reason(self):
        case = walk(make_case(), "recommended")
        with refused_by("case_step_taken_back_last"):
            self.back(case, "reviewed")
        with refused_by("case_step_taken_back_with_a_reason"):
            self.back(case, "recommended", "")
        with refused_by("case_step_taken_back_last"):
            self.back(make_case(), "checked")


class WallTests:
    """Who takes which step, by the database alone."""

    def act(self, user, case: VisaCase, kind: str) -> CaseStep:
        set_scope(scope_of(user))
        return take_step(actor=user, case=case, kind=kind, happened_on=TODAY, document="1")

    def test_a_city_takes_no_step_of_the_province_nor_of_another_city(self):
        case = walk(make_case(), "checked")
        city, other = make_user(Role.CITY_OFFICER, "52140-office"), make_user(Role.CITY_OFFICER, "52190-office")
        with forbidden():
            self.act(city, case, "reviewed")
        with forbidden():
            self.act(other, case, "withdrawn")
        assert self.act(city, case, "withdrawn").actor_id == city.pk

    def test_a_centre_reads_the_case_of_its_client_and_completes_it(self):
        case = make_case()
        client = make_client("52110-c1", person=case.person_id)
        assert client.pk
        step(case, "asked", 1, note="여권 사본")
        counsellor, elsewhere = make_user(Role.COUNSELLOR, "52110-c1"), make_user(Role.COUNSELLOR, "52130-c1")
        with forbidden():
            self.act(counsellor, case, "withdrawn")
        self.act(counsellor, case, "answered")
        set_scope(scope_of(elsewhere))
        assert list(CaseStep.objects.all()) == []

    def test_a_university_says_how_its_students_go_on_and_does_not_review(self):
        case = make_visa_case("D-2", "jbnu", received_on=START)
        user = make_user(Role.UNIVERSITY_COORDINATOR, "jbnu")
        with forbidden():
            self.act(user, case, "reviewed")
        step(case, "reviewed", 1)
        step(case, "recommended", 2)
        self.act(user, case, "submitted")

    def test_nobody_takes_a_step_in_another_s_name(self):
        case = make_case()
        city = make_user(Role.CITY_OFFICER, "52140-office")
        set_scope(scope_of(city))
        made = take_step(actor=make_user(), case=case, kind="checked", happened_on=TODAY, note="x")
        made.refresh_from_db()
        assert made.actor_id == city.pk


class TakenInTests:
    def take(self, client: Client, programme: str = "E-7-4R", municipality: str | None = "52140", **told) -> VisaCase:
        with acting_for([client.workspace_id]):
            made = take_in(
                client=client,
                programme=VisaProgramme.objects.get(pk=programme),
                municipality=municipality and Municipality.objects.get(pk=municipality),
                received_on=START,
                **told,
            )
        with everywhere():
            return VisaCase.objects.get(pk=made)

    @pytest.mark.parametrize("at", ["52110-c1", "52-jobs"])
    def test_a_case_from_a_centre_or_the_agency_is_kept_at_the_office(self, at):
        client = make_client(at, nationality_id="VN", status_id="E-9")
        name_client(client, "Nguyễn Văn An")
        case = self.take(client, consented=True, note="여권 사본, 신청서")
        assert case.workspace.code == "52140-office"
        with everywhere():
            file = Client.objects.get(pk=case.client_id)
            names = set(ClientName.objects.filter(client=file).values_list("text", flat=True))
            assert CaseStep.objects.get(case=case).at.code == at
        assert (file.person_id, file.nationality_id, file.status_id) == (client.person_id, "VN", "E-9")
        assert "Nguyễn Văn An" in names
        with acting_for([client.workspace_id]):
            assert VisaCase.objects.filter(pk=case.pk).exists(), "whoever took it in reads it"

    def test_a_file_of_the_office_is_used_and_a_restricted_status_not_told(self):
        client = make_client("52110-c1", status_id="UNREG")
        first = self.take(client, consented=True)
        with everywhere():
            assert Client.objects.get(pk=first.client_id).status_id is None
        second = self.take(client, "F-4-R", consented=True)
        assert second.client_id == first.client_id

    def test_a_second_live_case_is_refused_also_through_two_municipalities(self):
        client = make_client("52110-c1")
        self.take(client, "F-2-R", "52180", consented=True)
        with refused_by("visa_case_one_live"):
            self.take(client, "F-2-R", "52190", consented=True)

    def test_the_office_gets_no_file_without_the_client_s_word(self):
        with refused_by("visa_case_handed_on_with_consent"):
            self.take(make_client("52110-c1"))

    @pytest.mark.parametrize(
        ("at", "programme", "municipality"),
        [
            ("52110-s1", "E-7-4R", "52140"),
            ("52140-office", "E-7-4R", "52190"),
            ("52110-c1", "D-2", None),
            ("jbnu", "E-7-4R", "52140"),
        ],
    )
    def test_nobody_takes_in_what_is_not_theirs(self, at, programme, municipality):
        with refused_by("visa_case_taken_in_here"):
            self.take(make_client(at), programme, municipality, consented=True)

    def test_nobody_takes_in_for_a_client_of_another_workspace(self):
        client = make_client("52110-c1")
        with forbidden(), acting_for([place("52130-c1").pk]):
            run("SELECT wall.take_in(%s, 'E-7-4R', '52140', %s, '', '', true, NULL)", client.pk, START)


class ManyTests:
    def test_what_one_case_is_refused_does_not_hold_up_the_others(self):
        good = [walk(make_case("F-2-R", "52180-office"), "reviewed") for _ in range(2)]
        early = make_case("F-2-R", "52180-office")
        user = make_user(Role.PROVINCE_STAFF, "52-office")
        set_scope(scope_of(user))
        batch = take_steps(
            actor=user, cases=[*good, early], kind="recommended", happened_on=TODAY, document="외국인-20"
        )
        settle()
        assert len(batch.done) == 1, "a letter is one person's"
        assert [rule for _case, rule in batch.refused] == ["visa_case_letter_once", "case_step_follows"]


class PageTests:
    @pytest.fixture
    def city(self, client):
        user = make_user(Role.CITY_OFFICER, "52140-office", name="시 담당자")
        client.force_login(user)
        return user

    def test_a_city_takes_a_case_in_and_checks_it(self, client, city):
        person = make_client("52140-office", name="TRAN THI B")
        told = {"programme": "E-7-4R", "municipality": "52140", "happened_on": str(START), "note": "신청서"}
        answer = client.post(f"{reverse('visas:case_new')}?client={person.pk}", told, follow=True)
        assert answer.status_code == 200
        case = answer.context["case"]
        assert case.received_on == START
        page = answer.content.decode()
        assert "TRAN THI B" in page and reverse("visas:case_step", args=[case.pk, "checked"]) in page
        assert reverse("visas:case_step", args=[case.pk, "recommended"]) not in page
        answer = client.post(
            reverse("visas:case_step", args=[case.pk, "checked"]),
            {"happened_on": str(TODAY), "note": "x"},
            follow=True,
        )
        assert str(TODAY) in str(next(iter(answer.context["messages"])))
        assert answer.context["path"].state == "checked"
        assert client.get(reverse("visas:case_step", args=[case.pk, "recommended"])).status_code == 403

    def test_a_centre_hands_a_case_on_and_knows_it_by_its_own_file(self, client):
        client.force_login(make_user(Role.COUNSELLOR, "52110-c1"))
        person = make_client("52110-c1", name="TRAN THI B")
        told = {"programme": "E-7-4R", "municipality": "52140", "happened_on": str(START)}
        address = f"{reverse('visas:case_new')}?client={person.pk}"
        assert client.post(address, told).context["form"].errors["consented"]
        answer = client.post(address, told | {"consented": "on"}, follow=True)
        assert answer.context["client"] == person and "TRAN THI B" in answer.content.decode()
        assert "TRAN THI B" in client.get(reverse("visas:board")).content.decode()

    def test_a_refusal_is_a_sentence_at_the_field_and_nothing_is_lost(self, client, city):
        case = make_case()
        step(case, "checked", 30)
        told = {"happened_on": str(START), "note": "본인이 철회서를 냄"}
        answer = client.post(reverse("visas:case_step", args=[case.pk, "withdrawn"]), told)
        assert answer.status_code == 400
        assert answer.context["form"].errors["happened_on"]
        assert "본인이 철회서를 냄" in answer.content.decode()

    def test_a_form_that_comes_twice_is_one_step(self, client, city):
        case, told = make_case(), {"happened_on": str(TODAY), "document": "7"}
        for _ in range(2):
            assert client.post(reverse("visas:case_step", args=[case.pk, "checked"]), told).status_code == 302
        with everywhere():
            assert CaseStep.objects.filter(case=case).count() == 1

    def test_the_last_step_is_taken_back_on_its_page(self, client, city):
        case = make_case()
        step(case, "checked", 3)
        address = reverse("visas:case_back", args=[case.pk])
        assert client.post(address, {"kind": "checked", "note": ""}).status_code == 400
        answer = client.post(address, {"kind": "checked", "note": "다른 사람 서류"}, follow=True)
        assert answer.context["path"].state == "received"
        assert "다른 사람 서류" in answer.content.decode()

    def test_a_programme_without_a_quota_is_said_before_it_is_recommended(self, client):
        """A recommendation that no quota counts has to be seen before it is written."""
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        student, worker = make_visa_case("D-2", "jbnu", received_on=START), make_case()
        step(student, "reviewed", 1)
        walk(worker, "reviewed")
        over = QuotaPool.objects.get(pk="d2-2025-2026").ends_on < TODAY
        for case, none_runs in ((student, over), (worker, True)):
            page = client.get(reverse("visas:case_step", args=[case.pk, "recommended"]))
            assert page.context["no_quota"] is none_runs

    def test_a_full_quota_is_told_at_the_day(self, client):
        client.force_login(make_user(Role.PROVINCE_STAFF, "52-office"))
        case = make_visa_case("D-2", "jbnu", received_on=START)
        step(case, "reviewed", 1)
        fill("d2-2025-2026")
        told = {"happened_on": str(TODAY), "document": "광역-1"}
        answer = client.post(reverse("visas:case_step", args=[case.pk, "recommended"]), told)
        assert answer.status_code == 400 and answer.context["form"].errors["happened_on"]
        assert "광역-1" in answer.content.decode()


def fill(pool: str) -> None:
    """Take every place of a quota of the university."""
    with everywhere():
        found = QuotaPool.objects.get(pk=pool)
        workspace, places = place("jbnu").pk, found.capacity - found.taken
        run(
            "INSERT INTO cases_client (workspace_id, person_id, ref, shared_with) "
            "SELECT %s, person_id, 'full', '{}' FROM wall.persons_for(array_fill(NULL::bytea, ARRAY[%s]))",
            workspace,
            places,
        )
        run(
            "INSERT INTO visas_visacase (workspace_id, client_id, person_id, programme_id, received_on,"
            " recommended_on, ref, letter_number, period, shared_with) "
            "SELECT workspace_id, id, person_id, 'D-2', %s, %s, '', '', '', '{}' FROM cases_client WHERE ref = 'full'",
            START,
            START,
        )
