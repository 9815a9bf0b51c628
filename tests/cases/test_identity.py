"""One person known at two centres: nothing is told before it may be, and identities are joined and parted."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Client, IdentityAnswer, IdentityQuestion, IdentityRequest, SessionIssue
from cases.models.identity import ANSWERED_AFTER
from cases.services import identity
from cases.services.identity import NotYet, work_out
from cases.tasks import work_out_questions
from centers.models import Role, Workspace
from centers.scope import acting_for
from kpi.services.summary import drain
from kpi.services.verification import verify
from tests.make import (
    everywhere,
    make_client,
    make_question,
    make_request,
    make_session,
    make_stay,
    make_together,
    make_user,
    make_voucher,
    place,
)
from tests.support import as_owner, refused_by, run_together

HERE, THERE = "52110-c1", "52130-c1"
AN = {"name": "NGUYEN VAN AN", "birth_date": "1990-05-04", "nationality_id": "VN", "sex_id": "male"}
ADDRESS = "/elsewhere/requests/"


def kept() -> list[IdentityQuestion]:
    with everywhere():
        return list(IdentityQuestion.objects.order_by("pk"))


def requests() -> list[IdentityRequest]:
    with everywhere():
        return list(IdentityRequest.objects.select_related("client").order_by("pk"))


def later(question: IdentityQuestion) -> None:
    """The minute is over in which nothing is told."""
    with everywhere():
        IdentityQuestion.objects.filter(pk=question.pk).update(asked_at=timezone.now() - ANSWERED_AFTER)


def persons(*clients: Client) -> int:
    with everywhere():
        return len(set(Client.objects.filter(pk__in=[row.pk for row in clients]).values_list("person", flat=True)))


@pytest.fixture
def there():
    return make_user(Role.COUNSELLOR, THERE, official=False)


@pytest.fixture
def counsellor(client, there):
    user = make_user(Role.COUNSELLOR, HERE, official=False)
    client.force_login(user)
    return user


def ask(client, person: Client) -> IdentityQuestion:
    answer = client.post(f"/clients/{person.pk}/elsewhere/", {"reason": "옮겨 왔다고 함"})
    assert answer.status_code == 302
    return kept()[-1]


def send(client, question: IdentityQuestion):
    return client.post(f"/elsewhere/{question.pk}/send/", {"consented": "on"})


def likely(person: Client) -> list[int]:
    """The files elsewhere that a question about a person would find now."""
    with everywhere():
        return [row.client.pk for row in identity.likely_elsewhere(person)]


@pytest.mark.django_db
class FirstStepTests:
    def page_of(self, client, person: Client) -> str:
        """The card of the file, without what names the file and the moment."""
        text = client.get(person.get_absolute_url()).content.decode()
        [card] = re.findall(r'<section[^>]*aria-labelledby="elsewhere">.*?</section>', text, re.DOTALL)
        card = re.sub(r'value="[^"]*"', "", card)
        return re.sub(r"[0-9]+", "#", card)

    def test_likely_or_not_looks_the_same_until_the_minute_is_over(self, client, counsellor):
        make_client(THERE, **AN)
        likely, unlikely = make_client(HERE, **AN), make_client(HERE, name="KIM MIN", birth_date="1971-01-01")
        asked = [ask(client, likely), ask(client, unlikely)]
        before = [self.page_of(client, person) for person in (likely, unlikely)]
        assert before[0] == before[1]
        for question in asked:
            work_out(question.pk)
        worked = [self.page_of(client, person) for person in (likely, unlikely)]
        assert worked == before
        for question in asked:
            later(question)
        after = [self.page_of(client, person) for person in (likely, unlikely)]
        assert "있을 수 있습니다" in after[0]
        assert after[0] != after[1]

    def test_both_take_the_same_statements(self, client, counsellor):
        """The answer is worked out by a task: asking costs the same, found or not."""
        make_client(THERE, **AN)
        seen, people = [], [make_client(HERE, **AN), make_client(HERE, name="KIM MIN")]
        ask(client, make_client(HERE, name="PARK SO"))  # the first request of a process reads the codes that it keeps
        for person in people:
            with CaptureQueriesContext(connection) as queries:
                ask(client, person)
            seen.append([re.sub("[0-9a-f]{8,}|[0-9]+|'[^']*'", "#", query["sql"]) for query in queries])
        assert seen[0] == seen[1]

    def test_nothing_of_the_other_file_is_told(self, client, counsellor):
        other = make_client(THERE, **AN | {"ref": "OTHER-17"})
        person = make_client(HERE, **AN)
        question = ask(client, person)
        work_out(question.pk)
        later(question)
        page = client.get(person.get_absolute_url()).content.decode()
        assert "OTHER-17" not in page
        assert str(other.workspace) not in page
        assert client.get(other.get_absolute_url()).status_code == 404

    @pytest.mark.parametrize("at", ["52110-s1", "jbnu", "52140-office"])
    def test_the_files_of_others_than_centres_are_not_compared(self, client, counsellor, at):
        make_client(at, **AN)
        question = ask(client, make_client(HERE, **AN))
        work_out(question.pk)
        assert kept()[-1].found is False
        with refused_by("asked_between_centers"):
            identity.ask(actor=counsellor, client=make_client(at), reason="x")

    def test_who_is_known_to_be_the_same_is_no_answer(self, client, counsellor):
        person = make_client(HERE, **AN)
        make_client(THERE, person=person.person_id, **AN)
        question = ask(client, person)
        work_out(question.pk)
        assert kept()[-1].found is False

    @pytest.mark.parametrize("about", ["theirs", "ours"])
    @pytest.mark.parametrize("reason", ["shelter", "stay", "topic", "further topic", "together"])
    def test_who_may_be_in_danger_is_never_hinted_at(self, reason, about):
        other, person = make_client(THERE, **AN), make_client(HERE, **AN)
        assert likely(person) == [other.pk]
        one = other if about == "theirs" else person
        at, danger = one.workspace.code, "family.domestic_violence"
        if reason == "shelter":
            make_client("52110-s1", person=one.person_id)
        elif reason == "stay":
            make_stay(client=make_client("52110-s1", person=one.person_id, sex_id="male"))
        elif reason == "topic":
            make_session(at, client=one, topic_id=danger)
        elif reason == "further topic":
            with everywhere():
                spoken = make_session(at, client=one)
                SessionIssue.objects.create(workspace=spoken.workspace, session=spoken, topic_id=danger)
        else:
            make_together(make_session(at, client=make_client(at), topic_id=danger), one)
        assert likely(person) == []

    def test_a_lost_message_is_swept(self, client, counsellor):
        ask(client, make_client(HERE, **AN))
        work_out_questions()
        assert kept()[-1].found is False

    def test_no_reason_no_question(self, client, counsellor):
        person = make_client(HERE)
        assert client.post(f"/clients/{person.pk}/elsewhere/", {"reason": " "}).status_code == 400
        assert kept() == []

    def test_asked_too_often_is_refused_with_the_time(self, client, counsellor):
        person = make_client(HERE)
        for _ in range(20):
            make_question(person, asked_by=counsellor)
        answer = client.post(f"/clients/{person.pk}/elsewhere/", {"reason": "전에 군산에 살았다고 함"})
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 24 * 60 * 60
        page = answer.content.decode()
        assert "<h1>잠시 뒤 다시 시도하십시오</h1>" in page
        assert re.search(r"[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}", page)
        assert 'value="전에 군산에 살았다고 함"' in page
        assert len(kept()) == 20


@pytest.mark.django_db
class RequestTests:
    @pytest.fixture
    def sent(self, client, counsellor):
        self.other, self.person = make_client(THERE, **AN), make_client(HERE, **AN)
        self.sessions = [make_session(client=row, at=row.workspace.code) for row in (self.other, self.person)]
        question = ask(client, self.person)
        work_out(question.pk)
        later(question)
        page = client.get(f"/elsewhere/{question.pk}/send/").content.decode()
        assert "NGUYEN VAN AN" in page and "옮겨 왔다고 함" in page
        assert send(client, question).status_code == 302
        return requests()[0]

    def test_is_sent_only_when_the_answer_shows(self, client, counsellor):
        make_client(THERE, **AN)
        question = ask(client, make_client(HERE, **AN))
        work_out(question.pk)
        send(client, question)
        assert requests() == []

    def test_is_sent_only_with_consent(self, client, counsellor):
        make_client(THERE, **AN)
        person = make_client(HERE, **AN)
        question = make_question(person, asked_by=counsellor)
        answer = client.post(f"/elsewhere/{question.pk}/send/")
        assert answer.status_code == 400 and answer.context["form"].errors["consented"]
        assert requests() == []
        with refused_by("question_sent_with_consent"), everywhere():
            IdentityQuestion.objects.filter(pk=question.pk).update(sent_at=timezone.now())

    def test_the_other_centre_finds_it_and_compares(self, client, sent, there):
        client.force_login(there)
        start = " ".join(client.get("/").content.decode().split())
        assert '다른 센터의 확인 요청 <a class="badge badge--wait" href="/elsewhere/requests/">1</a>' in start
        page = client.get(sent.get_absolute_url()).content.decode()
        assert "옮겨 왔다고 함" in page
        assert page.count("NGUYEN VAN AN") == 2
        assert client.get(self.person.get_absolute_url()).status_code == 404

    def test_the_same_person_counts_once_and_no_file_moves(self, client, sent, there, counsellor):
        client.force_login(there)
        client.post(sent.get_absolute_url(), {"answer": "same"})
        assert persons(self.other, self.person) == 1
        with everywhere():
            assert Client.objects.get(pk=self.other.pk).workspace.code == THERE
            drain(wait=True)
            assert verify().differences == []
        client.force_login(counsellor)
        page = client.get(self.person.get_absolute_url()).content.decode()
        assert "같은 사람" in page
        assert str(self.other.workspace) in page

    def test_taken_back_they_are_two_again(self, client, sent, there):
        client.force_login(there)
        client.post(sent.get_absolute_url(), {"answer": "same"})
        client.post(f"{sent.get_absolute_url()}back/")
        assert persons(self.other, self.person) == 2
        assert requests()[0].answer == IdentityAnswer.OPEN

    def test_another_answer_joins_nobody_and_names_no_centre(self, client, sent, there, counsellor):
        client.force_login(there)
        client.post(sent.get_absolute_url(), {"answer": "different", "note": "생년월일이 다름"})
        assert persons(self.other, self.person) == 2
        client.force_login(counsellor)
        page = client.get(self.person.get_absolute_url()).content.decode()
        assert "생년월일이 다름" not in page
        assert str(self.other.workspace) not in page

    def test_the_one_who_asked_is_told_the_answer_until_they_have_seen_it(self, client, sent, there, counsellor):
        client.force_login(counsellor)
        assert "보낸 확인 요청의 답" not in client.get("/").content.decode()
        client.force_login(there)
        client.post(sent.get_absolute_url(), {"answer": "different"})
        client.force_login(counsellor)
        assert "보낸 확인 요청의 답" in client.get("/").content.decode()
        [row] = client.get("/elsewhere/requests/").context["sent"]
        assert [(answer, center) for _time, answer, center in row.told] == [("같은 사람이 아님", "")]
        page = client.get("/elsewhere/requests/").content.decode()
        assert str(self.other.workspace) not in page
        client.post(f"/elsewhere/{row.pk}/seen/")
        assert "보낸 확인 요청의 답" not in client.get("/").content.decode()
        assert client.get("/elsewhere/requests/").context["sent"][0].unseen_since is None

    def test_an_answer_taken_back_is_news_again_and_each_has_its_time(self, client, sent, there, counsellor):
        client.force_login(there)
        client.post(sent.get_absolute_url(), {"answer": "same"})
        client.force_login(counsellor)
        client.post(f"/elsewhere/{sent.question_id}/seen/")
        client.force_login(there)
        client.post(f"{sent.get_absolute_url()}back/")
        client.force_login(counsellor)
        assert "보낸 확인 요청의 답" in client.get("/").content.decode()
        [row] = client.get("/elsewhere/requests/").context["sent"]
        assert len(row.told) == 2
        page = client.get(self.person.get_absolute_url()).content.decode()
        for time, _answer, _center in row.told:
            assert f"{timezone.localtime(time):%m-%d %H:%M}" in page

    def test_an_answer_to_another_centre_is_seen_by_none_but_the_one_that_asked(self, client, sent, there):
        client.force_login(there)
        client.post(sent.get_absolute_url(), {"answer": "different"})
        assert client.get("/elsewhere/requests/").context["sent"] == []
        assert client.post(f"/elsewhere/{sent.question_id}/seen/").status_code == 404

    @pytest.mark.parametrize(("answer", "again"), [("different", False), ("unsure", True), (None, False)])
    def test_what_was_answered_or_waits_is_not_asked_again(self, client, sent, there, answer, again):
        """From neither side; what could not be said may be asked again."""
        client.force_login(there)
        if answer:
            client.post(sent.get_absolute_url(), {"answer": answer})
        assert bool(likely(self.person)) == bool(likely(self.other)) == again

    def test_a_question_that_is_asked_again_hides_no_answer(self, client, sent, there, counsellor):
        client.force_login(there)
        client.post(sent.get_absolute_url(), {"answer": "different"})
        client.force_login(counsellor)
        ask(client, self.person)
        assert "같은 사람이 아님" in client.get(self.person.get_absolute_url()).content.decode()

    def test_a_join_that_would_give_two_vouchers_is_refused_and_tells_nothing(self, client, sent, there):
        make_voucher("52110", client=make_client("52110-office", person=self.person.person_id))
        make_voucher("52190", client=make_client("52190-office", person=self.other.person_id))
        client.force_login(there)
        page = client.post(sent.get_absolute_url(), {"answer": "same"}, follow=True).content.decode()
        assert "바뀐 것은 없습니다" in page
        assert persons(self.other, self.person) == 2
        assert requests()[0].answer == IdentityAnswer.OPEN
        with everywhere():
            offices = Workspace.objects.filter(code__in=["52110-office", "52190-office"])
            assert not [office for office in offices if str(office) in page]

    def test_is_answered_once(self, client, sent, there):
        with acting_for([sent.workspace_id], actor=there):
            identity.answer(sent, actor=there, said=IdentityAnswer.DIFFERENT)
            with pytest.raises(NotYet):
                identity.answer(sent, actor=there, said=IdentityAnswer.SAME)

    def test_is_over_after_thirty_days(self, client, sent, there):
        with everywhere():
            IdentityRequest.objects.update(sent_at=timezone.now() - timedelta(days=31))
        client.force_login(there)
        client.post(sent.get_absolute_url(), {"answer": "same"})
        assert persons(self.other, self.person) == 2
        assert "다른 센터의 확인 요청" not in client.get("/").content.decode()

    def test_all_requests_can_be_reached_page_by_page_and_those_that_wait_come_first(
        self, client, counsellor, there, monkeypatch
    ):
        monkeypatch.setattr("cases.views.identity.SHOWN", 2)
        asked = make_question(make_client(HERE), asked_by=counsellor)
        waits = [make_request(make_client(THERE), asked).pk for _number in range(3)]
        told = {"answer": IdentityAnswer.DIFFERENT, "answered_at": timezone.now()}
        answered = [make_request(make_client(THERE), asked, **told).pk for _number in range(5)]
        client.force_login(there)
        for part, wanted in (("waiting", waits), ("rest", answered)):
            found, address = [], ADDRESS
            while address:
                page = client.get(address).context
                found += [row.pk for row in page[part]]
                address = page["links"][part]["next"] and ADDRESS + page["links"][part]["next"]
            assert found == wanted[::-1]
        back = client.get(ADDRESS + page["links"]["rest"]["previous"]).context
        assert [row.pk for row in back["rest"]] == answered[2:0:-1]
        assert len(back["waiting"]) == 2
        assert client.get(f"{ADDRESS}?rest_after=nonsense").status_code == 400

    def test_what_was_sent_can_be_reached_page_by_page(self, client, counsellor, monkeypatch):
        monkeypatch.setattr("cases.views.identity.SHOWN", 2)
        now = timezone.now()
        sent = [
            make_question(
                make_client(HERE),
                asked_by=counsellor,
                sent_at=now - timedelta(hours=hours),
                consented_at=timezone.now(),
            )
            for hours in (2, 1, 3)
        ]
        client.force_login(counsellor)
        first = client.get(ADDRESS).context
        second = client.get(ADDRESS + first["links"]["sent"]["next"]).context
        assert [row.pk for row in (*first["sent"], *second["sent"])] == [sent[at].pk for at in (1, 0, 2)]
        assert second["links"]["sent"]["next"] == ""

    def test_the_asking_centre_does_not_read_the_request(self, client, sent, counsellor):
        assert client.get(sent.get_absolute_url()).status_code == 404
        with acting_for([place(HERE).pk], actor=counsellor):
            assert not IdentityRequest.objects.exists()


def test_the_rate_holds_when_asked_at_once(committed):
    user, person = make_user(Role.COUNSELLOR), make_client()
    for _ in range(19):
        make_question(person, asked_by=user)

    def once() -> str:
        try:
            with acting_for([person.workspace_id], actor=user):
                IdentityQuestion.objects.create(
                    workspace_id=person.workspace_id, client=person, asked_by=user, reason="x"
                )
        except Exception as error:
            return type(error).__name__
        return "asked"

    answers = run_together(*[once] * 6)
    assert answers.count("asked") == 1
    with as_owner(committed) as owner:
        assert owner.execute("SELECT count(*) FROM cases_identityquestion").fetchone() == (20,)
