"""What is typed is never lost: drafts, their versions, and their end when the session is on record."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Draft
from cases.tasks import purge_drafts
from centers.models import Role
from centers.scope import acting_for
from centers.services.membership import grant_role
from tests.cases.test_session_new import NEW, recorded, typed
from tests.make import make_client, make_session, make_user, place
from tests.support import as_owner, run_together, waits_for

SAVE = "/drafts/save/"
NOTE = "Công ty chưa trả lương."


def sent(token: str = "", tab: str = "tab-1", version: int = 0, sequence: int = 1, **fields) -> dict:
    values = {"token": token or str(uuid4()), "draft_tab": tab, "draft_version": version, "draft_sequence": sequence}
    return values | {"note": NOTE} | fields


def drafts(user) -> list[Draft]:
    with acting_for([place().pk, place("52130-c1").pk], actor=user):
        return list(Draft.objects.filter(user=user).order_by("pk"))


@pytest.fixture
def counsellor(client):
    user = make_user(Role.COUNSELLOR, name="상담원 하나")
    client.force_login(user)
    return user


@pytest.mark.django_db
class SaveTests:
    def test_opening_the_form_makes_no_draft(self, client, counsellor):
        client.get(NEW)
        assert drafts(counsellor) == []

    def test_what_was_typed_comes_back_in_another_session_of_the_same_person(self, client, counsellor):
        form = sent(topic="labour.wages", other_topics=["health", "daily"], held_on="2025-13-77", minutes="soon")
        answer = client.post(SAVE, form)
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
        later = Browser()
        later.force_login(counsellor)
        page = later.get(f"{NEW}?draft={form['token']}")
        shown = page.context["form"]
        assert shown["note"].value() == NOTE
        assert shown["topic"].value() == "labour.wages"
        assert shown["other_topics"].value() == ["health", "daily"]
        assert (shown["held_on"].value(), shown["minutes"].value()) == ("2025-13-77", "soon")
        assert "2025-13-77" in page.content.decode()

    def test_every_field_comes_back_after_signing_out(self, client, counsellor):
        person, family = make_client(), make_client()
        page = client.get(f"{NEW}?client={person.pk}")
        names = [field.name for field in page.context["form"] if field.name not in {"token", "offered_for"}]
        told = {name: [f"what was typed into {name}"] for name in names} | {"others": [str(family.pk)]}
        form = sent(draft_client=person.pk) | told
        assert client.post(SAVE, form).status_code == 200
        client.post("/accounts/logout/")
        client.force_login(counsellor)
        again = client.get(f"{NEW}?draft={form['token']}").context["form"]
        back = {name: again[name].value() for name in names}
        assert {name: value if isinstance(value, list) else [value] for name, value in back.items()} == told

    def test_a_draft_knows_its_client(self, client, counsellor):
        person = make_client(name="NGUYEN DEMO")
        form = sent(draft_client=person.pk)
        client.post(SAVE, form)
        assert client.get(f"{NEW}?draft={form['token']}").context["client"] == person
        assert "NGUYEN DEMO" in client.get("/").content.decode()

    def test_only_what_the_form_has_is_kept(self, client, counsellor):
        client.post(SAVE, sent(password="x", csrfmiddlewaretoken="y", draft="z"))
        [draft] = drafts(counsellor)
        assert draft.fields.keys() == {"note"}

    def test_a_sign_that_the_database_cannot_keep_stays_visible(self, client, counsellor):
        assert client.post(SAVE, sent(note="a\x00b")).status_code == 200
        [draft] = drafts(counsellor)
        assert draft.fields["note"] == ["a␀b"]

    def test_a_note_of_a_megabyte_is_kept_as_it_is(self, client, counsellor):
        long = "가" * 1_000_000
        assert client.post(SAVE, sent(note=long)).status_code == 200
        [draft] = drafts(counsellor)
        assert draft.fields["note"] == [long]

    @pytest.mark.parametrize(
        "changes",
        [
            {"token": "no token"}, {"draft_tab": ""}, {"draft_tab": "x" * 37}, {"draft_version": "x"},
            {"draft_version": "-1"}, {"draft_version": "9" * 12}, {"draft_sequence": "9" * 30}, {"draft_tab": "\x00"},
        ],
    )  # fmt: skip
    def test_nonsense_is_refused(self, client, counsellor, changes):
        assert client.post(SAVE, sent() | changes).status_code == 400
        assert drafts(counsellor) == []

    @pytest.mark.parametrize("asked", ["x", "٣", "9" * 40, "0"])
    def test_a_made_up_client_does_not_exist(self, client, counsellor, asked):
        assert client.post(SAVE, sent(draft_client=asked)).status_code == 404

    def test_a_client_of_another_centre_does_not_exist(self, client, counsellor):
        other = make_client("52130-c1")
        assert client.post(SAVE, sent(draft_client=other.pk)).status_code == 404
        assert drafts(counsellor) == []

    def test_who_does_not_counsel_has_no_drafts(self, client):
        client.force_login(make_user(Role.CITY_OFFICER, "52110-office"))
        assert client.post(SAVE, sent()).status_code == 403

    def test_saving_by_itself_keeps_nobody_signed_in(self, client, counsellor):
        seen = client.session.get("seen")
        client.post(SAVE, sent())
        assert client.session.get("seen") == seen


@pytest.mark.django_db
class VersionTests:
    def test_a_tab_goes_on_with_its_own_draft(self, client, counsellor):
        form = sent()
        client.post(SAVE, form)
        answer = client.post(SAVE, form | {"draft_sequence": 2, "note": "more"})
        assert answer.json()["version"] == 2
        assert [draft.fields["note"] for draft in drafts(counsellor)] == [["more"]]

    def test_an_older_save_of_the_same_tab_that_arrives_late_changes_nothing(self, client, counsellor):
        form = sent()
        client.post(SAVE, form | {"draft_sequence": 5, "note": "newest"})
        assert client.post(SAVE, form | {"draft_sequence": 4}).status_code == 200
        assert [draft.fields["note"] for draft in drafts(counsellor)] == [["newest"]]

    def test_a_second_tab_that_has_not_seen_the_newest_is_kept_beside_it(self, client, counsellor):
        form = sent()
        client.post(SAVE, form)
        other = form | {"draft_tab": "tab-2", "note": "the second window"}
        answer = client.post(SAVE, other)
        assert (answer.status_code, answer.json()["url"]) == (409, f"/drafts/{form['token']}/")
        client.post(SAVE, other | {"draft_sequence": 3, "note": "the second window goes on"})
        page = client.get(answer.json()["url"]).content.decode()
        assert NOTE in page
        assert "the second window goes on" in page
        [draft] = drafts(counsellor)
        assert draft.fields["note"] == [NOTE]

    def test_a_second_tab_that_has_seen_the_newest_goes_on(self, client, counsellor):
        form = sent()
        client.post(SAVE, form)
        answer = client.post(SAVE, form | {"draft_tab": "tab-2", "draft_version": 1, "note": "later"})
        assert answer.status_code == 200
        first = client.post(SAVE, form | {"draft_sequence": 9, "note": "the first window again"})
        assert first.status_code == 409

    def test_the_chosen_version_is_gone_on_with_and_the_other_stays(self, client, counsellor):
        form = sent()
        client.post(SAVE, form)
        client.post(SAVE, form | {"draft_tab": "tab-2", "note": "chosen"})
        answer = client.post(f"/drafts/{form['token']}/", {"tab": "tab-2"})
        assert client.get(answer["Location"]).context["form"]["note"].value() == "chosen"
        [draft] = drafts(counsellor)
        assert not draft.asks
        assert [rival["fields"]["note"] for rival in draft.rivals.values()] == [[NOTE]]

    def test_two_tabs_that_say_the_same_are_one_version(self, client, counsellor):
        form = sent()
        client.post(SAVE, form)
        assert client.post(SAVE, form | {"draft_tab": "tab-2"}).status_code == 200
        assert [draft.rivals for draft in drafts(counsellor)] == [{}]

    def test_a_version_put_aside_asks_again_only_when_it_changes(self, client, counsellor):
        form, other = sent(), {"draft_tab": "tab-2", "note": "other"}
        client.post(SAVE, form)
        client.post(SAVE, form | other)
        client.post(f"/drafts/{form['token']}/", {"tab": ""})
        client.post(SAVE, form | other | {"draft_sequence": 7})
        assert not drafts(counsellor)[0].asks
        client.post(SAVE, form | other | {"draft_sequence": 8, "note": "and more"})
        assert drafts(counsellor)[0].asks

    def test_a_version_that_is_not_there_cannot_be_chosen(self, client, counsellor):
        form = sent()
        client.post(SAVE, form)
        assert client.post(f"/drafts/{form['token']}/", {"tab": "nobody"}).status_code == 404


@pytest.mark.django_db
class EndTests:
    def test_the_draft_ends_with_the_session(self, client, counsellor):
        form = typed()
        client.post(SAVE, sent(form["token"]))
        client.post(NEW, form | {"draft_tab": "tab-1", "draft_version": 1})
        assert len(recorded()) == 1
        assert drafts(counsellor) == []

    def test_a_refused_session_keeps_its_draft(self, client, counsellor):
        form = typed(held_on="2001-01-01")
        client.post(SAVE, sent(form["token"]))
        assert client.post(NEW, form).status_code == 400
        assert len(drafts(counsellor)) == 1

    def test_a_form_on_record_never_becomes_a_draft_again(self, client, counsellor):
        form = typed()
        client.post(NEW, form)
        answer = client.post(SAVE, sent(form["token"]))
        [session] = recorded()
        assert (answer.status_code, answer.json()["url"]) == (410, session.get_absolute_url())
        assert client.get(f"{NEW}?draft={form['token']}")["Location"] == session.get_absolute_url()
        assert drafts(counsellor) == []

    def test_what_another_window_wrote_becomes_a_draft_of_its_own(self, client, counsellor):
        form = typed()
        client.post(SAVE, sent(form["token"]))
        client.post(SAVE, sent(form["token"], tab="tab-2", note="the second window"))
        client.post(NEW, form | {"draft_tab": "tab-1", "draft_version": 1})
        [draft] = drafts(counsellor)
        assert draft.fields["note"] == ["the second window"]
        assert draft.token != UUID(form["token"])

    def test_a_window_that_goes_on_record_leaves_the_newer_version_of_another(self, client, counsellor):
        form = typed()
        client.post(SAVE, sent(form["token"]))
        client.post(NEW, form | {"draft_tab": "tab-2", "draft_version": 0})
        assert [draft.fields["note"] for draft in drafts(counsellor)] == [[NOTE]]

    def test_a_draft_of_another_workspace_of_the_same_person_ends_too(self, client, counsellor):
        grant_role(user=counsellor, workspace=place("52130-c1"), role=Role.COUNSELLOR, actor=None)
        form = typed()
        client.post(SAVE, sent(form["token"], workspace="52110-c1"))
        assert client.post("/at/52130-c1" + NEW, form).status_code == 302
        assert drafts(counsellor) == []

    def test_a_script_is_told_where_the_session_is(self, client, counsellor):
        answer = client.post(NEW, typed(), headers={"accept": "application/json"})
        [session] = recorded()
        assert (answer.status_code, answer.json()["url"]) == (201, session.get_absolute_url())


@pytest.mark.django_db
class DiscardTests:
    def test_asks_once_and_can_be_taken_back(self, client, counsellor):
        form = sent()
        client.post(SAVE, form)
        page = f"/drafts/{form['token']}/discard/"
        client.get(page)
        assert drafts(counsellor)[0].discarded_at is None
        client.post(page)
        assert drafts(counsellor)[0].discarded_at is not None
        assert "버린" in client.get("/").content.decode()
        answer = client.post(f"/drafts/{form['token']}/restore/")
        assert client.get(answer["Location"]).context["form"]["note"].value() == NOTE
        assert drafts(counsellor)[0].discarded_at is None

    def test_only_what_is_old_is_deleted(self, counsellor):
        days = {"discarded lately": (6, 0), "discarded long ago": (8, 0), "untouched": (None, 61), "old": (None, 59)}
        with acting_for([place().pk], actor=counsellor):
            now = timezone.now()
            for note, (discarded, untouched) in days.items():
                Draft.objects.create(
                    token=uuid4(), user=counsellor, workspace=place(), fields={"note": [note]},
                    discarded_at=now - timedelta(days=discarded) if discarded else None,
                    updated_at=now - timedelta(days=untouched),
                )  # fmt: skip
        purge_drafts()
        assert {draft.fields["note"][0] for draft in drafts(counsellor)} == {"discarded lately", "old"}


@pytest.mark.django_db
class ListTests:
    LIST = "/drafts/"

    def tokens(self, client, **asked) -> list[str]:
        return [str(row.token) for row in client.get(self.LIST, asked).context["shown"].page]

    def test_shows_ones_own_and_where_they_stopped_and_nothing_of_the_text(self, client, counsellor):
        other = make_user(Role.COUNSELLOR)
        form = sent(topic="labour.wages", draft_client=make_client(name="NGUYEN DEMO").pk)
        client.post(SAVE, form)
        page = client.get(self.LIST).content.decode()
        for told in (f"?draft={form['token']}", "NGUYEN DEMO", f"{len(NOTE)}자"):
            assert told in page
        assert NOTE not in page
        assert 'href="/drafts/"' in client.get("/").content.decode()
        client.force_login(other)
        assert self.tokens(client) == []

    def test_is_sorted_and_narrowed_and_leaves_out_what_was_discarded(self, client, counsellor):
        session = make_session(client=make_client(), counsellor=counsellor)
        first, second, third = sent(), sent(draft_session=session.pk), sent(draft_kind="client", roman="AN")
        for form in (first, second, third):
            assert client.post(SAVE, form).status_code == 200
        first, second, third = first["token"], second["token"], third["token"]
        assert self.tokens(client) == [third, second, first]
        assert "새 내담자" in client.get(self.LIST).content.decode().split("<tbody>")[1]
        assert self.tokens(client, sort="started") == [first, second, third]
        assert self.tokens(client, kind="session") == [first]
        assert self.tokens(client, kind="correction") == [second]
        assert self.tokens(client, kind="client") == [third]
        assert self.tokens(client, versions="1") == []
        client.post(f"/drafts/{second}/discard/")
        assert self.tokens(client) == [third, first]

    def test_is_no_file_to_take_out(self, client, counsellor):
        client.post(SAVE, sent())
        assert "/exports/new/" not in client.get(self.LIST).content.decode()
        assert client.get("/exports/new/drafts/").status_code == 404

    def test_more_rows_ask_no_more_of_the_database(self, client, counsellor, django_assert_max_num_queries):
        for _ in range(2):
            client.post(SAVE, sent(draft_client=make_client().pk))
            client.get(self.LIST)
            with CaptureQueriesContext(connection) as queries:
                client.get(self.LIST)
        few = len(queries)
        for _ in range(5):
            client.post(SAVE, sent(draft_client=make_client().pk))
        with django_assert_max_num_queries(few):
            client.get(self.LIST)


@pytest.mark.django_db
class WallTests:
    def test_nobody_reads_the_draft_of_another(self, client, counsellor):
        other = make_user(Role.MANAGER)
        form = sent()
        client.post(SAVE, form)
        client.force_login(other)
        assert client.get(f"{NEW}?draft={form['token']}").status_code == 404
        assert client.get(f"/drafts/{form['token']}/").status_code == 404
        assert NOTE not in client.get("/").content.decode()
        with acting_for([place().pk], actor=other):
            assert Draft.objects.count() == 0
            assert Draft.objects.update(version=9) == 0

    def test_who_left_the_centre_reads_what_they_typed_there_no_more(self, client, counsellor):
        form = sent()
        client.post(SAVE, form)
        with acting_for([place("52130-c1").pk], actor=counsellor):
            assert Draft.objects.count() == 0

    def test_none_is_deleted_by_hand(self, counsellor):
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_table_privilege('cases_draft', 'DELETE')")
            assert cursor.fetchone() == (False,)


@pytest.mark.committed
class RaceTests:
    def browser(self, user) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    def test_first_saves_at_once_make_one_draft(self, committed):
        user, form = make_user(Role.COUNSELLOR), sent()
        answers = run_together(
            *[
                lambda number=number: self.browser(user).post(SAVE, form | {"draft_sequence": number}).status_code
                for number in range(1, 6)
            ]
        )
        assert answers == [200] * 5
        [draft] = drafts(user)
        assert draft.sequence == 5

    def test_a_save_waits_for_the_recording_of_its_form(self, committed):
        user, before = make_user(Role.COUNSELLOR), make_session()
        form = sent()
        with as_owner(committed) as owner, owner.transaction():
            owner.execute("SELECT wall.end_draft(%s)", [form["token"]])
            owner.execute("UPDATE cases_session SET form_token = %s WHERE id = %s", [form["token"], before.pk])
            answer = waits_for(owner, lambda: self.browser(user).post(SAVE, form).status_code)
        assert answer() == 410
        assert drafts(user) == []

    def test_a_save_that_meets_the_recording_leaves_no_draft(self, committed):
        user = make_user(Role.COUNSELLOR)
        for _ in range(5):
            form = typed()
            run_together(
                lambda form=form: self.browser(user).post(NEW, form | {"draft_tab": "tab-1"}).status_code,
                lambda form=form: self.browser(user).post(SAVE, sent(form["token"])).status_code,
            )
        assert drafts(user) == []
        with as_owner(committed) as owner:
            assert owner.execute("SELECT count(*) FROM cases_session").fetchone() == (5,)
