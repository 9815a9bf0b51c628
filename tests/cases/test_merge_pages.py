"""The page of a pair: what a merge changes, which values go on, and what is said after it and after its undoing."""

from datetime import date

import pytest

from cases.models import Client, ClientMerge
from centers.models import Role
from kpi.services.published import publish
from tests.cases.test_merge import merge, read
from tests.make import (
    everywhere,
    make_client,
    make_contact,
    make_draft,
    make_number,
    make_pair,
    make_session,
    make_together,
    make_user,
    make_visa_case,
)


@pytest.mark.django_db
class PageTests:
    @pytest.fixture(autouse=True)
    def two(self, client):
        self.user = make_user(Role.COUNSELLOR, official=False)
        self.kept, self.absorbed = make_client(name="KEPT", ref="K-1"), make_client(name="GONE", ref="G-2")
        for number, file in enumerate((self.kept, self.absorbed)):
            make_session(client=file, held_on=date(2025, 3, 3 + number))
        self.pair = make_pair(self.kept, self.absorbed)
        client.force_login(self.user)

    def press(self, client, **sent):
        return client.post(f"/clients/pairs/{self.pair.pk}/merge/", sent, follow=True)

    def said(self, answer) -> str:
        return " ".join(str(message) for message in answer.context["messages"])

    def test_the_preview_tells_which_figure_changes(self, client):
        context = client.get(self.pair.get_absolute_url()).context
        assert [(row.year, row.before, row.after) for row in context["figures"]] == [(2025, 2, 1)]
        assert {row.kept + row.absorbed for row in context["rows"]} == {2}

    def test_the_preview_counts_who_was_counselled_with_somebody_else(self, client):
        head, one, other = (make_client(name=name) for name in ("HEAD", "ONE", "OTHER"))
        make_together(make_session(client=head, held_on=date(2025, 5, 1)), one)
        make_together(make_session(client=other, held_on=date(2025, 6, 1)), one)
        self.pair = make_pair(one, other)
        context = client.get(self.pair.get_absolute_url()).context
        assert [(row.year, row.before, row.after) for row in context["figures"]] == [(2025, 5, 4)]
        assert context["together"] == 1
        said = self.said(self.press(client, keep=other.pk))
        assert "2025년" in said and "4명" in said

    def test_the_preview_says_which_published_figure_stays(self, client):
        publish(
            actor=self.user, year=2025, audience="council", value=2, unit_ko="명", wording="실인원 2명",
            definition="실인원", source="회의록", paths=["counselling/unique_persons"],
        )  # fmt: skip
        assert "실인원 2명" in client.get(self.pair.get_absolute_url()).content.decode()

    def test_the_preview_counts_the_indicator_of_an_office(self, client):
        user = make_user(Role.CITY_OFFICER, "52110-office")
        client.force_login(user)
        files = [make_client("52110-office") for _ in range(2)]
        for file, programme in zip(files, ("F-2-R", "E-7-4R"), strict=True):
            make_visa_case(programme, client=file, received_on=date(2025, 1, 2), recommended_on=date(2025, 2, 1))
        context = client.get(make_pair(*files).get_absolute_url()).context
        named = {row.name.rpartition(" · ")[2]: (row.year, row.before, row.after) for row in context["figures"]}
        assert named["추천 인원"] == named["접수 인원"] == (2025, 2, 1)

    def differing(self) -> None:
        """The two differ in the day of birth and in the passport number, and have a telephone number in common."""
        for file, day, number in ((self.kept, "1975-07-25", "M12345678"), (self.absorbed, "1975-07-26", "N87654321")):
            with everywhere():
                Client.objects.filter(pk=file.pk).update(birth_date=day)
            make_number(file, "passport", number)
            make_contact(file, "010-0000-1111")

    def test_the_preview_asks_which_of_two_values_goes_on(self, client):
        self.differing()
        page = client.get(self.pair.get_absolute_url())
        assert [(row.name, row.first, row.second) for row in page.context["choices"]] == [
            ("birth_date", "1975-07-25", "1975-07-26"),
            ("passport", "M12345-*******", "N87654-*******"),
        ]
        assert "1975-07-26" in page.content.decode()

    def test_a_day_that_only_one_file_knows_is_filled_in_and_not_asked_about(self, client):
        files = [make_client(status_id="D-2", status_expires_on=day) for day in (None, "2030-01-01")]
        pair = make_pair(*files)
        assert client.get(pair.get_absolute_url()).context["choices"] == []
        client.post(f"/clients/pairs/{pair.pk}/merge/", {"keep": files[0].pk})
        assert str(read(Client, pk=files[0].pk).status_expires_on) == "2030-01-01"

    def test_what_is_shown_no_more_is_said(self, client):
        self.differing()
        answer = self.press(client, keep=self.kept.pk)
        said = self.said(answer)
        assert "1975-07-26" in said and "연락처 1" in said
        assert "N87654-*******" in answer.content.decode(), "the other number stands on the file"

    def test_the_values_that_are_chosen_go_on(self, client):
        self.differing()
        answer = self.press(client, keep=self.kept.pk, birth_date=self.absorbed.pk, passport=self.absorbed.pk)
        assert str(answer.context["client"].birth_date) == "1975-07-26"
        assert [one.number for one in answer.context["identifiers"]] == ["N87654-*******", "M12345-*******"]
        assert "1975-07-25" in self.said(answer)

    def test_an_official_is_asked_nothing_that_would_tell_two_hidden_statuses_apart(self, client):
        hidden = [
            make_client("52110-office", status_id=status, status_expires_on="2020-01-01") for status in ("UNK", None)
        ]
        pair = make_pair(*hidden)
        client.force_login(make_user(Role.CITY_OFFICER, "52110-office"))
        assert client.get(pair.get_absolute_url()).context["choices"] == []

    def test_a_draft_of_a_file_is_not_called_a_session(self, client):
        make_draft(self.user, kind="client", client=self.kept)
        page = client.get(self.pair.get_absolute_url())
        assert "작성 중인 상담" not in page.content.decode()
        assert "작성 중인 내용" in [row.kind for row in page.context["rows"]]

    def test_undone_it_says_what_came_since_and_stays(self, client):
        self.press(client, keep=self.kept.pk)
        make_session(client=read(Client, pk=self.kept.pk), held_on=date(2025, 4, 1))
        row = read(ClientMerge, kept_id=self.kept.pk)
        said = self.said(client.post(f"/clients/merges/{row.pk}/undo/", follow=True))
        assert "상담 1" in said and "K-1" in said

    def test_merged_counted_again_and_undone(self, client):
        answer = self.press(client, keep=self.kept.pk)
        assert "1명" in self.said(answer)
        assert "G-2" in self.said(answer)
        assert client.get(self.absorbed.get_absolute_url())["Location"] == self.kept.get_absolute_url()
        undo = read(ClientMerge).pk
        assert f"/clients/merges/{undo}/undo/" in answer.content.decode()
        back = client.post(f"/clients/merges/{undo}/undo/", follow=True)
        assert back.request["PATH_INFO"] == self.absorbed.get_absolute_url()
        assert read(Client, pk=self.absorbed.pk).merged_into_id is None

    def test_the_history_of_the_kept_file_says_who_undid_the_merge(self, client):
        self.press(client, keep=self.kept.pk)
        client.post(f"/clients/merges/{read(ClientMerge).pk}/undo/")
        page = client.get(f"{self.kept.get_absolute_url()}?kind=change").content.decode()
        assert f"GONE → 합친 것을 되돌려 {self.absorbed} 기록으로 돌아감(되돌린 사람: {self.user})" in page
        assert "GONE → 삭제" not in page

    def test_the_newer_file_can_live_on(self, client):
        self.press(client, keep=self.absorbed.pk)
        assert read(Client, pk=self.kept.pk).merged_into_id == self.absorbed.pk

    @pytest.mark.parametrize("keep", ["", "x", "999999"])
    def test_nothing_is_merged_without_a_choice(self, client, keep):
        self.press(client, keep=keep)
        with everywhere():
            assert not ClientMerge.objects.exists()

    def test_a_second_press_says_so(self, client):
        self.press(client, keep=self.kept.pk)
        assert "하나가 다른 기록에 합쳐졌습니다" in self.said(self.press(client, keep=self.kept.pk))

    def test_whoever_may_not_write_undoes_nothing(self, client):
        row = merge(self.kept, self.absorbed)
        client.force_login(make_user(Role.COUNSELLOR, "52130-c1"))
        assert client.post(f"/clients/merges/{row.pk}/undo/").status_code == 404
