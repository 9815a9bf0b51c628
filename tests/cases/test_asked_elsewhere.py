"""Requests between centres as who reviews them sees them, and how often may be asked."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Action, AuditEntry
from cases.models import AskedElsewhere, IdentityAnswer, IdentityBound, IdentityQuestion, IdentityRequest
from cases.services import identity
from centers.models import Role
from centers.scope import WHOLE_PROVINCE, acting_for
from tests.centers.test_export import csv_rows, written
from tests.make import everywhere, make_client, make_question, make_request, make_user, place
from tests.support import as_owner, refused_by, run_together

HERE, THERE = "52110-c1", "52130-c1"
LIST, BOUNDS = "/elsewhere/", "/elsewhere/bounds/"


@pytest.fixture
def counsellor():
    return make_user(Role.COUNSELLOR, HERE, name="묻는 상담원", official=False)


@pytest.fixture
def request_between(counsellor):
    asking = make_client(HERE, name="NGUYEN DEMO AN", ref="A-17")
    asked = make_client(THERE, name="TRAN DEMO BAO", ref="B-18")
    question = make_question(asking, asked_by=counsellor, sent_at=timezone.now(), consented_at=timezone.now())
    return make_request(asked, question)


@pytest.fixture
def privacy(client):
    user = make_user(Role.PRIVACY_OFFICER, "52-office")
    client.force_login(user)
    return user


@pytest.fixture
def administrator(client):
    user = make_user(Role.SYSTEM_ADMIN, "52-office")
    client.force_login(user)
    return user


@pytest.mark.django_db
class ListTests:
    def test_tells_who_asked_whom_and_no_name_of_a_client(self, client, request_between, privacy):
        text = client.get(LIST).content.decode()
        for told in ("묻는 상담원", str(place(HERE)), str(place(THERE)), "A-17", "B-18", "답변 대기"):
            assert told in text, told
        assert "DEMO AN" not in text
        assert "DEMO BAO" not in text

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (f"asking={HERE}", 1), (f"asking={THERE}", 0), (f"asked={THERE}", 1), (f"asked={HERE}", 0),
            ("answer=open", 1), ("answer=same", 0), ("answer=over", 0), ("from=2999-01-01", 0), ("to=2999-01-01", 1),
        ],
    )  # fmt: skip
    def test_is_narrowed(self, client, request_between, privacy, query, found):
        assert client.get(f"{LIST}?{query}").content.decode().count("A-17") == found

    def test_one_that_nobody_answered_in_time_is_over_and_waits_no_more(self, client, request_between, privacy):
        with everywhere():
            IdentityRequest.objects.update(sent_at=timezone.now() - timedelta(days=40))
        assert "A-17" in client.get(f"{LIST}?answer=over").content.decode()
        assert "A-17" not in client.get(f"{LIST}?answer=open").content.decode()

    def test_an_answer_is_there_with_who_gave_it(self, client, request_between, privacy):
        there = make_user_of(THERE)
        with everywhere():
            IdentityRequest.objects.update(
                answer=IdentityAnswer.DIFFERENT, answered_by=there, answered_at=timezone.now()
            )
        text = client.get(LIST).content.decode()
        assert "답한 상담원" in text
        assert f"{timezone.localdate()}" in text

    def test_asks_as_often_for_many_as_for_one(self, client, request_between, privacy):
        client.get(LIST)  # what the process keeps is read
        with CaptureQueriesContext(connection) as one:
            client.get(LIST)
        with acting_for(WHOLE_PROVINCE, reason="test"):
            question = IdentityQuestion.objects.get(pk=request_between.question_id)
        for _ in range(9):
            make_request(make_client(THERE), question)
        with CaptureQueriesContext(connection) as ten:
            client.get(LIST)
        assert len(ten) == len(one)

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.COUNSELLOR, Role.PROVINCE_STAFF, Role.SYSTEM_ADMIN])
    def test_the_database_gives_none_to_others(self, request_between, role):
        at = HERE if role in (Role.MANAGER, Role.COUNSELLOR) else "52-office"
        user = make_user(role, at)
        with acting_for([place(HERE).pk, place(THERE).pk], actor=user):
            assert not AskedElsewhere.objects.exists()


@pytest.mark.django_db
def test_it_is_taken_out_as_a_file(client, request_between, privacy, settings, tmp_path):
    settings.EXPORT_FOLDER = tmp_path / "exports"
    [head, row] = csv_rows(written(privacy, listing="asked-elsewhere"))
    told = dict(zip(head, row, strict=True))
    assert (told["요청한 센터의 파일"], told["요청받은 센터의 파일"]) == ("A-17", "B-18")
    assert "DEMO" not in "".join(row)


def make_user_of(at: str):
    return make_user(Role.COUNSELLOR, at, name="답한 상담원", official=False)


@pytest.mark.django_db
class BoundTests:
    def set_to(self, client, **typed):
        return client.post(BOUNDS, {"of_person": 2, "of_center": 3, "reason": "시범 운영"} | typed)

    def test_new_numbers_hold_at_once_and_the_old_ones_stay_on_record(self, client, administrator):
        answer = self.set_to(client)
        assert answer["Location"] == BOUNDS
        assert [(row.of_person, row.of_center) for row in IdentityBound.objects.order_by("pk")] == [(20, 60), (2, 3)]
        assert "시범 운영" in client.get(BOUNDS).content.decode()
        [entry] = AuditEntry.objects.filter(action=Action.IDENTITY_BOUND)
        assert (entry.actor, entry.data["of_person"], entry.data["of_center"]) == (administrator, 2, 3)

    @pytest.mark.parametrize(
        "typed", [{"of_person": "0"}, {"of_center": "1"}, {"of_person": ""}, {"of_person": "x"}, {"reason": ""}]
    )
    def test_what_cannot_be_is_refused_at_its_field_and_what_was_typed_stays(self, client, administrator, typed):
        answer = self.set_to(client, **typed)
        assert answer.status_code == 400
        assert IdentityBound.objects.count() == 1
        [name] = typed
        assert name in answer.context["form"].errors
        assert f'value="{typed[name]}"' in answer.content.decode() or not typed[name]

    def test_none_is_changed_or_taken_away(self, administrator):
        for change in (
            lambda: IdentityBound.objects.update(of_person=1),
            lambda: IdentityBound.objects.all().delete(),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()

    def test_whoever_asks_too_often_is_told_the_numbers_of_now(self, client, counsellor):
        identity.set_bound(actor=counsellor, of_person=1, of_center=3, reason="x")
        person = make_client(HERE)
        make_question(person, asked_by=counsellor)
        client.force_login(counsellor)
        answer = client.post(f"/clients/{person.pk}/elsewhere/", {"reason": "x"})
        assert answer.status_code == 429
        assert "하루에 한 사람은 1번" in answer.content.decode()

    def test_the_bound_of_the_centre_holds_for_all_who_work_there(self, counsellor):
        identity.set_bound(actor=counsellor, of_person=1, of_center=2, reason="x")
        person = make_client(HERE)
        others = [make_user(Role.COUNSELLOR, HERE, official=False) for _ in range(2)]
        for user in others:
            make_question(person, asked_by=user)
        with refused_by("asked_within_the_rate"):
            make_question(person, asked_by=counsellor)


@pytest.mark.committed
def test_a_person_of_two_centres_who_asks_six_times_at_once_asks_as_often_as_one_may(committed):
    user = make_user(Role.COUNSELLOR, HERE, official=False)
    people = [make_client(HERE), make_client(THERE)]
    with as_owner(committed) as owner:
        owner.execute("INSERT INTO cases_identitybound (of_person, of_center, reason) VALUES (2, 50, 'x')")

    def once(person):
        def ask() -> str:
            try:
                with acting_for([person.workspace_id], actor=user):
                    IdentityQuestion.objects.create(
                        workspace_id=person.workspace_id, client=person, asked_by=user, reason="x"
                    )
            except Exception as error:
                return type(error).__name__
            return "asked"

        return ask

    answers = run_together(*[once(people[turn % 2]) for turn in range(6)])
    assert answers.count("asked") == 2
    with as_owner(committed) as owner:
        assert owner.execute("SELECT count(*) FROM cases_identityquestion").fetchone() == (2,)
